using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Bench.Cases;

/// <summary>A compiled graph with state and threads of its own.</summary>
internal sealed class Runnable : IDisposable
{
    private readonly WorkerPool pool;
    private readonly Dictionary<string, float[]> initial;

    /// <summary>Compiles a graph; the disk cache serves it where it can.</summary>
    /// <param name="graph">Any graph.</param>
    /// <param name="threads">How many threads run it.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public Runnable(Graph graph, int threads, JitOptions? options = null)
    {
        Program = JitCompiler.Compile(graph, options);
        State = new ModelState(1, Program);
        pool = new WorkerPool(threads);
        Context = new ProgramContext(Program, State, pool);
        initial = Program.Table.State.Where(entry => entry.Type == ElementType.F32)
            .ToDictionary(entry => entry.Name, entry => State.Get<float>(entry.Name).ToArray());
    }

    /// <summary>The program.</summary>
    public Runtime.Programs.Program Program { get; }

    /// <summary>Its state.</summary>
    public ModelState State { get; }

    /// <summary>Its memory.</summary>
    public ProgramContext Context { get; }

    /// <summary>The state before the first run, as the interpreter takes it.</summary>
    public Dictionary<string, TensorValue> InitialState() => Program.Table.State.ToDictionary(
        entry => entry.Name,
        entry => initial.TryGetValue(entry.Name, out float[]? values)
            ? Check.Value(values, entry.Shape)
            : entry.Type == ElementType.F64 ? TensorValue.FromNumbers(DType.F64, entry.Shape, [State.Get(entry.Name)])
            : new TensorValue(DType.I64, entry.Shape, new long[entry.Shape.Aggregate(1L, (n, extent) => n * extent)]));

    /// <summary>Brings the state back to where it was before the first run.</summary>
    public void Reset()
    {
        foreach ((string name, float[] values) in initial)
        {
            State.Set<float>(name, values);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Context.Dispose();
        pool.Dispose();
        State.Dispose();
    }
}
