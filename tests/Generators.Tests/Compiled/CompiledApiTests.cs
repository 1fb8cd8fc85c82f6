using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Generators.Tests.Compiled;

/// <summary>The members that models of this very project got when it was built.</summary>
public class CompiledApiTests
{
    [Fact]
    public void A_graph_of_a_file_runs()
    {
        using var model = Affine.Compiled.Create(seed: 1);
        float[] y = new float[4];
        model.Run([1, 2, 3, 4], y, N: 2);
        Assert.Equal([1.5f, 3, 4.5f, 6], y);
    }

    [Fact]
    public void Inputs_and_outputs_may_be_of_any_element_type()
    {
        using var model = SmallTypes.Compiled.Create(seed: 1);
        const int count = 77;
        Half[] half = [.. Enumerable.Range(0, count).Select(i => (Half)(i * 0.25))];
        ushort[] brain = [.. Enumerable.Range(0, count).Select(i => Float16.Bits(DType.BF16, i))];
        sbyte[] small = [.. Enumerable.Range(0, count).Select(i => (sbyte)(i - 128))];
        short[] medium = [.. Enumerable.Range(0, count).Select(i => (short)(32767 - i))];
        var scaled = new Half[count];
        var halved = new ushort[count];
        var product = new int[count];
        var wrapped = new short[count];
        var exact = new long[count];
        model.Run(half, brain, small, medium, scaled, halved, product, wrapped, exact, N: count);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal((Half)((i * 0.75) + i), scaled[i]);
            Assert.Equal(i * 0.5, Float16.Value(DType.BF16, halved[i]));
            Assert.Equal(small[i] * small[i], product[i]);
            Assert.Equal(unchecked((short)(2 * medium[i])), wrapped[i]);
            Assert.Equal(9007199254740993 + small[i], exact[i]);
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(-1, 1)]
    [InlineData(-20, -1)]
    public void Each_run_takes_the_branch_of_its_values(float value, float expected)
    {
        using var model = Branching.Compiled.Create(seed: 1);
        float[] y = new float[4 * 65];
        foreach (int count in new[] { 65, 1, 64 })
        {
            model.Run([.. Enumerable.Repeat(value, 4 * count)], y.AsSpan(0, 4 * count), N: count);
            Assert.All(y[..(4 * count)], element => Assert.Equal(expected, element));
        }
    }

    [Fact]
    public void Outputs_may_be_as_long_as_the_run_says()
    {
        using var model = Chosen.Compiled.Create(seed: 1);
        foreach (int rows in new[] { 7, 256, 1, 100 })
        {
            float[] x = [.. Enumerable.Range(0, rows * 5).Select(i => MathF.Cos(i / 5 * 7) + (i % 5 * 0.01f))];
            float[] expected =
                [.. x.Chunk(5).Where(row => row.Sum() > 0).SelectMany(row => row)];
            Chosen.Compiled.Results results = model.Run(x, N: rows);
            Assert.Equal(expected, results.Kept);
            float[] kept = new float[200 * 5], mean = new float[5];
            model.Run(x, kept, mean, N: rows);
            Assert.Equal(expected, kept[..expected.Length]);
            Assert.Equal(results.Mean, mean);
        }

        float[] all = [.. Enumerable.Repeat(1f, 256 * 5)];
        Assert.Contains("Kept = 256", Assert.Throws<RunException>(() => model.Run(all, N: 256)).Message);
    }

    [Fact]
    public void A_class_may_name_the_file()
    {
        using var model = Named.Compiled.Create(seed: 1);
        using var context = model.CreateContext();
        model.State.Set<float>("weight", [2, 3]);
        float[] y = new float[2];
        context.Run([1, 1], y, 1);
        Assert.Equal([2, 3], y);
    }

