using Sinter.Cuda.Tests.Emulation;
using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Gpu;

/// <summary>The bindings, the prelude and NVRTC on a real device: what the fakes promise is held against it.</summary>
public sealed class GpuTests
{
    [GpuFact]
    public void Kernels_of_the_emulations_tests_give_the_same_on_the_device()
    {
        using var context = new CudaContext(CudaDevice.Get(0));
        using CudaStream stream = context.CreateStream();
        CudaCompiler compiler = CudaCompiler.For(context.Device, null, null);
        using CudaModule module = context.Load(compiler.Compile(KernelText.Module(KernelText.Kernels)));
        Assert.All(
            new[] { "sum", "reverse_rows", "product" },
            name => Assert.InRange(module.GetKernel(name).Registers, 1, 255));

        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i % 7 - 3f)];
        using CudaMemory x = context.Allocate(4000);
        using CudaMemory y = context.Allocate(4);
        stream.Upload<float>(values, x.All());
        stream.Upload<float>([10f], y.All());
        stream.Launch(
            module.GetKernel("sum"), new CudaLaunchShape(new(3), new(256)),
            new CudaArguments(4).Add(x.All()).Add(y.All()).Add(1000).Add(0.5f));
        float[] sum = new float[1];
        stream.Download(y.All(), sum.AsSpan());
        Assert.Equal(10 + (0.5f * values.Sum()), sum[0]);

        using CudaGraph graph = stream.Capture(() => stream.Launch(
            module.GetKernel("reverse_rows"), new CudaLaunchShape(new(1), new(128), 200 << 10),
            new CudaArguments(3).Add(x.All()).Add(x.All()).Add(1000L)));
        for (int i = 0; i < 3; i++)
        {
            graph.Launch(stream);
        }

        float[] reversed = new float[1000];
        stream.Download(x.All(), reversed.AsSpan());
        Assert.Equal(values.Reverse(), reversed);
    }

    [GpuFact]
    public void Matrix_products_are_exact_on_small_integers()
    {
        const int M = 128, N = 192, K = 160;
        using var context = new CudaContext(CudaDevice.Get(0));
        using CudaStream stream = context.CreateStream();
        CudaCompiler compiler = CudaCompiler.For(context.Device, null, null);
        using CudaModule module = context.Load(compiler.Compile(KernelText.Module(KernelText.Kernels)));
        float[] a = Expected.Integers(M * K, 1);
        float[] b = Expected.Integers(N * K, 2);
        using CudaMemory left = context.Allocate(4 * M * K);
        using CudaMemory right = context.Allocate(4 * N * K);
        using CudaMemory result = context.Allocate(4 * M * N);
        stream.Upload<ushort>([.. a.Select(Expected.Narrow)], left.Slice(0, 2 * M * K));
        stream.Upload<ushort>([.. b.Select(Expected.Narrow)], right.Slice(0, 2 * N * K));
        stream.Launch(
            module.GetKernel("product"), new CudaLaunchShape(new(N / 64, M / 64), new(128)),
            new CudaArguments(5).Add(left.All()).Add(right.All()).Add(result.All()).Add(N).Add(K));
        float[] c = new float[M * N];
        stream.Download(result.All(), c.AsSpan());
        Assert.Equal(Expected.Product(a, b, M, N, K, byColumns: true), c);

        foreach ((string kernel, int k) in new[] { ("tile_tf32", 8), ("tile_f16", 16) })
        {
            float[] x = Expected.Integers(16 * k, 3);
            float[] y = Expected.Integers(8 * k, 4);
            float[] tile = new float[16 * 8];
            stream.Upload<float>(x, left.Slice(0, 4 * x.Length));
            stream.Upload<float>(y, right.Slice(0, 4 * y.Length));
            stream.Launch(
                module.GetKernel(kernel), new CudaLaunchShape(new(1), new(32)),
                new CudaArguments(3).Add(left.All()).Add(right.All()).Add(result.All()));
            stream.Download(result.Slice(0, 4 * tile.Length), tile.AsSpan());
            Assert.Equal(Expected.Product(x, y, 16, 8, k, byColumns: k == 8), tile);
        }

        float[] lanes = new float[320];
        stream.Launch(
            module.GetKernel("lanes"), new CudaLaunchShape(new(1), new(32)), new CudaArguments(1).Add(result.All()));
        stream.Download(result.Slice(0, 4 * lanes.Length), lanes.AsSpan());
        Assert.Equal(Expected.Lanes(), lanes);
    }

    [GpuFact]
    public void Errors_of_the_driver_and_the_compiler_have_their_types()
    {
        using var context = new CudaContext(CudaDevice.Get(0));
        using CudaStream stream = context.CreateStream();
        var memory = Assert.Throws<CudaMemoryException>(() => context.Allocate(1L << 50));
        Assert.InRange(memory.FreeBytes, 1, memory.TotalBytes);
        Assert.Throws<CudaUnavailableException>(() => CudaDevice.Get(1000));
        CudaCompiler compiler = CudaCompiler.For(context.Device, null, null);
        var mistake = Assert.Throws<CudaCompileException>(() => compiler.Compile(
            KernelText.Module("SN_KERNEL(64) wrong(float *y) {\n    y[0] = nothing_of_that_name;\n}\n")));
        Assert.Contains(": y[0] = nothing_of_that_name;", mistake.Message);
        using CudaModule module = context.Load(compiler.Compile(KernelText.Module(KernelText.Kernels)));
        var missing = Assert.Throws<CudaDriverException>(() => module.GetKernel("nothing"));
        Assert.Equal(CudaResult.NotFound, missing.Result);
        var launch = Assert.Throws<CudaLaunchException>(() => stream.Launch(
            module.GetKernel("reverse_rows"), new CudaLaunchShape(new(1), new(2000)), new CudaArguments(3)));
        Assert.Equal(CudaResult.InvalidValue, launch.Result);
        var capture = Assert.Throws<CudaDriverException>(() => stream.Capture(() => context.Allocate(4)));
        Assert.Equal(CudaResult.StreamCaptureUnsupported, capture.Result);
        stream.Synchronize();
    }
}
