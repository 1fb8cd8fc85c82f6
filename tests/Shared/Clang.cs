using System.ComponentModel;
using System.Diagnostics;

namespace Sinter.Testing;

/// <summary>Reads text as CUDA by a compiler that needs none of it installed. It checks the language and the operands
/// of instructions, not the instructions themselves.</summary>
internal static class Clang
{
    private static readonly Lazy<string?> Found = new(() => new[] { "clang" }
        .Concat(Enumerable.Range(14, 12).Reverse().Select(version => $"clang-{version}"))
        .FirstOrDefault(Exists));

    /// <summary>Whether there is one.</summary>
    public static bool IsThere => Found.Value is not null;

    /// <summary>The PTX of a text; errors and warnings fail the test.</summary>
    public static string Compile(string text, string architecture)
    {
        string folder = Directory.CreateTempSubdirectory("sinter-clang-").FullName;
        try
        {
            string file = Path.Combine(folder, "kernels.cu");
            string output = Path.Combine(folder, "kernels.ptx");
            File.WriteAllText(file, text);
            string[] flags = ["-x", "cuda", "--cuda-device-only", $"--cuda-gpu-arch={architecture}", "-nocudainc",
                "-nocudalib", "-std=c++17", "-O3", "-S", "-o", output, file];
            using var process = Process.Start(
                new ProcessStartInfo(Found.Value!, flags) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.Equal("", errors);
            return File.ReadAllText(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

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

/// <summary>Reported as skipped where there is no clang.</summary>
internal sealed class ClangTheoryAttribute : TheoryAttribute
{
    public ClangTheoryAttribute() => Skip = Clang.IsThere ? null : "needs clang";
}
