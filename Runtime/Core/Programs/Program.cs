using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Programs;

/// <summary>What a kernel is called with, the same for all its pieces.</summary>
public unsafe struct KernelArguments
{
    /// <summary>The memory it works on, in the order of its launch.</summary>
    public byte** Buffers;

    /// <summary>The values of the symbolic dimensions.</summary>
    public long* Symbols;

    /// <summary>Scratch of the calling thread.</summary>
    public byte* Scratch;

    /// <summary>Where a failed index check is reported: site + 1, index, position; a lock.</summary>
    public long* Fault;
}

/// <summary>
/// A compiled model: kernels and the facts about them. Thread-safe and without state of its own; each caller runs it
/// through a <see cref="ProgramContext"/>.
/// </summary>
public abstract unsafe class Program
{
    /// <summary>Takes the facts from generated code.</summary>
    /// <exception cref="PlatformNotSupportedException">The processor lacks the vectors the kernels were printed
    /// for.</exception>
    protected Program(ProgramTable table)
    {
        Table = table;
        bool supported = table.VectorBits switch
        {
            512 => Vector512.IsHardwareAccelerated,
            256 => Vector256.IsHardwareAccelerated,
            _ => true,
        };
        if (!supported)
        {
            throw new PlatformNotSupportedException(
                $"program '{table.Name}' was compiled for vectors of {table.VectorBits} bits, "
                + "which this processor, or this build's instruction set, lacks");
        }
    }

    /// <summary>The facts.</summary>
    public ProgramTable Table { get; }

    /// <summary>The bytes of memory that one context needs, beside the state.</summary>
    public long PeakBytes => Table.ArenaBytes;

    internal virtual ProgramExecutor CreateExecutor(ModelState state, WorkerPool? pool) =>
        new CpuExecutor(this, state, pool ?? WorkerPool.Default);

    /// <summary>The kernels' functions, by the positions that launches name.</summary>
    public abstract delegate*<KernelArguments*, long, long, void> Kernel(int position);
}
