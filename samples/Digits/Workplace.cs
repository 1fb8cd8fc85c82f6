using System.Globalization;
using Sinter;
using Sinter.Jit;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;
using CompiledProgram = Sinter.Runtime.Programs.Program;

namespace Digits;

/// <summary>Where programs run: the processor's threads, or a CUDA device. Dispose contexts and states before it.
/// </summary>
internal sealed class Workplace : IDisposable
{
    private readonly WorkerPool? pool;
    private readonly CudaSession? session;

    private Workplace(WorkerPool? pool, CudaSession? session)
    {
        this.pool = pool;
        this.session = session;
    }

    /// <summary>Whether a name is one that <see cref="Open"/> takes.</summary>
    public static bool IsName(string name) => name is "cpu" or "cuda" or "best" || Index(name) is not null;

    /// <summary>Starts to use a place; anything but the plain processor is told on the console.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>best</c>.</param>
    /// <param name="threads">How many threads of the processor to compute on.</param>
    /// <exception cref="CudaException">The device was asked for and cannot be used.</exception>
    public static Workplace Open(string name, int threads)
    {
        Device device = name switch
        {
            "cpu" => Device.Cpu,
            "best" => Device.Best(Console.WriteLine),
            _ => Device.Cuda(Index(name) ?? 0),
        };
        if (device.Gpu is null)
        {
            return new Workplace(new WorkerPool(threads), null);
        }

        var place = new Workplace(null, new CudaSession(device.Gpu));
        if (name != "best")
        {
            Console.WriteLine($"running on {device}");
        }

        return place;
    }

    /// <summary>The program of a graph, for this place.</summary>
    public CompiledProgram Compile(Graph graph) =>
        session is null ? JitCompiler.Compile(graph) : JitCompiler.CompileCuda(graph);

    /// <summary>A context that runs one of its programs here.</summary>
    /// <exception cref="CudaException">The device refuses the program, or has no room for it.</exception>
    public ProgramContext Open(CompiledProgram program, ModelState state) => session is null
        ? new ProgramContext(program, state, pool)
        : session.Open((CudaProgram)program, state);

    /// <summary>Ends the threads, or gives up the device.</summary>
    public void Dispose()
    {
        pool?.Dispose();
        session?.Dispose();
    }

    private static int? Index(string name)
    {
        const string Prefix = "cuda:";
        bool isIndex = name.StartsWith(Prefix, StringComparison.Ordinal);
        return isIndex && int.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int i)
            ? i
            : null;
    }
}
