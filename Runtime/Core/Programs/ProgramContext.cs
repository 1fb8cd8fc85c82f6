namespace Sinter.Runtime.Programs;

/// <summary>
/// One caller's memory for running a program: arena, inputs, outputs, launches with addresses filled in. Not
/// thread-safe; contexts of one program may run at the same time, on one state if none of them updates it. A run
/// allocates nothing.
/// </summary>
public sealed unsafe class ProgramContext : IDisposable
{
    // What the context is doing. Disposed during a run, it is closing, and freed by the run when that ends.
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Closing = 2;
    private const int Closed = 3;

    private readonly ProgramTable table;
    private readonly ModelState state;
    private readonly ProgramExecutor executor;
    private readonly long[] symbols;

    // The outputs whose lengths runs compute.
    private readonly PortEntry[] computed;
    private readonly bool updatesState;
    private int phase;

    /// <summary>Memory for running a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="state">Its parameters and other state.</param>
    /// <param name="pool">The threads; null for the default pool.</param>
    /// <exception cref="RunException">The state lacks what the program needs.</exception>
    public ProgramContext(Program program, ModelState state, WorkerPool? pool = null)
        : this(program, state, program.CreateExecutor(state, pool))
    {
    }

    internal ProgramContext(Program program, ModelState state, ProgramExecutor executor)
    {
        this.state = state;
        this.executor = executor;
        Program = program;
        table = program.Table;
        updatesState = table.State.Any(entry => entry.IsUpdated);
        symbols = table.Symbols.Select(symbol => symbol.Max).ToArray();
        computed = [.. table.Outputs.Where(port =>
            port.Shape.Any(extent => extent.AllSymbols.Any(symbol => table.Symbols[symbol].IsComputed)))];
        executor.SetSymbols(symbols);
    }

    /// <summary>The program.</summary>
    public Program Program { get; }

    /// <summary>What it runs on.</summary>
    internal ModelState State => state;

    /// <summary>What runs the launches.</summary>
    internal ProgramExecutor Executor => executor;

