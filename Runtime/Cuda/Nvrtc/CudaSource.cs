namespace Sinter.Runtime.Cuda;

/// <summary>The text of some kernels that are compiled together.</summary>
/// <param name="Name">What errors call it, as a file name: <c>kernels0.cu</c>.</param>
/// <param name="Text">CUDA C++ without includes; kernels are <c>extern "C"</c>.</param>
public sealed record CudaSource(string Name, string Text)
{
    /// <summary>More options for the compiler, such as <c>--use_fast_math</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
