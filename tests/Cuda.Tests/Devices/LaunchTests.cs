using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Devices;

public sealed class LaunchTests : IDisposable
{
    private readonly FakeDriver fake = new();
    private readonly CudaContext context;
    private readonly CudaStream stream;
    private readonly CudaModule module;

    public LaunchTests()
    {
        context = fake.OpenContext();
        stream = context.CreateStream();
        module = context.Load(Images.Simple);
    }

    public void Dispose()
    {
        module.Dispose();
        stream.Dispose();
        context.Dispose();
        fake.Dispose();
    }

    [Fact]
    public void A_launch_passes_its_shape_and_arguments()
    {
        using CudaMemory memory = context.Allocate(16);
        CudaArguments arguments = new CudaArguments(3).Add(memory.Slice(8, 8)).Add(-2L).Add(1.5f);
        var shape = new CudaLaunchShape(new CudaExtent(2, 3, 4), new CudaExtent(32, 5, 6), 100);
        stream.Launch(module.GetKernel("add"), shape, arguments);
        Assert.Empty(fake.Work);

        // The driver has its own copy.
        arguments.Set(1, 3L);
        stream.Launch(module.GetKernel("add"), shape, arguments);
        stream.Launch(module.GetKernel("nothing"), new CudaLaunchShape(new(1), new(1)), new CudaArguments(0));
        stream.Synchronize();
        string address = (memory.Address + 8).ToString("x", null);
        Assert.Equal(
            [
                $"add <2 3 4> <32 5 6> 100 {address} fffffffffffffffe 3fc00000",
                $"add <2 3 4> <32 5 6> 100 {address} 3 3fc00000",
                "nothing <1 1 1> <1 1 1> 0",
            ], fake.Work);
    }

    [Fact]
    public void Launches_allocate_nothing()
    {
        using CudaMemory memory = context.Allocate(16);
        CudaKernel kernel = module.GetKernel("add");
        CudaArguments arguments = new CudaArguments(3).Add(memory.All()).Add(1L).Add(2);
        var shape = new CudaLaunchShape(new CudaExtent(1), new CudaExtent(32), 60 << 10);
        void Launch()
        {
            arguments.Set(1, 5L);
            stream.Launch(kernel, shape, arguments);
            stream.Synchronize();
        }

        Assert.Equal(0, Allocation.Measure(Launch));
    }

    [Theory]
    [InlineData(0, 32, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1025, 0)]
    [InlineData(-1, 32, 0)]
    public void A_refused_launch_tells_kernel_shape_and_limits(int blocks, int threads, int shared)
    {
        var shape = new CudaLaunchShape(new CudaExtent(blocks), new CudaExtent(threads), shared);
        CudaKernel kernel = module.GetKernel("nothing");
        var error = Assert.Throws<CudaLaunchException>(() => stream.Launch(kernel, shape, new CudaArguments(0)));
        Assert.Equal(
            $"launching kernel 'nothing' with grid ({blocks}, 1, 1), block ({threads}, 1, 1), {shared} bytes of dynamic"
            + " shared memory: cuLaunchKernel returned 1, CUDA_ERROR_INVALID_VALUE (invalid argument); the kernel takes"
            + " blocks of up to 1024 threads with 32 registers each, the device 232448 bytes", error.Message);
        Assert.Equal(("nothing", shape), (error.Kernel, error.Shape));
        stream.Synchronize();
    }

    [Fact]
    public void Much_shared_memory_is_asked_for_once()
    {
        CudaKernel kernel = module.GetKernel("nothing");
        int[] sizes = [48 << 10, 100 << 10, 60 << 10, 100 << 10, 227 << 10];
        foreach (int bytes in sizes)
        {
            stream.Launch(kernel, new CudaLaunchShape(new(1), new(1), bytes), new CudaArguments(0));
        }

        Assert.Equal(2, fake.Calls.Count(call => call == "cuFuncSetAttribute"));
        var error = Assert.Throws<CudaLaunchException>(() => stream.Launch(
            kernel, new CudaLaunchShape(new(1), new(1), (227 << 10) + 1), new CudaArguments(0)));
        Assert.Equal("cuFuncSetAttribute", error.Call);
        Assert.Contains("232449 bytes of dynamic shared memory", error.Message);
    }

    [Fact]
    public void A_kernel_tells_its_facts()
    {
        CudaKernel kernel = module.GetKernel("add");
        Assert.Equal(
            ("add", 32, 0, 0, 1024),
            (kernel.Name, kernel.Registers, kernel.LocalBytes, kernel.SharedBytes, kernel.MaxThreads));
        Assert.Equal(8, kernel.CountActiveBlocks(256));
        Assert.Equal(2, kernel.CountActiveBlocks(256, 100 << 10));
        var error = Assert.Throws<CudaDriverException>(() => kernel.CountActiveBlocks(2000));
        Assert.StartsWith("asking how many blocks of 2000 threads of kernel 'add' run at once", error.Message);
    }

