
namespace Sinter.Cuda.Tests.Emulation;

/// <summary>The prelude and the kernels written by hand, as CUDA.</summary>
public sealed class ClangTests
{
    [ClangTheory]
    [InlineData("sm_80")]
    [InlineData("sm_86")]
    public void The_text_is_CUDA(string architecture)
    {
        string ptx = Clang.Compile(KernelText.Prelude + KernelText.Kernels, architecture);
        string[] kernels = ["sum", "reverse_rows", "product", "tile_tf32", "tile_f16", "lanes"];
        Assert.All(kernels, kernel => Assert.Contains($".entry {kernel}", ptx));
    }
}
