using System.Runtime.InteropServices;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

public sealed unsafe class ConcurrentTests
{
    private const int Most = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_piece_of_every_launch_is_done_once_on_its_own_memory(int threads)
    {
        using var program = new CountedProgram();
        using var state = new ModelState(1, program);
        using var pool = new WorkerPool(threads);
        using var context = new ProgramContext(program, state, pool);
        foreach (int n in new[] { Most, 1, 0, 63, 0, 7 })
        {
            context.SetSymbol("N", n);
            for (int run = 0; run < 200; run++)
            {
                context.Run();
                int[] pieces = [3, n, 1, 40];
                for (int launch = 0; launch < pieces.Length; launch++)
                {
                    Assert.All(program.Counts(launch).Take(pieces[launch]), count => Assert.Equal(1, count));
                    Assert.All(program.Counts(launch).Skip(pieces[launch]), count => Assert.Equal(0, count));
                }

                program.Clear();
            }
        }
    }

    // Four launches beside each other, of 3, N, 1 and 40 pieces; each counts its own in memory of its own.
    private sealed class CountedProgram : Program, IDisposable
    {
        private readonly GCHandle handle;

        public CountedProgram()
            : this(GCHandle.Alloc(new int[4 * Most], GCHandleType.Pinned))
        {
        }

        private CountedProgram(GCHandle handle)
            : base(Describe(handle)) => this.handle = handle;

        private int[] All => (int[])handle.Target!;

        public IEnumerable<int> Counts(int launch) => All.Skip(launch * Most).Take(Most);

        public void Clear() => All.AsSpan().Clear();

        public override delegate*<KernelArguments*, long, long, void> Kernel(int position) =>
            position == 0 ? &Up : &Down;

        public void Dispose() => handle.Free();

        private static void Up(KernelArguments* arguments, long first, long last)
        {
            for (long piece = first; piece < last; piece++)
            {
                Interlocked.Increment(ref (*(int**)arguments->Buffers[0])[piece]);
            }
        }

        // Another function, which takes its memory from another place among its arguments.
        private static void Down(KernelArguments* arguments, long first, long last)
        {
            for (long piece = last; piece > first; piece--)
            {
                Interlocked.Increment(ref (*(int**)arguments->Buffers[1])[piece - 1]);
            }
        }

        private static ProgramTable Describe(GCHandle handle)
        {
            // So many operations that any pool wakes its threads.
            const long Operations = 1L << 40;
            ConstantEntry Address(int launch) => new(
                64L * launch, BitConverter.GetBytes((long)handle.AddrOfPinnedObject() + (launch * Most * sizeof(int))));
            LaunchEntry Launch(int launch, Size pieces) => new(
                launch % 2, pieces, 0, Operations,
                launch % 2 == 0 ? [new Place(false, 64L * launch)] : [new Place(false, 0), new Place(false, 64L * launch)]);
            return new ProgramTable
            {
                Name = "counted",
                VectorBits = 128,
                Symbols = [new SymbolEntry("N", 0, Most)],
                Inputs = [],
                Outputs = [],
                State = [],
                Constants = [Address(0), Address(1), Address(2), Address(3)],
                Prepare = [],
                Run =
                [
                    new ConcurrentEntry(
                        [Launch(0, new Size(3)), Launch(1, new Size(1, 0)), Launch(2, new Size(1)), Launch(3, new Size(40))]),
                ],
                Kernels = ["up", "down"],
                Checks = [],
                ArenaBytes = 256,
            };
        }
    }
}
