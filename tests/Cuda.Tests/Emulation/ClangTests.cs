using System.ComponentModel;
using System.Diagnostics;

namespace Sinter.Cuda.Tests.Emulation;

/// <summary>The prelude and the kernels as CUDA, read by a compiler that needs none of it installed. It checks the
/// language and the operands of instructions, not the instructions themselves.</summary>
public sealed class ClangTests
{
    [ClangTheory]
    [InlineData("sm_80")]
    [InlineData("sm_86")]
    public void The_text_is_CUDA(string architecture)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("kernels.cu");
        File.WriteAllText(file, KernelText.Prelude + KernelText.Kernels);
        string[] flags = ["-x", "cuda", "--cuda-device-only", $"--cuda-gpu-arch={architecture}", "-nocudainc",
            "-nocudalib", "-std=c++17", "-O3", "-S", "-o", folder.File("kernels.ptx"), file];
        using var process = Process.Start(
            new ProcessStartInfo(ClangTheoryAttribute.Find()!, flags) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", errors);
        string ptx = File.ReadAllText(folder.File("kernels.ptx"));
        string[] kernels = ["sum", "reverse_rows", "product", "tile_tf32", "tile_f16", "lanes"];
        Assert.All(kernels, kernel => Assert.Contains($".entry {kernel}", ptx));
    }

    /// <summary>Reported as skipped where there is no clang.</summary>
    private sealed class ClangTheoryAttribute : TheoryAttribute
    {
        public ClangTheoryAttribute() => Skip = Find() is null ? "needs clang" : null;

        public static string? Find() => new[] { "clang" }
            .Concat(Enumerable.Range(14, 12).Reverse().Select(version => $"clang-{version}"))
            .FirstOrDefault(Exists);

        private static bool Exists(string program)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, ["--version"])
                {
                    RedirectStandardOutput = true,
                })!;
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }
}
