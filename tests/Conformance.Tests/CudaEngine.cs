using Sinter.Cuda.Tests;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>The CUDA backend: its text compiled and run through the driver's and NVRTC's interfaces, by an emulation on
/// the processor.</summary>
/// <param name="reverse">Whether the last thread of a block goes first: a missing barrier shows in one of the
/// orders.</param>
public sealed class CudaEngine(bool reverse) : IEngine
{
    // What one order has compiled, the other one finds.
    private static readonly TemporaryFolder Compiled = new();

    private readonly Lazy<(FakeDriver Driver, CudaSession Session)> emulation = new(() => Start(reverse));

    public string Name => reverse ? "cuda-backward" : "cuda-forward";

    public CompiledGraph Compile(Graph graph)
    {
        CudaProgram program = JitCompiler.CompileCuda(graph, new JitOptions { CacheDirectory = null, Check = true });
        return (inputs, parameters) => Run(program, inputs, parameters);
    }

    public InterpreterResult Run(
        CudaProgram program,
        IReadOnlyDictionary<string, TensorValue> inputs,
        IReadOnlyDictionary<string, TensorValue> parameters)
    {
        return JitEngine.Run(program, inputs, parameters, state => emulation.Value.Session.Open(program, state));
    }

    /// <summary>A context of a graph's program, whose memory is the emulation's.</summary>
    public ProgramContext Open(CudaProgram program, ModelState state) => emulation.Value.Session.Open(program, state);

    private static (FakeDriver Driver, CudaSession Session) Start(bool reverse)
    {
        var driver = new FakeDriver();
        driver.Set("reverse", reverse ? 1 : 0);
        CudaDevice device = driver.Open().GetDevice(0);
        var compiler = CudaCompiler.For(
            device, new FakeNvrtc(emulates: true).Open(), cacheDirectory: Compiled.File("kernels"));
        return (driver, new CudaSession(device, compiler));
    }
}
