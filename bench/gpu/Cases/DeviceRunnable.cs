using Sinter.Compiler;
using Sinter.Jit;
using Sinter.Runtime;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.GpuBench.Cases;

/// <summary>A graph compiled for the device, with state and inputs filled in, that has run.</summary>
internal sealed class DeviceRunnable : IDisposable
{
    // Normal numbers of the second input are others than those of the first.
    private const int Stride = 350_003;

    /// <summary>Compiles, fills and runs a graph. Integers are classes 0 to 9.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="products">How it multiplies.</param>
    public DeviceRunnable(Gpu gpu, Graph graph, ProductPrecision products = ProductPrecision.Exact)
    {
        CudaProgram program = JitCompiler.CompileCuda(graph, new JitOptions { Products = products });
        State = new ModelState(1, program);
        Context = gpu.Session.Open(program, State);
        Fill(Context);
        Context.Run();
    }

    /// <summary>The state.</summary>
    public ModelState State { get; }

    /// <summary>The memory on the device.</summary>
    public ProgramContext Context { get; }

    /// <summary>How many kernels a run launches.</summary>
    public int Launches => Context.Program.Table.Run.Length;

    /// <summary>What the processor computes from the same inputs and the same state: the first output.</summary>
    public static float[] OnProcessor(Graph graph)
    {
        var program = JitCompiler.Compile(graph);
        using var state = new ModelState(1, program);
        using var pool = new WorkerPool(Math.Min(Environment.ProcessorCount, 4));
        using var context = new ProgramContext(program, state, pool);
        Fill(context);
        context.Run();
        return context.Output<float>(program.Table.Outputs[0].Name).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Context.Dispose();
        State.Dispose();
    }

    private static void Fill(ProgramContext context)
    {
        PortEntry[] inputs = context.Program.Table.Inputs;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Type == ElementType.F32)
            {
                Normal.Fill(context.Input<float>(inputs[i].Name), i * Stride);
                continue;
            }

            Span<long> labels = context.Input<long>(inputs[i].Name);
            for (int row = 0; row < labels.Length; row++)
            {
                labels[row] = row * 7 % 10;
            }
        }
    }
}
