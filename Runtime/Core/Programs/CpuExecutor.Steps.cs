namespace Sinter.Runtime.Programs;

/// <content>Steps of a run with the addresses that they work on.</content>
internal sealed unsafe partial class CpuExecutor
{
    private abstract class Step
    {
        /// <summary>Every launch of the step.</summary>
        public abstract IEnumerable<Launch> Launches { get; }

        /// <summary>Cuts the step anew.</summary>
        public abstract void Resize(ReadOnlySpan<long> symbols);
    }

    private sealed class Launch(delegate*<KernelArguments*, long, long, void> kernel, byte** buffers, LaunchEntry entry)
        : Step
    {
        public readonly delegate*<KernelArguments*, long, long, void> Kernel = kernel;
        public readonly byte** Buffers = buffers;
        public readonly LaunchEntry Entry = entry;
        public long Pieces;

        public override IEnumerable<Launch> Launches => [this];

        public override void Resize(ReadOnlySpan<long> symbols) => Pieces = Entry.Pieces.Evaluate(symbols);
    }

    private sealed class Concurrent : Step
    {
        public readonly Launch[] Members;
        public readonly Part* Parts;
        public long Pieces;

        private readonly long[] largest;

        public Concurrent(Launch[] members, Part* parts, long[] largest)
        {
            Members = members;
            Parts = parts;
            this.largest = largest;
            for (int i = 0; i < members.Length; i++)
            {
                parts[i].Kernel = members[i].Kernel;
                parts[i].Buffers = members[i].Buffers;
            }
        }

        public override IEnumerable<Launch> Launches => Members;

        /// <summary>Whether pieces are handed to other threads: where that is done for one launch anyway, or there is
        /// enough to do beside the largest.</summary>
        public bool IsShared { get; private set; }

        public override void Resize(ReadOnlySpan<long> symbols)
        {
            Pieces = 0;
            double all = 0;
            double most = 0;
            bool isAny = false;
            for (int i = 0; i < Members.Length; i++)
            {
                Members[i].Resize(symbols);
                Pieces += Members[i].Pieces;
                isAny |= Members[i].Pieces > 1;
                Parts[i].End = Pieces;
                double work = Members[i].Entry.Work(symbols, largest);
                all += work;
                most = Math.Max(most, work);
            }

            IsShared = isAny || all - most >= HandOverOperations;
        }
    }

    private sealed class SetSize(SetSizeEntry entry, long* count) : Step
    {
        public readonly SetSizeEntry Entry = entry;
        public readonly long* Count = count;

        public override IEnumerable<Launch> Launches => [];

        public override void Resize(ReadOnlySpan<long> symbols)
        {
        }
    }

    // The address of a buffer among a launch's arguments, and what it is the address of.
    private readonly struct Slot(byte** address, Place place)
    {
        public readonly byte** Address = address;
        public readonly Place Place = place;
    }

    private sealed class Loop : Step
    {
        public readonly LoopEntry Entry;
        public readonly Step[] Body;
        public readonly Slot[] Slots;
        public long Count;

        public Loop(LoopEntry entry, Step[] body)
        {
            Entry = entry;
            Body = body;
            var slots = new List<Slot>();
            foreach (Launch launch in Launches)
            {
                for (int i = 0; i < launch.Entry.Buffers.Length; i++)
                {
                    if (MovingPlaces.IsOf(entry, launch.Entry.Buffers[i]))
                    {
                        slots.Add(new Slot(launch.Buffers + i, launch.Entry.Buffers[i]));
                    }
                }
            }

            Slots = [.. slots];
        }

        public override IEnumerable<Launch> Launches => Body.SelectMany(step => step.Launches);

        public override void Resize(ReadOnlySpan<long> symbols)
        {
            Count = Entry.Count.Evaluate(symbols);
            ResizeAll(Body, symbols);
        }
    }

    private sealed class Branch(BranchEntry entry, Step[] then, Step[] otherwise) : Step
    {
        public readonly BranchEntry Entry = entry;
        public readonly Step[] Then = then;
        public readonly Step[] Otherwise = otherwise;

        public override IEnumerable<Launch> Launches => Then.Concat(Otherwise).SelectMany(step => step.Launches);

        public override void Resize(ReadOnlySpan<long> symbols)
        {
            ResizeAll(Then, symbols);
            ResizeAll(Otherwise, symbols);
        }
    }
}
