using System.Diagnostics;

namespace Sinter.Runtime.Programs;

/// <summary>Runs kernels on the processor: their pieces by the threads of a pool. A run allocates nothing.</summary>
internal sealed unsafe partial class CpuExecutor : ProgramExecutor
{
    // Waking a thread takes tens of microseconds: it pays in a run of hundreds, or where runs follow one another.
    private const long WakingOperations = 10_000_000;

    // What another thread has to have to do for handing it over to pay: some microseconds of work.
    private const double HandOverOperations = 100_000;

    private readonly Program program;
    private readonly ModelState state;
    private readonly WorkerPool pool;
    private readonly NativeMemoryBlock arena;
    private readonly NativeMemoryBlock scratch;
    private readonly NativeMemoryBlock bookkeeping;
    private readonly PreparedBlock shared;
    private readonly NativeMemoryBlock own;
    private readonly Step[] prepare;
    private readonly Step[] follow;
    private readonly Action prepareShared;
    private readonly Step[] run;
    private readonly MovingPlaces moving;
    private readonly KernelArguments* arguments;
    private readonly GuardZones? guards;
    private readonly long[] largest;
    private readonly bool updatesState;
    private double operations;
    private readonly long watchTicks = (long)(WorkerPool.WatchMicroseconds * Stopwatch.Frequency / 1e6);
    private long lastRun;
    private bool wakes;
    private long preparedVersion;
    private bool symbolsChanged;

    /// <summary>Memory for running a program.</summary>
    /// <exception cref="RunException">The state lacks what the program needs.</exception>
    public CpuExecutor(Program program, ModelState state, WorkerPool pool)
    {
        this.program = program;
        this.state = state;
        this.pool = pool;
        ProgramTable table = program.Table;
        largest = [.. table.Symbols.Select(symbol => symbol.Max)];
        updatesState = table.State.Any(entry => entry.IsUpdated);
        long[] addresses = table.State.Select(entry => (long)state.Memory(entry).Pointer).ToArray();
        own = new NativeMemoryBlock(table.Prepared.Where(entry => !entry.IsShared).Sum(entry => entry.Reserved));
        arena = new NativeMemoryBlock(table.ArenaBytes);
        long scratchBytes = table.Launches.Select(launch => launch.ScratchBytes).DefaultIfEmpty(0).Max();
        scratch = new NativeMemoryBlock(scratchBytes);
        pool.Reserve(scratchBytes);

        // Last, as it is given back by a context that is disposed: one for which there is no memory never is.
        shared = state.OpenPrepared(program, () => new PreparedBlock(table.Prepared.Where(entry => entry.IsShared)));
        long[] places =
        [
            .. addresses,
            .. table.PreparedAt((long)shared.Pointer, (long)own.Pointer),
        ];
        moving = new MovingPlaces((long)arena.Pointer, places, table.Run);
        if (table.Guards.Length > 0)
        {
            guards = new GuardZones(
                table, arena.Pointer, scratch.Pointer, table.State.Select(entry => state.Memory(entry)).ToArray(),
                places.AsSpan(addresses.Length));
        }

        foreach (ConstantEntry constant in table.Constants)
        {
            constant.Data.CopyTo(new Span<byte>(arena.Pointer + constant.Offset, constant.Data.Length));
        }

        int slots = table.Launches.Sum(launch => launch.Buffers.Length);
        int members = table.Groups.Sum(group => group.Members.Length);
        bookkeeping = new NativeMemoryBlock(
            sizeof(KernelArguments) + ((long)members * sizeof(Part)) + (8L * (slots + table.Symbols.Length + 4)));
        arguments = (KernelArguments*)bookkeeping.Pointer;
        arguments->Fault = (long*)(arguments + 1);
        arguments->Symbols = arguments->Fault + 4;
        arguments->Scratch = scratch.Pointer;
        byte** next = (byte**)(arguments->Symbols + table.Symbols.Length);
        Step[] all = BindAll(table.Prepare, ref next);
        follow = all.OfType<Launch>().Where(launch => launch.Entry.FollowsSymbols).ToArray<Step>();
        prepare = all.Except(follow).ToArray();
        prepareShared = () => Execute(prepare);
        run = BindAll(table.Run, ref next);
    }

    /// <inheritdoc/>
    public override byte* Port(PortEntry port) => arena.Pointer + port.Place.Offset;

    /// <inheritdoc/>
    public override void SetSymbols(ReadOnlySpan<long> values)
    {
        values.CopyTo(new Span<long>(arguments->Symbols, values.Length));
        ResizeAll(prepare, values);
        ResizeAll(follow, values);
        ResizeAll(run, values);
        guards?.Resize(values);
        symbolsChanged = true;
        CountWork();
    }

