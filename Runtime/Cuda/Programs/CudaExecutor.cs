using System.Runtime.InteropServices;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// Runs a program on a device: one arena, page-locked memory for what the host gives and takes, and one stream, whose
/// launches become a graph once they repeat. A run allocates nothing then.
/// </summary>
internal sealed unsafe partial class CudaExecutor : ProgramExecutor
{
    private const long Alignment = 256;

    // The device's control block: site, index and position of a fault and a lock, then the symbols.
    private const int FaultBytes = 4 * sizeof(long);

    private readonly CudaProgram program;
    private readonly ProgramTable table;
    private readonly ModelState state;
    private readonly CudaStateMirror mirror;
    private readonly CudaStream stream;
    private readonly CudaMemory arena;
    private readonly CudaMemory control;
    private readonly CudaPinnedMemory host;
    private readonly List<IDisposable> owned = [];
    private readonly long[] places;
    private readonly long[] symbols;
    private readonly CudaPrepared? shared;
    private readonly CudaSlice[] prepared;
    private readonly Action prepareShared;
    private readonly Launch[] prepare;
    private readonly Launch[] follow;
    private readonly Step[] run;
    private readonly bool isCaptured;
    private readonly SideStreams? sides;
    private readonly MovingPlaces moving;
    private readonly bool updatesState;
    private IndexFault sizeFault = IndexFault.None;
    private CudaGraph? graph;
    private bool symbolsChanged = true;
    private bool repeats;
    private long preparedVersion;

