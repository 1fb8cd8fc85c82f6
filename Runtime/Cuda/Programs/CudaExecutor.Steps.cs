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

    private sealed class Concurrent(Launch[] members) : Step
    {
        public Launch[] Members { get; } = members;

        public override IEnumerable<Launch> Launches => Members;

        public override void Resize(ReadOnlySpan<long> symbols)
        {
            foreach (Launch launch in Members)
            {
                launch.Resize(symbols);
            }
        }
    }

    // Streams of which each takes a launch of a group: branches of the graph that is captured.
    private sealed class SideStreams : IDisposable
    {
        private readonly CudaStream main;
        private readonly CudaEvent fork;
        private readonly CudaEvent[] joins;

        public SideStreams(CudaStream main, int count)
        {
            this.main = main;
            fork = main.Context.CreateEvent(timed: false);
            Streams = [.. Enumerable.Range(0, count).Select(_ => main.Context.CreateStream())];
            joins = [.. Streams.Select(_ => main.Context.CreateEvent(timed: false))];
        }

        public CudaStream[] Streams { get; }

        /// <summary>Launches each on a stream of its own, the first on the main one, which goes on behind
        /// all.</summary>
        public void Launch(Launch[] launches)
        {
            main.Record(fork);
            for (int i = 1; i < launches.Length; i++)
            {
                Streams[i - 1].Wait(fork);
                launches[i].On(Streams[i - 1]);
                Streams[i - 1].Record(joins[i - 1]);
            }

            launches[0].On(main);
            for (int i = 1; i < launches.Length; i++)
            {
                main.Wait(joins[i - 1]);
            }
        }

        public void Dispose()
        {
            Array.ForEach(Streams, stream => stream.Dispose());
            Array.ForEach(joins, join => join.Dispose());
            fork.Dispose();
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

        /// <summary>Launches it, if it has pieces.</summary>
        public void On(CudaStream stream)
        {
            if (Shape.Grid.X > 0)
            {
                stream.Launch(Kernel, Shape, Arguments);
            }
        }

        public override void Resize(ReadOnlySpan<long> symbols) => Shape = new CudaLaunchShape(
            new CudaExtent(checked((int)Entry.Pieces.Evaluate(symbols))), new CudaExtent(threads), sharedBytes);
    }
}