    [Fact]
    public void A_model_gives_what_the_process_compiles()
    {
        using var model = LeNet5.Compiled.Create(seed: 3);
        float[] images = [.. Enumerable.Range(0, 2 * 784).Select(i => MathF.Sin(i))];
        float[] logits = new float[20];
        model.Run(images, logits, N: 2);

        Tensor<F32> x = new GraphBuilder().Input<F32>("images", Symbol.Create("N", 1, 16), 1, 28, 28);
        Graph graph = Graph.Of("LeNet5", ("logits", new LeNet5().Call(x).Node));
        Program program = JitCompiler.Compile(graph, new JitOptions { Target = CSharpTarget.Bits256 });
        using var state = new ModelState(3, program);
        using var context = new ProgramContext(program, state);
        context.SetSymbol("N", 2);
        float[] expected = new float[20];
        context.Run<float, float>(images, expected);
        Assert.Equal(expected, logits);
    }

    [Fact]
    public void A_module_of_several_tensors_gives_a_record_or_fills_spans()
    {
        using var model = Reader.Compiled.Create(seed: 3);
        Reader.Compiled.Results results = model.Run([1, 2, 3, 4], [true, false], [10, 20, 30, 40], [7], N: 2);
        Assert.Equal([11, 22, 0, 0], results.MemorySum);
        Assert.Equal([8], results.MemorySteps);
        Assert.Equal(6, results.Logits.Length);
        float[] logits = new float[6], sum = new float[4];
        long[] best = new long[2], steps = new long[1];
        using var context = model.CreateContext();
        context.Run([1, 2, 3, 4], [true, false], [10, 20, 30, 40], [7], logits, best, sum, steps, N: 2);
        Assert.Equal(results.Logits, logits);
        Assert.Equal(results.Best, best);
        Assert.Equal(
            [results.Logits[0] > results.Logits[1] ? results.Logits[0] > results.Logits[2] ? 0 : 2
                : results.Logits[1] > results.Logits[2] ? 1 : 2], best.Take(1));
        Assert.Contains("norm.num_batches_tracked", model.State.Names);
    }

    [Fact]
    public void Training_and_inference_share_a_state()
    {
        using var state = new ModelState(1, LeNet5.Training.Program, LeNet5.Compiled.Program);
        using var training = new LeNet5.Training(state);
        using var model = new LeNet5.Compiled(state);
        float[] images = [.. Enumerable.Range(0, 4 * 784).Select(i => (float)(i % 7) / 7)];
        long[] labels = [0, 1, 2, 3];
        float[] before = new float[40], after = new float[40], loss = new float[1];
        model.Run(images, before, 4);
        training.Run(images, labels, loss, 4);
        float first = loss[0];
        for (int i = 0; i < 20; i++)
        {
            training.Run(images, labels, loss, 4);
        }

        model.Run(images, after, 4);
        Assert.True(loss[0] < first, $"{loss[0]} after {first}");
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task Contexts_run_at_the_same_time()
    {
        using var model = LeNet5.Compiled.Create(seed: 2);
        float[] images = [.. Enumerable.Range(0, 784).Select(i => (float)i / 784)];
        float[] expected = new float[10];
        model.Run(images, expected, 1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            using var context = model.CreateContext();
            float[] logits = new float[10];
            for (int i = 0; i < 50; i++)
            {
                context.Run(images, logits, 1);
                Assert.Equal(expected, logits);
            }
        })));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var pool = new WorkerPool(1);
        using var model = Affine.Compiled.Create(seed: 1, pool);
        float[] x = new float[4], y = new float[4];
        model.Run(x, y, 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            model.Run(x, y, 2);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_lengths_are_told_before_anything_runs()
    {
        using var model = Affine.Compiled.Create(seed: 1);
        var error = Assert.Throws<RunException>(() => model.Run([1, 2, 3, 4], new float[3], N: 2));
        Assert.Equal("'y' has 4 elements, got 3; its shape is [N, 2] with N = 2", error.Message);
    }

    [Fact]
    public void Parameters_are_loaded_from_a_file()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".safetensors");
        try
        {
            using (var model = Affine.Compiled.Create(seed: 1))
            {
                model.State.Set<float>("weight", [5, 7]);
                model.State.Save(path);
            }

            using var loaded = Affine.Compiled.Load(path);
            Assert.Equal([5f, 7], loaded.State.Get<float>("weight").ToArray());
            Assert.Throws<FileNotFoundException>(() => Affine.Compiled.Load(path + ".none"));
        }
        finally
        {
            File.Delete(path);
        }
    }
}

[CompiledModel(GraphFile = "named.graph")]
internal static partial class Named;