    /// <summary>Sets a symbolic dimension for the next runs; each starts at its largest value.</summary>
    /// <exception cref="RunException">There is no such symbol, or the value is outside its range.</exception>
    /// <exception cref="InvalidOperationException">Another thread is running this context.</exception>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    public void SetSymbol(string name, long value)
    {
        Enter();
        try
        {
            ChangeSymbol(Position(name), value);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The value of a symbolic dimension: what was set, or what the last run has computed.</summary>
    /// <exception cref="RunException">There is no such symbol.</exception>
    public long Symbol(string name) => symbols[Position(name)];

    /// <summary>Sets symbolic dimensions for the next runs so that inputs have the given extents: an input of T + 1
    /// rows tells T. Symbols that they do not tell (T1 + T2 alone tells neither) keep their values.</summary>
    /// <param name="shapes">Extents by input.</param>
    /// <exception cref="RunException">There is no such input, or no values of the symbols give these
    /// extents.</exception>
    /// <exception cref="InvalidOperationException">Another thread is running this context.</exception>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    public void SetShapes(params (string Input, long[] Extents)[] shapes)
    {
        Enter();
        try
        {
            var known = new Dictionary<string, long[]>();
            foreach (var (input, extents) in shapes)
            {
                known[Find("input", input, table.Inputs).Name] = extents;
            }

            long[] values = SymbolSolver.Solve(table, known, symbols);
            for (int i = 0; i < values.Length; i++)
            {
                if (!table.Symbols[i].IsComputed)
                {
                    ChangeSymbol(i, values[i]);
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The memory of an input, to be filled before a run; its length follows the symbols.</summary>
    /// <exception cref="RunException">There is no such input, or it has another element type.</exception>
    public Span<T> Input<T>(string name)
        where T : unmanaged => Open<T>(Find("input", name, table.Inputs));

    /// <summary>The memory of an output, valid until the next run; its length follows the symbols.</summary>
    /// <exception cref="RunException">There is no such output, or it has another element type.</exception>
    public ReadOnlySpan<T> Output<T>(string name)
        where T : unmanaged => Open<T>(Find("output", name, table.Outputs));

    /// <summary>Copies in the only input, runs, and copies out the first output; one whose length the run computes, to
    /// the beginning of what is given, which has room for it.</summary>
    /// <exception cref="RunException">
    /// Types or lengths differ from the program's, and nothing was run; or an index from data was out of range.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread is running this context.</exception>
    /// <exception cref="ObjectDisposedException">The context or its state is disposed.</exception>
    public void Run<TInput, TOutput>(ReadOnlySpan<TInput> input, Span<TOutput> output)
        where TInput : unmanaged
        where TOutput : unmanaged
    {
        // One thread from the copy in to the copy out: another one's input must not end up in this one's run.
        Enter();
        try
        {
            PortEntry target = Only("input", table.Inputs);
            PortEntry source = First("output", table.Outputs);
            Span<TInput> to = Port<TInput>(target);
            CheckLength(target, to.Length, input.Length);
            Expect(source, output);
            input.CopyTo(to);
            RunLaunches();
            Take(source, output);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Begins a run by position, which generated classes use; it ends when the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running this context.</exception>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    public TypedRun Begin()
    {
        Enter();
        return new TypedRun(this);
    }

    /// <summary>Runs the program on the inputs in memory.</summary>
    /// <exception cref="RunException">
    /// An index from data was out of range; outputs are unusable, state has not changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread is running this context.</exception>
    /// <exception cref="ObjectDisposedException">The context or its state is disposed.</exception>
    public void Run()
    {
        Enter();
        try
        {
            RunLaunches();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Frees the memory; during a run, when that ends. Spans of inputs and outputs must not be used after.
    /// </summary>
    public void Dispose()
    {
        int found = Volatile.Read(ref phase);
        while (found is Idle or Busy)
        {
            int next = found == Idle ? Closed : Closing;
            int seen = Interlocked.CompareExchange(ref phase, next, found);
            if (seen == found && next == Closed)
            {
                Free();
            }

            found = seen == found ? next : seen;
        }
    }

    private void Enter()
    {
        int found = Interlocked.CompareExchange(ref phase, Busy, Idle);
        ObjectDisposedException.ThrowIf(found is Closing or Closed, this);
        if (found == Busy)
        {
            throw new InvalidOperationException(
                $"two threads use one context of program '{table.Name}'; give each its own");
        }
    }

    internal void Leave()
    {
        if (Interlocked.CompareExchange(ref phase, Idle, Busy) == Closing)
        {
            Volatile.Write(ref phase, Closed);
            Free();
        }
    }

    internal void RunLaunches()
    {
        bool writes = updatesState;
        state.BeginRun(table.Name, writes);
        try
        {
            IndexFault fault = executor.Run();
            executor.Symbols.CopyTo(symbols);
            if (fault.Site >= 0)
            {
                Throw(fault);
            }
        }
        finally
        {
            state.EndRun(writes);
        }
    }

    private void Throw(IndexFault fault)
    {
        CheckEntry check = table.Checks[fault.Site];
        string where = check.ModulePath.Length == 0 ? "" : $"{check.ModulePath}: ";
        long extent = check.Extent.Evaluate(symbols);
        string valid = extent == 0 ? "there is none" : $"valid are 0 to {extent - 1}";
        if (table.Run.OfType<SetSizeEntry>().Any(size => size.Check == fault.Site))
        {
            throw new RunException($"{where}{check.What} {fault.Index} is out of range, {valid}");
        }

        string source = check.Source.Length == 0 ? "computed" : check.Source;
        throw new RunException(
            $"{where}{check.What} {fault.Index} is out of range, {valid}: {source} at [{Position(check, fault)}]");
    }

    private string Position(CheckEntry check, IndexFault fault)
    {
        var position = new long[check.Shape.Length];
        long rest = fault.Position;
        for (int axis = position.Length - 1; axis >= 0; axis--)
        {
            long extent = Math.Max(1, check.Shape[axis].Evaluate(symbols));
            position[axis] = rest % extent;
            rest /= extent;
        }

        return string.Join(", ", position);
    }

    private int Position(string name)
    {
        for (int i = 0; i < symbols.Length; i++)
        {
            if (table.Symbols[i].Name == name)
            {
                return i;
            }
        }

        string hint = Files.NearestNames.Hint(name, table.Symbols.Select(symbol => symbol.Name));
        throw new RunException($"program '{table.Name}' has no symbolic dimension '{name}'{hint}");
    }

    internal void ChangeSymbol(int position, long value)
    {
        SymbolEntry symbol = table.Symbols[position];
        if (symbol.IsComputed)
        {
            throw new RunException($"{symbol.Name} is computed by the run, it cannot be set");
        }

        if (value < symbol.Min || value > symbol.Max)
        {
            throw new RunException($"{symbol.Name} = {value} is outside its declared range {symbol.Min}..{symbol.Max}");
        }

        if (symbols[position] != value)
        {
            symbols[position] = value;
            executor.SetSymbols(symbols);
        }
    }

    /// <summary>The memory of a port that has so many elements.</summary>
    internal Span<T> Checked<T>(PortEntry port, int length)
        where T : unmanaged
    {
        Span<T> memory = Port<T>(port);
        CheckLength(port, memory.Length, length);
        return memory;
    }

    /// <summary>Checks, before a run, that an output will fit; not where the run computes how long it is.</summary>
    internal void Expect<T>(PortEntry port, Span<T> values)
        where T : unmanaged
    {
        if (!IsComputed(port))
        {
            _ = Checked<T>(port, values.Length);
        }
    }

    /// <summary>Copies an output out; one whose length the run has computed, to the beginning.</summary>
    internal void Take<T>(PortEntry port, Span<T> values)
        where T : unmanaged
    {
        Span<T> memory = Port<T>(port);
        if (!IsComputed(port) || memory.Length > values.Length)
        {
            CheckLength(port, memory.Length, values.Length);
        }

        memory.CopyTo(values);
    }

    private bool IsComputed(PortEntry port)
    {
        bool found = false;
        foreach (PortEntry output in computed)
        {
            found |= ReferenceEquals(output, port);
        }

        return found;
    }

    /// <summary>What a port holds.</summary>
    internal T[] Copy<T>(PortEntry port)
        where T : unmanaged => Port<T>(port).ToArray();

    private Span<T> Open<T>(PortEntry port)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref phase) is Closing or Closed, this);
        return Port<T>(port);
    }

    private Span<T> Port<T>(PortEntry port)
        where T : unmanaged
    {
        if (!port.Type.IsStoredAs<T>())
        {
            string type = port.Type.ToString().ToLowerInvariant();
            throw new RunException($"'{port.Name}' holds {type}, not {typeof(T).Name}");
        }

        return new Span<T>(executor.Port(port), Length(port));
    }

    private int Length(PortEntry port)
    {
        long length = 1;
        foreach (Size extent in port.Shape)
        {
            length = checked(length * extent.Evaluate(symbols));
        }

        return length <= Array.MaxLength
            ? (int)length
            : throw new RunException($"'{port.Name}' has {length} elements, more than a span holds; {Sizes(port)}");
    }

    private PortEntry Only(string kind, PortEntry[] ports) => ports.Length == 1
        ? ports[0]
        : throw new RunException($"program '{table.Name}' has {ports.Length} {kind}s; fill them by name");

    private PortEntry First(string kind, PortEntry[] ports) => ports.Length > 0
        ? ports[0]
        : throw new RunException($"program '{table.Name}' has no {kind}");

    private PortEntry Find(string kind, string name, PortEntry[] ports)
    {
        foreach (PortEntry port in ports)
        {
            if (port.Name == name)
            {
                return port;
            }
        }

        string hint = Files.NearestNames.Hint(name, ports.Select(port => port.Name));
        throw new RunException($"program '{table.Name}' has no {kind} '{name}'{hint}");
    }

    private void CheckLength(PortEntry port, int expected, int actual)
    {
        if (expected != actual)
        {
            throw new RunException($"'{port.Name}' has {expected} elements, got {actual}; {Sizes(port)}");
        }
    }

    private string Sizes(PortEntry port)
    {
        string extents = string.Join(", ", port.Shape.Select(extent => extent.Text(table.Symbols)));
        var values = table.Symbols.Select((symbol, i) => $"{symbol.Name} = {symbols[i]}");
        string where = symbols.Length == 0 || port.Shape.All(extent => extent.IsFixed)
            ? "" : $" with {string.Join(", ", values)}";
        return $"its shape is [{extents}]{where}";
    }

    private void Free() => executor.Dispose();
}
