using System.CommandLine;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Sinter.Backends.Cuda;
using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench;

/// <summary>The command that has NVRTC compile every golden kernel.</summary>
internal static class ApproveCommand
{
    private const string Suffix = ".verified.txt";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "approve", "Compiles the golden kernels for the device, and prints the lines of nvrtc-approved.txt.");
        command.SetAction(_ => Run());
        return command;
    }

    /// <summary>A golden kernel.</summary>
    /// <param name="Name">The name of its test.</param>
    /// <param name="Text">The prelude, and the kernel behind it.</param>
    internal sealed record GoldenKernel(string Name, string Text)
    {
        /// <summary>What the list of approved kernels knows it by.</summary>
        public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

        /// <summary>All of them; they are part of this program.</summary>
        public static IEnumerable<GoldenKernel> All()
        {
            var program = Assembly.GetExecutingAssembly();
            foreach (string name in program.GetManifestResourceNames().Order(StringComparer.Ordinal))
            {
                if (name.EndsWith(Suffix, StringComparison.Ordinal))
                {
                    using var bytes = new MemoryStream();
                    program.GetManifestResourceStream(name)!.CopyTo(bytes);
                    string kernel = Encoding.UTF8.GetString(bytes.ToArray());
                    yield return new GoldenKernel(name[..^Suffix.Length], Prelude.Text + kernel);
                }
            }
        }
    }

    private static int Run()
    {
        CudaDevice device = CudaDevice.Get(0);
        Nvrtc nvrtc = Nvrtc.Find(device.Driver.Version);
        CudaArchitecture architecture = CudaCompiler.For(device, nvrtc, cacheDirectory: null).Architecture;
        int refused = 0;
        foreach (GoldenKernel kernel in GoldenKernel.All())
        {
            try
            {
                nvrtc.Compile(new CudaSource(kernel.Name + ".cu", kernel.Text), architecture);
                Console.WriteLine($"{kernel.Hash} {nvrtc.Version} {architecture.Name}");
            }
            catch (CudaCompileException error)
            {
                refused++;
                Console.WriteLine($"# {kernel.Name} is refused: {error.Message.ReplaceLineEndings("\n# ")}");
            }
        }

        return refused == 0 ? 0 : 1;
    }
}