    [Fact]
    public void A_kernel_that_fails_names_what_was_launched_and_loses_the_context()
    {
        CudaKernel kernel = module.GetKernel("nothing");
        for (int i = 0; i < 10; i++)
        {
            stream.Launch(kernel, new CudaLaunchShape(new(1), new(1)), new CudaArguments(0));
        }

        fake.Fail("cuStreamSynchronize", 700);
        var error = Assert.Throws<CudaDriverException>(stream.Synchronize);
        Assert.True(error.IsContextLost);
        string names = string.Join(", ", Enumerable.Repeat("nothing", 8));
        Assert.Equal(
            $"waiting for a stream (launched last, newest first: {names}): cuStreamSynchronize returned 700,"
            + " CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered); the device's context is lost,"
            + " only a new process can go on", error.Message);
    }

    [Fact]
    public void Modules_that_cannot_be_loaded_say_why()
    {
        var broken = Assert.Throws<CudaDriverException>(() => context.Load(Images.Of("nonsense")));
        Assert.Equal(CudaResult.InvalidImage, broken.Result);
        Assert.StartsWith("loading module 'simple.cu', compiled for sm_90, on cuda:0 Fake GPU 0", broken.Message);
        var foreign = Assert.Throws<CudaDriverException>(() => context.Load(Images.Of("fake cubin sm_86\n", "sm_86")));
        Assert.Equal(CudaResult.NoBinaryForGpu, foreign.Result);
        Assert.EndsWith("the module was compiled for another architecture", foreign.Message);
        CudaImage ptx = Images.Of(".version 8.4\n.target sm_86\nbogus;", "compute_86");
        var refused = Assert.Throws<CudaCompileException>(() => context.Load(ptx));
        Assert.Contains("line 3; error : Not a name of any known instruction: 'bogus'", refused.Message);
        using CudaModule loaded = context.Load(Images.Of(".version 8.4\n.target sm_86\n.entry f 8\n", "compute_86"));
        Assert.Equal("f", loaded.GetKernel("f").Name);
        var missing = Assert.Throws<CudaDriverException>(() => loaded.GetKernel("g"));
        Assert.StartsWith(
            "looking for kernel 'g' in module 'simple.cu': cuModuleGetFunction returned 500", missing.Message);
    }

    [Fact]
    public void Disposed_objects_are_not_launched()
    {
        CudaKernel kernel = module.GetKernel("add");
        CudaMemory memory = context.Allocate(16);
        CudaArguments arguments = new CudaArguments(3).Add(memory.All()).Add(memory.All()).Add(memory.All());
        memory.Dispose();
        var shape = new CudaLaunchShape(new(1), new(1));
        Assert.Throws<ObjectDisposedException>(() => stream.Launch(kernel, shape, arguments));
        module.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Launch(kernel, shape, new CudaArguments(3)));
        Assert.Throws<ObjectDisposedException>(() => module.GetKernel("add"));
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
    }

    [Fact]
    public void Objects_of_two_devices_do_not_mix()
    {
        fake.Set("devices", 2);
        using var other = new CudaContext(fake.Open().GetDevice(1));
        using CudaStream elsewhere = other.CreateStream();
        using CudaEvent mark = context.CreateEvent();
        CudaKernel kernel = module.GetKernel("nothing");
        var shape = new CudaLaunchShape(new(1), new(1));
        var error = Assert.Throws<CudaContextException>(() => elsewhere.Launch(kernel, shape, new CudaArguments(0)));
        Assert.StartsWith("the kernel belongs to another context", error.Message);
        Assert.Throws<CudaContextException>(() => elsewhere.Wait(mark));
        Assert.Throws<CudaContextException>(() => elsewhere.Record(mark));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Too_few_or_too_many_arguments_are_refused(int count)
    {
        var arguments = new CudaArguments(count);
        while (arguments.Count < count)
        {
            arguments.Add(1L);
        }

        CudaKernel kernel = module.GetKernel("add");
        Assert.Equal(3, kernel.ParameterCount);
        var error = Assert.Throws<CudaLaunchException>(
            () => stream.Launch(kernel, new CudaLaunchShape(new(1), new(1)), arguments));
        Assert.EndsWith($"it takes 3 arguments, got {count}", error.Message);
    }

    [Fact]
    public void Arguments_of_another_size_are_refused()
    {
        CudaArguments arguments = new CudaArguments(3).Add(1L).Add(2).Add(3f);
        var error = Assert.Throws<CudaLaunchException>(
            () => stream.Launch(module.GetKernel("add"), new CudaLaunchShape(new(1), new(1)), arguments));
        Assert.EndsWith("argument 1 has 4 bytes, the parameter 8", error.Message);
        Assert.Throws<InvalidOperationException>(() => arguments.Set(0, 1));
        Assert.Throws<InvalidOperationException>(() => arguments.Set(1, 1L));
        fake.Fail("cuFuncGetParamInfo", 801);
        Assert.Equal(-1, module.GetKernel("add").ParameterCount);
    }

    [Fact]
    public void Arguments_have_room_for_as_many_as_said()
    {
        CudaArguments arguments = new CudaArguments(1).Add(1);
        Assert.Throws<InvalidOperationException>(() => arguments.Add(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => arguments.Set(1, 2));
        Assert.Equal(1, arguments.Count);
    }
}
