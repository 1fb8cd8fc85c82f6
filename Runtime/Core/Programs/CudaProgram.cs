namespace Sinter.Runtime.Programs;

/// <summary>A compiled model whose kernels are CUDA C text, which the device's compiler reads. Thread-safe and without
/// state of its own; a CUDA device opens contexts of it.</summary>
public abstract unsafe class CudaProgram : Program
{
    private readonly int[] threads;
    private readonly int[] sharedBytes;
    private readonly string[] kernels;

    /// <summary>Takes the facts from generated code.</summary>
    /// <param name="table">The facts.</param>
    /// <param name="threads">The threads of a block, by kernel.</param>
    /// <param name="sharedBytes">What a block asks for of memory that its threads share, by kernel.</param>
    /// <param name="prelude">The text that all kernels need in front of them.</param>
    /// <param name="kernels">The kernels' texts.</param>
    protected CudaProgram(
        ProgramTable table, int[] threads, int[] sharedBytes, string prelude, string[] kernels)
        : base(table)
    {
        this.threads = threads;
        this.sharedBytes = sharedBytes;
        this.kernels = kernels;
        Prelude = prelude;
    }

    /// <summary>The text that all kernels need in front of them.</summary>
    public string Prelude { get; }

    /// <summary>The kernels' texts, by the positions that launches name.</summary>
    public IReadOnlyList<string> Kernels => kernels;

    /// <summary>The threads of a block, by the positions that launches name.</summary>
    public IReadOnlyList<int> Threads => threads;

    /// <summary>The bytes of shared memory that a block asks for besides what its kernel declares, by the positions
    /// that launches name.</summary>
    public IReadOnlyList<int> SharedBytes => sharedBytes;

    /// <summary>There are no functions for the processor.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override delegate*<KernelArguments*, long, long, void> Kernel(int position) => throw NeedsDevice();

    internal override ProgramExecutor CreateExecutor(ModelState state, WorkerPool? pool) => throw NeedsDevice();

    private NotSupportedException NeedsDevice() =>
        new($"program '{Table.Name}' was compiled for CUDA: open a context of it on a CUDA device");
}
