using System.Runtime.InteropServices;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

[Collection(TestPrograms.Collection)]
public sealed class DeterminismTests(TestPrograms programs)
{
    private const int Steps = 20;

    [Theory]
    [InlineData("mlp")]
    [InlineData("lenet5")]
    public void Training_gives_the_same_bits_on_one_thread_and_on_two(string model)
    {
        var (losses, bits) = Train(model, seed: 7, threads: 1);
        Assert.True(losses[^1] < losses[0], $"nothing is learned: {losses[0]} to {losses[^1]}");
        var (otherLosses, otherBits) = Train(model, seed: 7, threads: 2);
        Assert.Equal(losses, otherLosses);
        AssertSame(bits, otherBits);
    }

    [Fact]
    public void Another_seed_gives_other_bits_also_by_dropout_alone()
    {
        var (losses, bits) = Train("mlp", seed: 7, threads: 2);
        var (_, others) = Train("mlp", seed: 8, threads: 2);
        Assert.Contains(bits, tensor => !tensor.Value.AsSpan().SequenceEqual(others[tensor.Key]));
        var (redrawn, _) = Train("mlp", seed: 7, threads: 2, state => state.Set<long>("random.state", [8, 0]));
        Assert.NotEqual(losses, redrawn);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("lenet5")]
    public void Training_that_is_resumed_gives_the_bits_of_one_that_was_not(string model)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("half.safetensors");
        Program step = programs[model].Step;
        using var pool = new WorkerPool(2);
        using var whole = new ModelState(3, step);
        using var resumed = new ModelState(99, step);
        using (var context = new ProgramContext(step, whole, pool))
        {
            Run(context, 0, Steps / 2);
            whole.Save(path, all: true);
            Run(context, Steps / 2, Steps);
        }

        resumed.Load(path);
        using var other = new ProgramContext(step, resumed, pool);
        Run(other, Steps / 2, Steps);
        AssertSame(TestPrograms.Bits(whole, step), TestPrograms.Bits(resumed, step));
    }

    // Three threads on one pool: most launches find it busy.
    [Fact]
    public void Contexts_that_run_at_once_on_one_pool_give_what_each_gives_alone()
    {
        const int Runs = 25;
        Program[] inferences = [programs["mlp"].Inference, programs["lenet5"].Inference];
        using var pool = new WorkerPool(2);
        foreach (Program program in inferences)
        {
            using var state = new ModelState(1, program);
            ProgramContext[] contexts =
                [.. Enumerable.Range(0, 3).Select(_ => new ProgramContext(program, state, pool))];
            Array.ForEach(contexts, context => TestPrograms.Fill(context, batch: 0));
            contexts[0].Run();
            byte[] alone = Logits(contexts[0]);
            int different = 0;
            Thread[] threads = [.. contexts.Select(context => new Thread(() =>
            {
                for (int run = 0; run < Runs; run++)
                {
                    context.Run();
                    Interlocked.Add(ref different, Logits(context).AsSpan().SequenceEqual(alone) ? 0 : 1);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Array.ForEach(contexts, context => context.Dispose());
            Assert.Equal(0, different);
        }
    }

    private static byte[] Logits(ProgramContext context) =>
        MemoryMarshal.AsBytes(context.Output<float>("logits")).ToArray();

    private static void Run(ProgramContext context, int first, int last)
    {
        for (int step = first; step < last; step++)
        {
            TestPrograms.Fill(context, step % 4);
            context.Run();
        }
    }

    private static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, tensor => Assert.True(
            tensor.Value.AsSpan().SequenceEqual(actual[tensor.Key]), $"{tensor.Key} has other bits"));
    }

    private (float[] Losses, Dictionary<string, byte[]> Bits) Train(
        string model, ulong seed, int threads, Action<ModelState>? change = null)
    {
        Program step = programs[model].Step;
        using var pool = new WorkerPool(threads);
        using var state = new ModelState(seed, step);
        change?.Invoke(state);
        using var context = new ProgramContext(step, state, pool);
        var losses = new float[Steps];
        for (int i = 0; i < Steps; i++)
        {
            Run(context, i, i + 1);
            losses[i] = context.Output<float>("loss")[0];
        }

        return (losses, TestPrograms.Bits(state, step));
    }
}
