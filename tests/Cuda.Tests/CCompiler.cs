using System.Diagnostics;

namespace Sinter.Cuda.Tests;

/// <summary>Compiles the fakes with the system's C compiler, once a run. A system without one fails these tests, and
/// says why: they are not skipped.</summary>
internal static class CCompiler
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("sinter-fakes-").FullName;

    private static readonly Lazy<string> DriverFile = new(() => Build(
        "libcuda.so.1", "fake_core.c", "fake_memory.c", "fake_stream.c", "fake_graph.c", "fake_module.c"));

    private static readonly Lazy<string> NvrtcFile = new(() => Build("libnvrtc.so.12", "fake_nvrtc.c"));

    private static readonly Lazy<string> EmulationFile = new(Precompile);

    private static readonly Lazy<string> CublasFile = new(() => Build("libcublas.so.12", "fake_cublas.c"));

    static CCompiler() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);

    public static string Driver => DriverFile.Value;

    public static string Nvrtc => NvrtcFile.Value;

    /// <summary>Beside <see cref="Nvrtc"/>, where it is looked for.</summary>
    public static string Cublas => CublasFile.Value;

    /// <summary>What kernels' text is compiled behind; precompiled, as reading it takes longer than most kernels
    /// do.</summary>
    public static string EmulationHeader => EmulationFile.Value;

    /// <summary>Where the C sources are.</summary>
    public static string Sources => Path.Combine(AppContext.BaseDirectory, "Fakes");

    /// <summary>Where modules that g++ compiled are kept for the other tests of this run.</summary>
    public static string Cache { get; } = Path.Combine(Folder, "cache");

    /// <summary>An empty library that is known by a name.</summary>
    public static void BuildEmpty(string path, string soname)
    {
        string source = Path.Combine(Folder, soname + ".c");
        File.WriteAllText(source, "int empty_library;\n");
        Run("-shared", "-fPIC", $"-Wl,-soname,{soname}", "-o", path, source);
    }

    private static string Build(string name, params string[] sources)
    {
        string output = Path.Combine(Folder, name);
        string[] flags = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
            "-fvisibility=hidden", "-Wl,-Bsymbolic", "-o", output];
        Run([.. flags, .. sources.Select(source => Path.Combine(Sources, source)), "-ldl", "-lpthread"]);
        return output;
    }

    // With the flags of fake_nvrtc.c: with others g++ passes it over, and reads the header.
    private static string Precompile()
    {
        string header = Path.Combine(Folder, "emulation.h");
        foreach (string source in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Emulation"), "*.h"))
        {
            File.Copy(source, Path.Combine(Folder, Path.GetFileName(source)));
        }

        Run("-std=c++17", "-O1", "-w", "-fPIC", "-fvisibility=hidden", "-x", "c++-header", header, "-o", header + ".gch");
        return header;
    }

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("gcc", arguments) { RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException(
                $"the CUDA tests compile a driver of their own and need gcc and g++: {error.Message}");
        }

        using (process)
        {
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"gcc refuses the fakes:\n{errors}");
            }
        }
    }
}
