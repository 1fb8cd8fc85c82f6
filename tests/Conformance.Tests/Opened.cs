using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>A graph compiled once, with state and a context, for tests that run it several times.</summary>
public sealed class Opened : IDisposable
{
    private static readonly CudaEngine Emulation = new(reverse: false);
    private static readonly WorkerPool Threads = new(3);

    private readonly Func<ModelState, ProgramContext> open;

    private Opened(Program program, Func<ModelState, ProgramContext> open)
    {
        this.open = open;
        Program = program;
        State = new ModelState(1, program);
        Context = open(State);
    }

    /// <summary>What <see cref="On"/> takes.</summary>
    public static TheoryData<string> Engines => new(Names);

    /// <summary>Three widths, and the emulated device.</summary>
    public static IReadOnlyList<string> Names { get; } = ["512", "256", "128", "cuda"];

    /// <summary>The program.</summary>
    public Program Program { get; }

    /// <summary>The state.</summary>
    public ModelState State { get; }

    /// <summary>What runs the program.</summary>
    public ProgramContext Context { get; }

    /// <summary>A graph on an engine: a vector width, or the emulated device.</summary>
    public static Opened On(string engine, Graph graph, long? budget = null)
    {
        var options = new JitOptions { CacheDirectory = null, Check = true, MemoryBudget = budget };
        if (engine == "cuda")
        {
            CudaProgram cuda = JitCompiler.CompileCuda(graph, options);
            return new Opened(cuda, state => Emulation.Open(cuda, state));
        }

        var target = CSharpTarget.Find(engine)!;
        Program program = JitCompiler.Compile(graph, options with { Target = target, Guard = true });
        return new Opened(program, state => new ProgramContext(program, state, Threads));
    }

    /// <summary>A program of the processor as it is.</summary>
    public static Opened Of(Program program) =>
        new(program, state => new ProgramContext(program, state, Threads));

    /// <summary>Every engine with every name.</summary>
    /// <param name="names">The names.</param>
    /// <param name="short">The engines of a run that is not to take long; null for all of them.</param>
    public static TheoryData<string, string> With(IEnumerable<string> names, IReadOnlyList<string>? @short = null)
    {
        IReadOnlyList<string> engines = Long.Reason is null ? Names : @short ?? Names;
        var rows = new TheoryData<string, string>();
        foreach (string name in names)
        {
            foreach (string engine in engines)
            {
                rows.Add(engine, name);
            }
        }

        return rows;
    }

    /// <summary>One context more of the program over the state.</summary>
    public ProgramContext Again() => open(State);

    /// <summary>A context of another program over the state.</summary>
    public ProgramContext Beside(string engine, Graph graph)
    {
        var options = new JitOptions { CacheDirectory = null, Check = true };
        return engine == "cuda"
            ? Emulation.Open(JitCompiler.CompileCuda(graph, options), State)
            : new ProgramContext(
                JitCompiler.Compile(graph, options with { Target = CSharpTarget.Find(engine)! }), State, Threads);
    }

    /// <summary>Runs, and gives an output.</summary>
    public float[] Run(string output)
    {
        Context.Run();
        return Context.Output<float>(output).ToArray();
    }

    public void Dispose()
    {
        Context.Dispose();
        State.Dispose();
    }
}
