using System.Runtime.InteropServices;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>
/// A program whose one kernel calls a test's code with the range of pieces it is to do, so that tests decide what
/// happens in the middle of a run. It has the input <c>x</c> and the output <c>y</c>, both f32[N], in memory that the
/// code gets. The code must not throw: on a worker that would end the process.
/// </summary>
internal sealed unsafe class ScriptedProgram : Program, IDisposable
{
    /// <summary>The largest N: enough for the arena to be memory that the system takes back when it is freed.</summary>
    public const int Capacity = 1 << 20;

    private readonly GCHandle handle;

    private ScriptedProgram(GCHandle handle, long pieces, long scratchBytes)
        : base(Describe(handle, pieces, scratchBytes))
    {
        this.handle = handle;
    }

    /// <summary>What a kernel does with its memory, from the first piece to the one before the last.</summary>
    public delegate void Script(Places places, long first, long last);

    public static ScriptedProgram Of(Script script, long pieces = 1, long scratchBytes = 0) =>
        new(GCHandle.Alloc(script), pieces, scratchBytes);

    public override delegate*<KernelArguments*, long, long, void> Kernel(int position) => &Invoke;

    public void Dispose() => handle.Free();

    private static void Invoke(KernelArguments* arguments, long first, long last)
    {
        nint script = *(nint*)arguments->Buffers[0];
        float* x = (float*)arguments->Buffers[1];
        float* y = (float*)arguments->Buffers[2];
        ((Script)GCHandle.FromIntPtr(script).Target!)(new Places(x, y, arguments->Scratch), first, last);
    }

    private static ProgramTable Describe(GCHandle handle, long pieces, long scratchBytes)
    {
        const int Bytes = Capacity * sizeof(float);
        var place = new Place(false, 0);
        var x = new PortEntry("x", ElementType.F32, [new Size(1, 0)], new Place(false, 64));
        var y = new PortEntry("y", ElementType.F32, [new Size(1, 0)], new Place(false, 64 + Bytes));

        // So many operations that any pool wakes its threads.
        const long Operations = 1L << 40;
        return new ProgramTable
        {
            Name = "scripted",
            VectorBits = 128,
            Symbols = [new SymbolEntry("N", 1, Capacity)],
            Inputs = [x],
            Outputs = [y],
            State = [],
            Constants = [new ConstantEntry(0, BitConverter.GetBytes((long)GCHandle.ToIntPtr(handle)))],
            Prepare = [],
            Run = [new LaunchEntry(0, new Size(pieces), scratchBytes, Operations, [place, x.Place, y.Place])],
            Kernels = ["script"],
            Checks = [],
            ArenaBytes = 64 + (2L * Bytes),
        };
    }

    /// <summary>The memory of a kernel: x and y have <see cref="Capacity"/> elements, whatever N is.</summary>
    internal readonly struct Places(float* x, float* y, byte* scratch)
    {
        public readonly float* X = x;
        public readonly float* Y = y;
        public readonly byte* Scratch = scratch;
    }
}
