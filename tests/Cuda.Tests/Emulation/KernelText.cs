using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Emulation;

/// <summary>Kernels written with the prelude's names.</summary>
internal static class KernelText
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Emulation");

    /// <summary>What every module's text begins with.</summary>
    public static string Prelude => File.ReadAllText(Path.Combine(Folder, "prelude.cuh"));

    /// <summary>The kernels sum, reverse_rows and product.</summary>
    public static string Kernels => File.ReadAllText(Path.Combine(Folder, "kernels.cuh"));

    /// <summary>A module of the prelude and some kernels.</summary>
    public static CudaSource Module(string kernels) => new("kernels.cu", Prelude + kernels);
}
