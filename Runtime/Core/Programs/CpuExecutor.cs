using System.Diagnostics;

namespace Sinter.Runtime.Programs;

/// <summary>Runs kernels on the processor: their pieces by the threads of a pool. A run allocates nothing.</summary>
internal sealed unsafe class CpuExecutor : ProgramExecutor
{
    // Waking a thread takes tens of microseconds: it pays in a run of hundreds, or where runs follow one another.
    private const long WakingOperations = 10_000_000;

    private readonly Program program;
    private readonly ModelState state;
    private readonly WorkerPool pool;
    private readonly NativeMemoryBlock arena;
    private readonly NativeMemoryBlock scratch;
    private readonly NativeMemoryBlock bookkeeping;
    private readonly Launch[] prepare;
    private readonly Launch[] follow;
    private readonly Launch[] run;
    private readonly KernelArguments* arguments;
    private readonly GuardZones? guards;
    private readonly bool updatesState;
    private readonly long operations;
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
        updatesState = table.State.Any(entry => entry.IsUpdated);
        operations = table.Run.Sum(launch => launch.Operations);
        nint[] places = table.State.Select(entry => (nint)state.Memory(entry).Pointer).ToArray();
        arena = new NativeMemoryBlock(table.ArenaBytes);
        long scratchBytes = table.Run.Concat(table.Prepare).Select(launch => launch.ScratchBytes).DefaultIfEmpty(0)
            .Max();
        scratch = new NativeMemoryBlock(scratchBytes);
        pool.Reserve(scratchBytes);
        if (table.Guards.Length > 0)
        {
            guards = new GuardZones(
                table, arena.Pointer, scratch.Pointer, table.State.Select(entry => state.Memory(entry)).ToArray());
        }

        foreach (ConstantEntry constant in table.Constants)
        {
            constant.Data.CopyTo(new Span<byte>(arena.Pointer + constant.Offset, constant.Data.Length));
        }

        int slots = table.Run.Concat(table.Prepare).Sum(launch => launch.Buffers.Length);
        bookkeeping = new NativeMemoryBlock(sizeof(KernelArguments) + (8L * (slots + table.Symbols.Length + 4)));
        arguments = (KernelArguments*)bookkeeping.Pointer;
        arguments->Fault = (long*)(arguments + 1);
        arguments->Symbols = arguments->Fault + 4;
        arguments->Scratch = scratch.Pointer;
        byte** next = (byte**)(arguments->Symbols + table.Symbols.Length);
        prepare = BindAll(table.Prepare, places, ref next);
        follow = prepare.Where(launch => launch.Entry.FollowsSymbols).ToArray();
        run = BindAll(table.Run, places, ref next);
    }

    /// <inheritdoc/>
    public override byte* Port(PortEntry port) => arena.Pointer + port.Place.Offset;

    /// <inheritdoc/>
    public override void SetSymbols(ReadOnlySpan<long> values)
    {
        values.CopyTo(new Span<long>(arguments->Symbols, values.Length));
        Resize(prepare, values);
        Resize(run, values);
        guards?.Resize(values);
        symbolsChanged = true;
    }

    /// <inheritdoc/>
    public override IndexFault Run()
    {
        state.Fetch();
        wakes = operations >= WakingOperations || Stopwatch.GetTimestamp() - lastRun < watchTicks;
        if (preparedVersion != state.Version || symbolsChanged)
        {
            Execute(preparedVersion != state.Version ? prepare : follow);
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
            preparedVersion = state.Version;
        }

        return IndexFault.None;
    }

    private void Execute(Launch[] launches)
    {
        foreach (Launch launch in launches)
        {
            arguments->Buffers = launch.Buffers;
            guards?.Before(launch.Entry);
            if (launch.Pieces < 2)
            {
                launch.Kernel(arguments, 0, launch.Pieces);
            }
            else
            {
                pool.Run(launch.Kernel, arguments, launch.Pieces, wakes);
            }

            guards?.After(launch.Entry);

            // Checks come before all that changes state: with a bad index nothing of that is run.
            if (arguments->Fault[0] != 0)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        arena.Dispose();
        scratch.Dispose();
        bookkeeping.Dispose();
    }

    private static void Resize(Launch[] launches, ReadOnlySpan<long> symbols)
    {
        foreach (Launch launch in launches)
        {
            launch.Pieces = launch.Entry.Pieces.Evaluate(symbols);
        }
    }

    private Launch[] BindAll(LaunchEntry[] entries, nint[] places, ref byte** next)
    {
        var launches = new Launch[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            launches[i] = Bind(entries[i], places, ref next);
        }

        return launches;
    }

    private Launch Bind(LaunchEntry entry, nint[] places, ref byte** next)
    {
        byte** buffers = next;
        foreach (Place place in entry.Buffers)
        {
            *next++ = place.IsState ? (byte*)places[place.Offset] : arena.Pointer + place.Offset;
        }

        return new Launch(program.Kernel(entry.Kernel), buffers, entry);
    }

    private sealed class Launch(delegate*<KernelArguments*, long, long, void> kernel, byte** buffers, LaunchEntry entry)
    {
        public readonly delegate*<KernelArguments*, long, long, void> Kernel = kernel;
        public readonly byte** Buffers = buffers;
        public readonly LaunchEntry Entry = entry;
        public long Pieces;
    }
}
