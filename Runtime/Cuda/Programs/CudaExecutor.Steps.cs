using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <content>Steps of a run as the device gets them.</content>
internal sealed unsafe partial class CudaExecutor
{
    private abstract class Step
    {
        /// <summary>Every launch of the step.</summary>
        public abstract IEnumerable<Launch> Launches { get; }

        public abstract void Resize(ReadOnlySpan<long> symbols);
    }

    private sealed class Loop(LoopEntry entry, Step[] body) : Step
    {
        public LoopEntry Entry { get; } = entry;

        public Step[] Body { get; } = body;

        /// <summary>The arguments that move with this loop.</summary>
        public (Launch Launch, int Position)[] Slots { get; } = body.SelectMany(step => step.Launches)
            .SelectMany(launch => Enumerable.Range(0, launch.Entry.Buffers.Length)
                .Where(i => MovingPlaces.IsOf(entry, launch.Entry.Buffers[i])).Select(i => (launch, i))).ToArray();

        public long Count { get; private set; }

        public override IEnumerable<Launch> Launches => Body.SelectMany(step => step.Launches);

        public override void Resize(ReadOnlySpan<long> symbols)
        {
            Count = Entry.Count.Evaluate(symbols);
            foreach (Step step in Body)
            {
                step.Resize(symbols);
            }
        }
    }

    private sealed class SetSize(SetSizeEntry entry) : Step
    {
        public SetSizeEntry Entry { get; } = entry;

        public override IEnumerable<Launch> Launches => [];

        public override void Resize(ReadOnlySpan<long> symbols)
        {
        }
    }

    private sealed class Branch(BranchEntry entry, Step[] then, Step[] otherwise) : Step
    {
        public BranchEntry Entry { get; } = entry;

        public Step[] Then { get; } = then;

        public Step[] Otherwise { get; } = otherwise;

        public override IEnumerable<Launch> Launches => Then.Concat(Otherwise).SelectMany(step => step.Launches);

        public override void Resize(ReadOnlySpan<long> symbols)
        {
            foreach (Step step in Then)
            {
                step.Resize(symbols);
            }

            foreach (Step step in Otherwise)
            {
                step.Resize(symbols);
            }
        }
    }

    private sealed class Launch : Step
    {
        private readonly int threads;
        private readonly int sharedBytes;

        public Launch(CudaExecutor owner, CudaProgram program, LaunchEntry entry, IReadOnlyList<CudaKernel> kernels)
        {
            Entry = entry;
            threads = program.Threads[entry.Kernel];
            sharedBytes = program.SharedBytes[entry.Kernel];
            Kernel = kernels[entry.Kernel];
            Arguments = new CudaArguments(entry.Buffers.Length + 2);
            foreach (Place place in entry.Buffers)
            {
                // What moves is in the arena or in state that the context holds; loops set where.
                Arguments.Add(owner.Memory(place));
            }

            Arguments.Add(owner.control.Slice(FaultBytes, owner.control.Bytes - FaultBytes));
            Arguments.Add(owner.control.Slice(0, FaultBytes));
        }

        public LaunchEntry Entry { get; }

        public CudaKernel Kernel { get; }

        public bool FollowsSymbols => Entry.FollowsSymbols;

        public override IEnumerable<Launch> Launches => [this];

        public CudaArguments Arguments { get; }

        public CudaLaunchShape Shape { get; private set; }

        public override void Resize(ReadOnlySpan<long> symbols) => Shape = new CudaLaunchShape(
            new CudaExtent(checked((int)Entry.Pieces.Evaluate(symbols))), new CudaExtent(threads), sharedBytes);
    }
}