    /// <inheritdoc/>
    public override IndexFault Run()
    {
        state.Fetch();
        wakes = operations >= WakingOperations || Stopwatch.GetTimestamp() - lastRun < watchTicks;
        if (prepare.Length > 0)
        {
            shared.Require(state.Version, prepareShared);
        }

        if (preparedVersion != state.Version || symbolsChanged)
        {
            Execute(follow);
            preparedVersion = state.Version;
            symbolsChanged = false;
        }

        Execute(run);
        lastRun = Stopwatch.GetTimestamp();
        long site = arguments->Fault[0] - 1;
        if (site >= 0)
        {
            arguments->Fault[0] = 0;
            return new IndexFault((int)site, arguments->Fault[1], arguments->Fault[2]);
        }

        if (updatesState)
        {
            state.Version++;
            shared.Move(preparedVersion, state.Version);
            preparedVersion = state.Version;
        }

        return IndexFault.None;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<long> Symbols => new(arguments->Symbols, program.Table.Symbols.Length);

    private void CountWork()
    {
        operations = 0;
        foreach (StepEntry step in program.Table.Run)
        {
            operations += step.Work(Symbols, largest);
        }
    }

    // Checks come before all that changes state: with a bad index nothing of that is run.
    private void Execute(Step[] steps)
    {
        for (int i = 0; i < steps.Length && arguments->Fault[0] == 0; i++)
        {
            switch (steps[i])
            {
                case Launch launch:
                    Execute(launch);
                    break;
                case Concurrent group:
                    Execute(group);
                    break;
                case SetSize size:
                    Execute(size);
                    break;
                case Loop loop:
                    Execute(loop);
                    break;
                case Branch branch:
                    bool holds = *(byte*)moving[branch.Entry.Predicate] != 0;
                    Execute(holds ? branch.Then : branch.Otherwise);
                    break;
            }
        }
    }

    private void Execute(Launch launch)
    {
        guards?.Before(launch.Entry);
        if (launch.Pieces < 2)
        {
            arguments->Buffers = launch.Buffers;
            launch.Kernel(arguments, 0, launch.Pieces);
        }
        else
        {
            var part = new Part { Kernel = launch.Kernel, Buffers = launch.Buffers, End = launch.Pieces };
            pool.Run(&part, arguments, launch.Pieces, wakes);
        }

        guards?.After(launch.Entry);
    }

    // One after another where that is as fast, or each is looked at.
    private void Execute(Concurrent group)
    {
        if (group.IsShared && guards is null)
        {
            pool.Run(group.Parts, arguments, group.Pieces, wakes);
            return;
        }

        foreach (Launch launch in group.Members)
        {
            Execute(launch);
        }
    }

    // Steps behind it are cut anew; those before do not name the symbol.
    private void Execute(SetSize size)
    {
        long count = *size.Count;
        long extent = program.Table.Checks[size.Entry.Check].Extent.Evaluate(Symbols);
        ref long symbol = ref arguments->Symbols[size.Entry.Symbol];
        if ((ulong)count >= (ulong)extent)
        {
            arguments->Fault[0] = size.Entry.Check + 1;
            arguments->Fault[1] = count;
            arguments->Fault[2] = 0;
        }
        else if (symbol != count)
        {
            symbol = count;
            ResizeAll(run, Symbols);
            guards?.Resize(Symbols);
        }
    }

    private void Execute(Loop loop)
    {
        for (long i = 0; i < loop.Count && arguments->Fault[0] == 0; i++)
        {
            moving.Enter(loop.Entry, i, loop.Count, Symbols);
            foreach (Slot slot in loop.Slots)
            {
                *slot.Address = (byte*)moving[slot.Place];
            }

            Execute(loop.Body);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        arena.Dispose();
        own.Dispose();
        state.ClosePrepared(program);
        scratch.Dispose();
        bookkeeping.Dispose();
    }

    private static void ResizeAll(Step[] steps, ReadOnlySpan<long> symbols)
    {
        foreach (Step step in steps)
        {
            step.Resize(symbols);
        }
    }

    private Step[] BindAll(StepEntry[] entries, ref byte** next)
    {
        var steps = new Step[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            steps[i] = entries[i] switch
            {
                LoopEntry loop => new Loop(loop, BindAll(loop.Body, ref next)),
                ConcurrentEntry group => Bind(group, ref next),
                SetSizeEntry size => new SetSize(size, (long*)moving[size.Count]),
                BranchEntry branch => new Branch(
                    branch, BindAll(branch.Then, ref next), BindAll(branch.Otherwise, ref next)),
                _ => Bind((LaunchEntry)entries[i], ref next),
            };
        }

        return steps;
    }

    private Concurrent Bind(ConcurrentEntry group, ref byte** next)
    {
        var members = new Launch[group.Members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = Bind(group.Members[i], ref next);
        }

        var own = (Part*)next;
        next = (byte**)(own + members.Length);
        return new Concurrent(members, own, largest);
    }

    private Launch Bind(LaunchEntry entry, ref byte** next)
    {
        byte** buffers = next;
        foreach (Place place in entry.Buffers)
        {
            *next++ = place.Move is null ? (byte*)moving[place] : null;
        }

        return new Launch(program.Kernel(entry.Kernel), buffers, entry);
    }
}