    public CudaExecutor(
        CudaProgram program, ModelState state, CudaStateMirror mirror, CudaContext context,
        IReadOnlyList<CudaKernel> kernels)
    {
        this.program = program;
        table = program.Table;
        this.state = state;
        this.mirror = mirror;
        updatesState = table.State.Any(entry => entry.IsUpdated);
        symbols = new long[table.Symbols.Length];
        places = new long[table.Inputs.Length + table.Outputs.Length + 1];
        long[] largest = table.Symbols.Select(symbol => symbol.Max).ToArray();
        long bytes = FaultBytes + (symbols.Length * sizeof(long));
        for (int i = 0; i < places.Length - 1; i++)
        {
            places[i] = RoundUp(bytes);
            bytes = places[i] + Bytes(PortAt(i), largest);
        }

        try
        {
            stream = Own(context.CreateStream());
            arena = Own(context.Allocate(Math.Max(1, table.ArenaBytes)));
            control = Own(context.Allocate(FaultBytes + (symbols.Length * sizeof(long))));
            host = Own(context.AllocatePinned(bytes));

            // As on the processor: an input that nobody has filled is 0.
            NativeMemory.Clear(Host(0), (nuint)bytes);
            foreach (ConstantEntry constant in table.Constants.Where(constant => constant.Data.Length > 0))
            {
                stream.Upload<byte>(constant.Data, arena.Slice(constant.Offset, constant.Data.Length));
            }

            stream.Fill(control.All(), (byte)0);
            stream.Synchronize();
            shared = state.OpenPrepared(program, () => new CudaPrepared(Room(context, isShared: true)));
            CudaMemory room = Own(Room(context, isShared: false));
            prepared = Prepared(shared.Memory, room);
            long[] addresses =
            [
                .. table.State.Select(entry => (long)mirror.Memory(entry).Address),
                .. prepared.Select(slice => (long)slice.Address),
            ];
            moving = new MovingPlaces((long)arena.All().Address, addresses, table.Run);
            Launch[] all = table.Prepare.Select(entry => new Launch(this, program, entry, kernels)).ToArray();
            follow = all.Where(launch => launch.FollowsSymbols).ToArray();
            prepare = all.Except(follow).ToArray();
            prepareShared = PrepareShared;
            run = Bind(program, table.Run, kernels);

            // What a run finds out on its way is in no graph.
            isCaptured = !Waits(table.Run);
            int most = table.Groups.Select(group => group.Members.Length).DefaultIfEmpty(0).Max();
            sides = isCaptured && most > 0 ? Own(new SideStreams(stream, most - 1)) : null;
        }
        catch
        {
            // A device without room for all of it gets back what it gave.
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override byte* Port(PortEntry port)
    {
        for (int i = 0; i < places.Length - 1; i++)
        {
            if (ReferenceEquals(PortAt(i), port))
            {
                return Host(places[i]);
            }
        }

        throw new ArgumentException($"'{port.Name}' is no port of program '{table.Name}'");
    }

    /// <inheritdoc/>
    public override void SetSymbols(ReadOnlySpan<long> values)
    {
        values.CopyTo(symbols);
        values.CopyTo(new Span<long>(Host(FaultBytes), values.Length));
        symbolsChanged = true;
        Array.ForEach(prepare, launch => launch.Resize(symbols));
        Array.ForEach(follow, launch => launch.Resize(symbols));
        Array.ForEach(run, step => step.Resize(symbols));
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<long> Symbols => symbols;

    /// <inheritdoc/>
    public override IndexFault Run()
    {
        mirror.Send();
        Launch[] stale = preparedVersion != state.Version || symbolsChanged ? follow : [];
        if (symbolsChanged)
        {
            // Grids may depend on them, and a graph holds its grids.
            graph?.Dispose();
            graph = null;
            repeats = false;
            symbolsChanged = false;
            if (symbols.Length > 0)
            {
                stream.Copy(host, FaultBytes, control.Slice(FaultBytes, symbols.Length * sizeof(long)));
            }
        }

        for (int i = 0; i < table.Inputs.Length; i++)
        {
            PortEntry port = table.Inputs[i];
            Transfer(port, places[i], toDevice: true);
        }

        if (prepare.Length > 0)
        {
            shared!.Require(state.Version, prepareShared);
        }

        LaunchAll(stale);
        preparedVersion = state.Version;

        if (!LaunchRun())
        {
            return sizeFault;
        }

        repeats = true;
        return Finish();
    }

    /// <summary>Does the work of runs again, on what the last one left on the device, without copies from and to the
    /// host.</summary>
    /// <param name="runs">How many.</param>
    /// <param name="asGraph">Whether they may be graphs; else each kernel is launched.</param>
    /// <returns>The milliseconds that the device took for all of them.</returns>
    public double Time(int runs, bool asGraph)
    {
        using CudaEvent start = stream.Context.CreateEvent();
        using CudaEvent end = stream.Context.CreateEvent();
        stream.Record(start);
        for (int i = 0; i < runs; i++)
        {
            if (asGraph)
            {
                LaunchRun();
            }
            else
            {
                LaunchAll(run);
            }
        }

        stream.Record(end);
        stream.Synchronize();
        NoteUpdates();
        return end.MillisecondsSince(start);
    }

    private bool LaunchRun()
    {
        if (graph is null && repeats && isCaptured)
        {
            graph = stream.Capture(() => LaunchAll(run), sides?.Streams ?? []);
        }

        if (graph is null)
        {
            return LaunchAll(run);
        }

        graph.Launch(stream);
        return true;
    }

    private void NoteUpdates()
    {
        if (updatesState)
        {
            mirror.Changed();
            shared!.Move(preparedVersion, state.Version);
            preparedVersion = state.Version;
        }
    }

    private IndexFault Finish()
    {
        for (int i = 0; i < table.Outputs.Length; i++)
        {
            Transfer(table.Outputs[i], places[table.Inputs.Length + i], toDevice: false);
        }

        if (table.Checks.Length > 0)
        {
            stream.Copy(control.Slice(0, FaultBytes), host, 0);
        }

        stream.Synchronize();
        long* fault = (long*)Host(0);
        long site = fault[0] - 1;
        if (site < 0)
        {
            NoteUpdates();
            return IndexFault.None;
        }

        fault[0] = 0;
        stream.Fill(control.Slice(0, FaultBytes), (byte)0);
        return new IndexFault((int)site, fault[1], fault[2]);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        graph?.Dispose();
        if (shared is not null)
        {
            state.ClosePrepared(program);
        }

        owned.ForEach(resource => resource.Dispose());
    }

    private CudaSlice Memory(Place place)
    {
        if (!place.IsState)
        {
            return arena.Slice(place.Offset, arena.Bytes - place.Offset);
        }

        long position = place.Offset - table.State.Length;
        return position < 0 ? mirror.Memory(table.State[place.Offset]) : prepared[position];
    }

    // Where each prepared entry lies: one after another in the shared memory, or in the context's.
    private CudaSlice[] Prepared(CudaMemory sharedRoom, CudaMemory ownRoom)
    {
        long[] offsets = table.PreparedAt(0, 0);
        return
        [
            .. table.Prepared.Select((entry, i) =>
                (entry.IsShared ? sharedRoom : ownRoom).Slice(offsets[i], entry.Reserved)),
        ];
    }

    // Other contexts have streams of their own: they see what is done.
    private void PrepareShared()
    {
        LaunchAll(prepare);
        stream.Synchronize();
    }

    private CudaMemory Room(CudaContext context, bool isShared) => context.Allocate(
        Math.Max(1, table.Prepared.Where(entry => entry.IsShared == isShared).Sum(entry => entry.Reserved)));

    private T Own<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }

    private void Transfer(PortEntry port, long place, bool toDevice)
    {
        long bytes = Bytes(port, symbols);
        if (bytes == 0)
        {
            return;
        }

        CudaSlice device = arena.Slice(port.Place.Offset, bytes);
        if (toDevice)
        {
            stream.Copy(host, place, device);
        }
        else
        {
            stream.Copy(device, host, place);
        }
    }

    // Where launches are captured, a loop becomes all of its iterations: arguments are copied as they are now. Says
    // whether all was launched, or a size is out of range.
    private bool LaunchAll(Step[] steps)
    {
        foreach (Step step in steps)
        {
            if (step is Loop loop)
            {
                LaunchLoop(loop);
            }
            else if (step is SetSize size)
            {
                if (!Set(size.Entry))
                {
                    return false;
                }
            }
            else if (step is Branch branch)
            {
                LaunchAll(Holds(branch.Entry.Predicate) ? branch.Then : branch.Otherwise);
            }
            else if (step is Concurrent { Members: var members })
            {
                LaunchBeside(members);
            }
            else if (step is Launch launch)
            {
                launch.On(stream);
            }
        }

        return true;
    }

    // In a graph each is a branch. One by one they come in order: events and streams would cost more than they save.
    private void LaunchBeside(Launch[] launches)
    {
        if (stream.IsCaptured)
        {
            sides!.Launch(launches);
            return;
        }

        foreach (Launch launch in launches)
        {
            launch.On(stream);
        }
    }

    // The host has to know the size: grids behind it depend on it.
    private bool Set(SetSizeEntry size)
    {
        CudaSlice source = Memory(size.Count);
        long count = 0;
        stream.Download(source.Memory.Slice(source.Offset, sizeof(long)), new Span<long>(ref count));
        if ((ulong)count >= (ulong)table.Checks[size.Check].Extent.Evaluate(symbols))
        {
            sizeFault = new IndexFault(size.Check, count, 0);
            return false;
        }

        if (symbols[size.Symbol] != count)
        {
            symbols[size.Symbol] = count;
            long place = FaultBytes + (size.Symbol * sizeof(long));
            *(long*)Host(place) = count;
            stream.Copy(host, place, control.Slice(place, sizeof(long)));
            Array.ForEach(run, step => step.Resize(symbols));
        }

        return true;
    }

    private void LaunchLoop(Loop loop)
    {
        for (long i = 0; i < loop.Count; i++)
        {
            moving.Enter(loop.Entry, i, loop.Count, symbols);
            foreach (var (launch, position) in loop.Slots)
            {
                launch.Arguments.Set(position, moving[launch.Entry.Buffers[position]]);
            }

            LaunchAll(loop.Body);
        }
    }

    // Waits for what decides.
    private bool Holds(Place predicate)
    {
        byte value = 0;
        CudaSlice at = predicate.Move is null ? Memory(predicate) : At((ulong)moving[predicate]);
        stream.Download(at.Memory.Slice(at.Offset, 1), new Span<byte>(ref value));
        return value != 0;
    }

    // The memory that a moving address is in: the arena, or state.
    private CudaSlice At(ulong address)
    {
        CudaSlice all = table.State.Select(mirror.Memory).Concat(prepared).Prepend(arena.All())
            .First(slice => address >= slice.Address && address < slice.Address + (ulong)slice.Bytes);
        return all.Memory.Slice(all.Offset + (long)(address - all.Address), 1);
    }

    private static bool Waits(StepEntry[] steps) =>
        steps.Any(step => step is BranchEntry or SetSizeEntry || (step is LoopEntry loop && Waits(loop.Body)));

    private Step[] Bind(CudaProgram program, StepEntry[] entries, IReadOnlyList<CudaKernel> kernels) =>
        [.. entries.Select(entry => Bind(program, entry, kernels))];

    private Step Bind(CudaProgram program, StepEntry entry, IReadOnlyList<CudaKernel> kernels) => entry switch
    {
        LoopEntry loop => new Loop(loop, Bind(program, loop.Body, kernels)),
        ConcurrentEntry group => new Concurrent(
            [.. group.Members.Select(member => new Launch(this, program, member, kernels))]),
        SetSizeEntry size => new SetSize(size),
        BranchEntry branch =>
            new Branch(branch, Bind(program, branch.Then, kernels), Bind(program, branch.Otherwise, kernels)),
        _ => new Launch(this, program, (LaunchEntry)entry, kernels),
    };

    private PortEntry PortAt(int position) => position < table.Inputs.Length
        ? table.Inputs[position]
        : table.Outputs[position - table.Inputs.Length];

    private byte* Host(long place) => (byte*)host.Handle.DangerousGetHandle() + place;

    private static long Bytes(PortEntry port, ReadOnlySpan<long> symbols)
    {
        long bytes = port.Type.SizeInBytes();
        foreach (Size extent in port.Shape)
        {
            bytes = checked(bytes * extent.Evaluate(symbols));
        }

        return bytes;
    }

    private static long RoundUp(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
