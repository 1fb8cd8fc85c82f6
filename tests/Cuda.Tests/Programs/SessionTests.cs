using Sinter.Jit;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.Cuda.Tests.Programs;

/// <summary>What becomes of a model's state when devices come and go.</summary>
public sealed class SessionTests : IDisposable
{
    private const string Name = "weight";

    private readonly FakeDriver driver = new();
    private readonly FakeNvrtc nvrtc = new(emulates: true);
    private readonly CudaProgram program = Counting();

    public void Dispose()
    {
        nvrtc.Dispose();
        driver.Dispose();
    }

    [Fact]
    public void What_a_device_has_changed_comes_home_when_its_session_ends()
    {
        using var state = new ModelState(1, program);
        using (CudaSession session = Open())
        {
            Run(session, state, 3);
        }

        Assert.Equal([3, 3, 3, 3, 3], state.Get<float>(Name).ToArray());
        using CudaSession next = Open();
        Run(next, state, 2);
        Assert.Equal([5, 5, 5, 5, 5], state.Get<float>(Name).ToArray());
    }

    [Fact]
    public void A_state_is_on_one_device_at_a_time()
    {
        using var state = new ModelState(1, program);
        using CudaSession first = Open();
        using CudaSession second = Open();
        Run(first, state, 1);
        var error = Assert.Throws<CudaContextException>(() => second.Open(program, state));
        Assert.StartsWith("the state is in use on another device", error.Message);
    }

    [Fact]
    public void What_cannot_come_home_is_not_forgotten()
    {
        using var state = new ModelState(1, program);
        using (CudaSession session = Open())
        {
            Run(session, state, 1);
            driver.Fail("cuMemcpyDtoHAsync_v2", 719);
        }

        // Old values would be read as if nothing had happened.
        Assert.Throws<ObjectDisposedException>(() => state.Get<float>(Name));
    }

    [Fact]
    public void A_device_too_small_for_a_program_gets_back_what_it_gave()
    {
        using CudaSession session = Open();
        using var state = new ModelState(1, program);
        long before = driver.Count("memory");

        // The state's copy, which stays; the arena; the control block behind it.
        foreach (int kept in new[] { 0, 1, 1 })
        {
            driver.Fail("cuMemAlloc_v2", (int)CudaResult.OutOfMemory, kept);
            Assert.Throws<CudaMemoryException>(() => session.Open(program, state));
        }

        driver.Fail("cuMemHostAlloc", (int)CudaResult.OutOfMemory);
        Assert.Throws<CudaMemoryException>(() => session.Open(program, state));

        Assert.Equal(before + 1, driver.Count("memory"));
        Run(session, state, 1);
        Assert.Equal([1, 1, 1, 1, 1], state.Get<float>(Name).ToArray());
    }

    [Fact]
    public void A_state_that_ends_first_frees_its_copy()
    {
        using CudaSession session = Open();
        using (var state = new ModelState(1, program))
        {
            Run(session, state, 1);
        }

        Assert.Equal(0, driver.Count("memory"));
    }

    private static CudaProgram Counting()
    {
        var graph = new GraphBuilder();
        var weight = new Parameter(Name, new TensorType(DType.F32, new Shape(5)), Initializer.Zeros);
        Tensor<F32> next = new Tensor<F32>(weight.Node) + graph.Input<F32>("x", 5);
        return JitCompiler.CompileCuda(
            new Graph("counting", graph.Inputs, [], [new Update(weight.Node, next.Node)]),
            new JitOptions { CacheDirectory = null });
    }

    private CudaSession Open()
    {
        CudaDevice device = driver.Open().GetDevice(0);
        return new CudaSession(device, CudaCompiler.For(device, nvrtc.Open(), cacheDirectory: null));
    }

    private void Run(CudaSession session, ModelState state, int times)
    {
        using ProgramContext context = session.Open(program, state);
        for (int i = 0; i < times; i++)
        {
            context.Input<float>("x").Fill(1);
            context.Run();
        }
    }
}
