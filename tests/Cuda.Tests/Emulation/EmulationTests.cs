using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Emulation;

public sealed class EmulationTests : IDisposable
{
    private readonly EmulatedDevice device = new();

    public void Dispose() => device.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sum_crosses_lanes_warps_and_blocks(bool reverse)
    {
        device.IsReversed = reverse;
        using CudaModule module = device.Load(KernelText.Kernels);
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i % 7 - 3f)];
        using CudaMemory x = device.Upload<float>(values);
        using CudaMemory y = device.Upload<float>([10f]);
        CudaArguments arguments = new CudaArguments(4).Add(x.All()).Add(y.All()).Add(1000).Add(0.5f);
        device.Stream.Launch(
            module.GetKernel("sum"), new CudaLaunchShape(new CudaExtent(3), new CudaExtent(256)), arguments);
        Assert.Equal([10 + (0.5f * values.Sum())], device.Download(y));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_graph_runs_kernels_again_on_new_data(bool reverse)
    {
        device.IsReversed = reverse;
        using CudaModule module = device.Load(KernelText.Kernels);
        using CudaMemory x = device.Upload<float>(Counting(3 * 40));
        using CudaMemory y = device.Upload<float>(new float[3 * 40]);
        CudaKernel kernel = module.GetKernel("reverse_rows");
        var shape = new CudaLaunchShape(new CudaExtent(3), new CudaExtent(32), 40 * sizeof(float));
        using CudaGraph graph = device.Stream.Capture(() =>
        {
            device.Stream.Launch(kernel, shape, new CudaArguments(3).Add(x.All()).Add(y.All()).Add(40L));
            device.Stream.Copy(y.All(), x.All());
        });
        graph.Launch(device.Stream);
        float[] expected = [.. Counting(3 * 40).Chunk(40).SelectMany(row => row.Reverse())];
        Assert.Equal(expected, device.Download(y));
        graph.Launch(device.Stream);
        Assert.Equal(Counting(3 * 40), device.Download(y));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_matrix_product_uses_asynchronous_copies_and_matrix_instructions(bool reverse)
    {
        device.IsReversed = reverse;
        using CudaModule module = device.Load(KernelText.Kernels);
        Assert.Equal(Right(), Product(module));
    }

    [Fact]
    public void A_missing_barrier_shows_in_one_of_the_orders()
    {
        const string Before = "row[i] = x[SN_BLOCK_X * n + i];\n    }\n";
        string text = KernelText.Kernels.Replace(Before + "    sn_barrier();", Before);
        Assert.NotEqual(KernelText.Kernels, text);
        using CudaModule module = device.Load(text);
        bool[] right = [.. new[] { false, true }.Select(reverse =>
        {
            device.IsReversed = reverse;
            using CudaMemory x = device.Upload<float>(Counting(64));
            using CudaMemory y = device.Upload<float>(new float[64]);
            CudaArguments arguments = new CudaArguments(3).Add(x.All()).Add(y.All()).Add(64L);
            var shape = new CudaLaunchShape(new CudaExtent(1), new CudaExtent(64), 64 * sizeof(float));
            device.Stream.Launch(module.GetKernel("reverse_rows"), shape, arguments);
            return device.Download(y).SequenceEqual(Counting(64).Reverse());
        })];
        Assert.Contains(false, right);
    }

    [Theory]
    [InlineData("sn_copy_wait<1>();", "")]
    [InlineData("sn_copy_wait<1>();", "sn_copy_wait<2>();")]
    [InlineData("sn_copy_wait<1>();\n        sn_barrier();", "sn_copy_wait<1>();")]
    public void A_missing_wait_for_copies_shows(string what, string instead)
    {
        string text = KernelText.Kernels.Replace(what, instead);
        Assert.NotEqual(KernelText.Kernels, text);
        using CudaModule module = device.Load(text);
        bool right = true;
        foreach (bool reverse in new[] { false, true })
        {
            device.IsReversed = reverse;
            right &= Product(module).SequenceEqual(Right());
        }

        Assert.False(right);
    }

    [Fact]
    public void Memory_that_nobody_wrote_to_is_no_number()
    {
        using CudaModule module = device.Load(
            """
            SN_KERNEL(32) peek(float *y) {
                SN_SHARED(float, fixed, 32);
                SN_DYNAMIC_SHARED(float, more);
                y[SN_THREAD_X] = SN_THREAD_X < 16 ? fixed[SN_THREAD_X] : more[SN_THREAD_X];
            }
            """);
        using CudaMemory y = device.Context.Allocate(33 * sizeof(float));
        device.Stream.Launch(
            module.GetKernel("peek"), new CudaLaunchShape(new(1), new(32), 128), new CudaArguments(1).Add(y.All()));
        Assert.All(device.Download(y), value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lanes_hand_each_other_what_the_device_would(bool reverse)
    {
        device.IsReversed = reverse;
        using CudaModule module = device.Load(KernelText.Kernels);
        using CudaMemory y = device.Context.Allocate(320 * sizeof(float));
        device.Stream.Launch(
            module.GetKernel("lanes"), new CudaLaunchShape(new(1), new(32)), new CudaArguments(1).Add(y.All()));
        Assert.Equal(Expected.Lanes(), device.Download(y));
    }

    [Theory]
    [InlineData("tile_tf32", 8, true)]
    [InlineData("tile_f16", 16, false)]
    public void Matrix_instructions_follow_their_layouts(string kernel, int k, bool byColumns)
    {
        float[] a = Expected.Integers(16 * k, 1);
        float[] b = Expected.Integers(8 * k, 2);
        using CudaModule module = device.Load(KernelText.Kernels);
        using CudaMemory left = device.Upload<float>(a);
        using CudaMemory right = device.Upload<float>(b);
        using CudaMemory c = device.Context.Allocate(16 * 8 * sizeof(float));
        device.Stream.Launch(
            module.GetKernel(kernel), new CudaLaunchShape(new(1), new(32)),
            new CudaArguments(3).Add(left.All()).Add(right.All()).Add(c.All()));
        Assert.Equal(Expected.Product(a, b, 16, 8, k, byColumns), device.Download(c));
    }

    private const int M = 64;
    private const int N = 128;
    private const int K = 96;

    private static float[] Right() => Expected.Product(
        Expected.Integers(M * K, 5), Expected.Integers(N * K, 7), M, N, K, byColumns: true);

    private float[] Product(CudaModule module)
    {
        using CudaMemory a = device.Upload<ushort>([.. Expected.Integers(M * K, 5).Select(Expected.Narrow)]);
        using CudaMemory b = device.Upload<ushort>([.. Expected.Integers(N * K, 7).Select(Expected.Narrow)]);
        using CudaMemory c = device.Context.Allocate(M * N * sizeof(float));
        CudaArguments arguments = new CudaArguments(5).Add(a.All()).Add(b.All()).Add(c.All()).Add(N).Add(K);
        device.Stream.Launch(
            module.GetKernel("product"), new CudaLaunchShape(new CudaExtent(N / 64, M / 64), new CudaExtent(128)),
            arguments);
        return device.Download(c);
    }

    private static float[] Counting(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];
}
