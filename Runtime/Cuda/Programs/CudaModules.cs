using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>How a program's kernels are shared out to modules, which are compiled one by one.</summary>
internal static class CudaModules
{
    // Enough to share the text in front of them, few enough for all threads.
    private const int KernelsPerModule = 8;

    /// <summary>The modules' texts. Names of kernels are the compiler's; a module is named by position only.</summary>
    public static CudaSource[] Of(CudaProgram program) =>
    [
        .. program.Kernels.Chunk(KernelsPerModule).Select((kernels, i) =>
            new CudaSource($"kernels{i}.cu", program.Prelude + string.Join('\n', kernels))),
    ];

    /// <summary>The module of a kernel.</summary>
    public static int Position(int kernel) => kernel / KernelsPerModule;
}
