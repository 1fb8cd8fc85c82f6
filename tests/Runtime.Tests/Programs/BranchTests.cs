using System.Runtime.InteropServices;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

public sealed unsafe class BranchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Only_the_branch_that_is_taken_is_launched(int threads)
    {
        using var program = new CountedProgram();
        using var state = new ModelState(1, program);
        using var pool = new WorkerPool(threads);
        using var context = new ProgramContext(program, state, pool);
        bool[] predicates = [true, false, true, false];
        for (int run = 0; run < predicates.Length; run++)
        {
            context.Input<bool>("p")[0] = predicates[run];
            context.Run();

            // The first branch has kernel 0, the second twice kernel 1; behind them comes kernel 2 every time.
            int taken = predicates.Take(run + 1).Count(holds => holds);
            Assert.Equal([taken, 2 * (run + 1 - taken), run + 1], program.Counts);
        }
    }

    // p: bool; each kernel counts how often it is launched.
    private sealed class CountedProgram : Program, IDisposable
    {
        private readonly GCHandle handle;

        public CountedProgram()
            : this(GCHandle.Alloc(new int[3], GCHandleType.Pinned))
        {
        }

        private CountedProgram(GCHandle handle)
            : base(Describe(handle)) => this.handle = handle;

        public int[] Counts => (int[])handle.Target!;

        public override delegate*<KernelArguments*, long, long, void> Kernel(int position) => position switch
        {
            0 => &First,
            1 => &Second,
            _ => &Third,
        };

        public void Dispose() => handle.Free();

        private static void First(KernelArguments* arguments, long first, long last) => Count(arguments, 0);

        private static void Second(KernelArguments* arguments, long first, long last) => Count(arguments, 1);

        private static void Third(KernelArguments* arguments, long first, long last) => Count(arguments, 2);

        private static void Count(KernelArguments* arguments, int kernel) =>
            Interlocked.Increment(ref (*(int**)arguments->Buffers[0])[kernel]);

        private static ProgramTable Describe(GCHandle handle)
        {
            LaunchEntry Launch(int kernel) => new(kernel, new Size(1), 0, 1, [new Place(false, 0)]);
            var p = new Place(false, 64);
            return new ProgramTable
            {
                Name = "counted",
                VectorBits = 128,
                Symbols = [],
                Inputs = [new PortEntry("p", ElementType.Bool, [], p)],
                Outputs = [],
                State = [],
                Constants = [new ConstantEntry(0, BitConverter.GetBytes((long)handle.AddrOfPinnedObject()))],
                Prepare = [],
                Run = [new BranchEntry(p, [Launch(0)], [Launch(1), Launch(1)]), Launch(2)],
                Kernels = ["first", "second", "third"],
                Checks = [],
                ArenaBytes = 128,
            };
        }
    }
}
