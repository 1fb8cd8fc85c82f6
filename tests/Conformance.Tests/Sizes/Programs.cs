using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>A compiled graph with its state and a context, for tests that run one program several times.</summary>
internal sealed class OpenProgram : IDisposable
{
    private readonly WorkerPool pool;
    private readonly ModelState state;

    public OpenProgram(Graph graph, CSharpTarget? target = null, int threads = 1)
    {
        var options = new JitOptions { CacheDirectory = null, Check = true };
        Program program = JitCompiler.Compile(graph, target is null ? options : options with { Target = target });
        pool = new WorkerPool(threads);
        state = new ModelState(0, program);
        Context = new ProgramContext(program, state, pool);
    }

    public ProgramContext Context { get; }

    public ModelState State => state;

    public void Dispose()
    {
        Context.Dispose();
        state.Dispose();
        pool.Dispose();
    }
}
