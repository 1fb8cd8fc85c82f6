using Sinter.Runtime.Files;

namespace Sinter.Runtime.Programs;

/// <summary>
/// The named tensors that live between runs: parameters, optimizer moments, the random counter. Programs over the same
/// model share one state. Programs that only read it may run at the same time; one that updates it runs alone.
/// </summary>
public sealed unsafe partial class ModelState : IDisposable
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    private readonly Dictionary<Program, PreparedWeights> prepared = [];

    // The object itself and each run that is under way: the last one to leave frees the memory.
    private int users = 1;

    // Runs that read are counted; -1 is one that writes.
    private int running;
    private int disposed;

    /// <summary>The state that programs need, drawn from a seed.</summary>
    /// <param name="seed">The seed of every initial value and of the random counter.</param>
    /// <param name="programs">Programs whose state is held; tensors of the same name must agree.</param>
    /// <exception cref="RunException">Two programs declare a tensor differently, or two optimizers write one
    /// state.</exception>
    public ModelState(ulong seed, params Program[] programs)
        : this(programs)
    {
        foreach (Entry entry in entries.Values)
        {
            StateInitializer.Fill(entry.Declaration, entry.Memory.Pointer, Count(entry.Declaration), seed);
        }
    }

    private ModelState(Program[] programs)
    {
        OptimizerStates.CheckApart(programs);
        foreach (StateEntry entry in programs.SelectMany(program => program.Table.State))
        {
            if (entries.TryGetValue(entry.Name, out Entry? known))
            {
                CheckSame(known.Declaration, entry);
                OptimizerStates.CheckSetting(known.Declaration, entry);
                continue;
            }

            entries.Add(entry.Name, new Entry(entry, new NativeMemoryBlock(Count(entry) * entry.Type.SizeInBytes())));
        }
    }

    /// <summary>Counts changes made through this object or by runs; what depends on state is recomputed when it
    /// moves.</summary>
    public long Version { get; internal set; } = 1;

    /// <summary>The bytes of what programs have prepared from the state, packed weights above all: one copy for all
    /// contexts of a program, kept as long as one is open.</summary>
    public long PreparedBytes
    {
        get
        {
            lock (prepared)
            {
                return prepared.Values.Sum(one => one.Bytes);
            }
        }
    }

    /// <summary>What a program has prepared, for one context more.</summary>
    internal T OpenPrepared<T>(Program program, Func<T> create)
        where T : PreparedWeights
    {
        lock (prepared)
        {
            if (!prepared.TryGetValue(program, out PreparedWeights? known))
            {
                prepared.Add(program, known = create());
            }

            known.Users++;
            return (T)known;
        }
    }

    /// <summary>A context of a program goes.</summary>
    internal void ClosePrepared(Program program)
    {
        lock (prepared)
        {
            if (prepared.TryGetValue(program, out PreparedWeights? known) && --known.Users == 0)
            {
                prepared.Remove(program);
                known.Dispose();
            }
        }
    }

    /// <summary>All tensors.</summary>
    internal IEnumerable<StateEntry> Declarations => entries.Values.Select(entry => entry.Declaration);

    /// <summary>A copy of the state elsewhere, which runs there change; null where there is none.</summary>
    internal StateMirror? Mirror { get; set; }

    /// <summary>Brings home what runs elsewhere have changed.</summary>
    internal void Fetch() => Mirror?.Fetch();

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>The elements of a tensor, row-major.</summary>
    /// <exception cref="RunException">There is no such tensor, or it has another element type.</exception>
    public ReadOnlySpan<T> Get<T>(string name)
        where T : unmanaged
    {
        Entry entry = Find<T>(name);
        Fetch();
        return new ReadOnlySpan<T>(entry.Memory.Pointer, checked((int)Count(entry.Declaration)));
    }

    /// <summary>Replaces the elements of a tensor.</summary>
    /// <exception cref="RunException">There is no such tensor, or it has another element type or size.</exception>
    /// <exception cref="InvalidOperationException">A run uses the state.</exception>
    public void Set<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Entry entry = Find<T>(name);
        RequireNoRun("set");
        long count = Count(entry.Declaration);
        if (values.Length != count)
        {
            throw new RunException($"'{name}' has {count} elements, got {values.Length}");
        }

        Fetch();
        values.CopyTo(new Span<T>(entry.Memory.Pointer, (int)count));
        Version++;
    }

    /// <summary>The number that a tensor of one element holds, such as <c>adam.learning_rate</c>.</summary>
    /// <exception cref="RunException">There is no such tensor, or it has more elements.</exception>
    public double Get(string name)
    {
        Entry entry = FindScalar(name);
        Fetch();
        return StateInitializer.Read(entry.Declaration.Type, entry.Memory.Pointer);
    }

    /// <summary>Replaces the number that a tensor of one element holds, rounded to its type.</summary>
    /// <inheritdoc cref="Set{T}(string, ReadOnlySpan{T})"/>
    public void Set(string name, double value)
    {
        Entry entry = FindScalar(name);
        RequireNoRun("set");
        Fetch();
        StateInitializer.Write(entry.Declaration.Type, entry.Memory.Pointer, 0, value);
        Version++;
    }

    /// <summary>Makes caches what they were before the first run, as for another sentence.</summary>
    /// <exception cref="InvalidOperationException">A run uses the state.</exception>
    public void ClearCaches()
    {
        ThrowIfDisposed();
        RequireNoRun("cleared");
        Fetch();
        Clear();
        Version++;
    }

    private void Clear()
    {
        foreach (Entry entry in entries.Values.Where(entry => entry.Declaration.Kind.Row().IsCleared))
        {
            StateInitializer.Fill(entry.Declaration, entry.Memory.Pointer, Count(entry.Declaration), seed: 0);
        }
    }

    /// <summary>Frees the memory; during runs, when they end. Spans of tensors must not be used after.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Leave();
        }
    }

    /// <summary>Keeps the memory until <see cref="Leave"/>.</summary>
    /// <exception cref="ObjectDisposedException">The state is disposed.</exception>
    internal void Enter()
    {
        int seen;
        do
        {
            ThrowIfDisposed();
            seen = Volatile.Read(ref users);
        }
        while (seen == 0 || Interlocked.CompareExchange(ref users, seen + 1, seen) != seen);
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            Mirror?.Dispose();
            foreach (Entry entry in entries.Values)
            {
                entry.Memory.Dispose();
            }
        }
    }

    /// <summary>Keeps the memory until <see cref="EndRun"/>, and others from changing it, or from looking at what is
    /// being changed.</summary>
    /// <param name="program">Who uses it, for the error.</param>
    /// <param name="writes">Whether it changes the state.</param>
    /// <exception cref="ObjectDisposedException">The state is disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the state, and one of the two changes
    /// it.</exception>
    internal void BeginRun(string program, bool writes)
    {
        Enter();
        int seen;
        do
        {
            seen = Volatile.Read(ref running);
            if (seen < 0 || (writes && seen > 0))
            {
                Leave();
                string use = writes ? "updates it" : "reads it while it is updated";
                throw new InvalidOperationException(
                    $"two threads use one state at the same time, and program '{program}' {use}; give each thread a "
                    + "state of its own, or run one after the other");
            }
        }
        while (Interlocked.CompareExchange(ref running, writes ? -1 : seen + 1, seen) != seen);
    }

    internal void EndRun(bool writes)
    {
        if (writes)
        {
            Volatile.Write(ref running, 0);
        }
        else
        {
            Interlocked.Decrement(ref running);
        }

        Leave();
    }

    internal NativeMemoryBlock Memory(StateEntry wanted)
    {
        ThrowIfDisposed();
        if (!entries.TryGetValue(wanted.Name, out Entry? entry))
        {
            throw new RunException($"the state has no tensor '{wanted.Name}', which the program needs");
        }

        CheckSame(entry.Declaration, wanted);
        return entry.Memory;
    }

    internal static long Count(StateEntry entry) => entry.Shape.Aggregate(1L, (n, extent) => checked(n * extent));

    internal static string Describe(StateEntry entry) =>
        $"{entry.Type.ToString().ToLowerInvariant()}[{string.Join(", ", entry.Shape)}]";

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);

    // A run in the middle would see some tensors of before and some of after.
    private void RequireNoRun(string what)
    {
        if (Volatile.Read(ref running) != 0)
        {
            throw new InvalidOperationException($"the state cannot be {what} while a program runs on it");
        }
    }

    private Entry Find<T>(string name)
        where T : unmanaged
    {
        ThrowIfDisposed();
        if (!entries.TryGetValue(name, out Entry? entry))
        {
            string near = NearestNames.Hint(name, entries.Keys);
            throw new RunException($"the state has no tensor '{name}'{near}");
        }

        return entry.Declaration.Type.IsStoredAs<T>()
            ? entry
            : throw new RunException($"'{name}' is {Describe(entry.Declaration)}, not readable as {typeof(T).Name}");
    }

    private Entry FindScalar(string name)
    {
        ThrowIfDisposed();
        if (!entries.TryGetValue(name, out Entry? entry))
        {
            string why = OptimizerStates.WhyAbsent(name, entries.Values.Select(known => known.Declaration))
                ?? NearestNames.Hint(name, entries.Keys);
            throw new RunException($"the state has no tensor '{name}'{why}");
        }

        return Count(entry.Declaration) == 1
            ? entry
            : throw new RunException($"'{name}' is {Describe(entry.Declaration)}, not one number");
    }

    private static void CheckSame(StateEntry a, StateEntry b)
    {
        if (a.Kind != b.Kind)
        {
            throw new RunException(
                $"'{a.Name}' is {a.Kind.Row().Name} in one program and {b.Kind.Row().Name} in another");
        }

        if (a.Type != b.Type || !a.Shape.AsSpan().SequenceEqual(b.Shape))
        {
            throw new RunException($"'{a.Name}' is {Describe(a)} in the state, but a program wants {Describe(b)}");
        }
    }

    private sealed record Entry(StateEntry Declaration, NativeMemoryBlock Memory);
}
