using System.Text;
using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests;

/// <summary>Modules that the fake driver only writes down.</summary>
internal static class Images
{
    /// <summary>A module with the kernels 'add' of three parameters and 'nothing' of none.</summary>
    public static CudaImage Simple { get; } = Of("fake cubin sm_90\nkernel add 8 8 4\nkernel nothing\n");

    public static CudaImage Of(string text, string architecture = "sm_90") =>
        new("simple.cu", Encoding.UTF8.GetBytes(text + "\0"), architecture);
}
