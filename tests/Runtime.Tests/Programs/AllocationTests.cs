using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

[Collection(TestPrograms.Collection)]
public sealed class AllocationTests(TestPrograms programs)
{
    private const int Rounds = 4;

    [Theory]
    [InlineData("mlp", 1)]
    [InlineData("mlp", 2)]
    [InlineData("lenet5", 1)]
    [InlineData("lenet5", 2)]
    public void Runs_and_training_steps_allocate_nothing_on_any_thread(string model, int threads)
    {
        (Program inference, Program step) = programs[model];
        using var state = new ModelState(1, inference, step);
        using var pool = new WorkerPool(threads);
        using var meter = new AllocationMeter(pool);
        foreach (Program program in new[] { inference, step })
        {
            using var context = new ProgramContext(program, state, pool);
            var before = new long[threads];
            var after = new long[threads];
            meter.Read(before);

            // While a method is in use the runtime may compile it anew, on the thread that uses it, and allocate for
            // that: once. What runs allocate, they allocate every time.
            int round = 0;
            do
            {
                RunAll(context);
                meter.Read(before);
                RunAll(context);
                meter.Read(after);
            }
            while (++round < Rounds && !before.SequenceEqual(after));

            Assert.Equal(before, after);
        }
    }

    [Fact]
    public void The_meter_sees_what_any_thread_allocates()
    {
        using var pool = new WorkerPool(2);
        using var meter = new AllocationMeter(pool);
        var before = new long[2];
        var after = new long[2];
        meter.Read(before);
        meter.Allocate();
        meter.Read(after);
        Assert.All(before.Zip(after), pair => Assert.InRange(pair.Second - pair.First, 1_000, 20_000));
    }

    // With the calls that surround a run in a program of a user.
    private static void RunAll(ProgramContext context)
    {
        float sum = 0;
        for (int i = 0; i < 12; i++)
        {
            context.SetSymbol("N", TestPrograms.MaximumBatch - (i % 3));
            context.Input<float>("image").Fill(0.5f);
            context.Run();
            sum += context.Output<float>(context.Program.Table.Outputs[0].Name)[0];
        }

        Assert.True(float.IsFinite(sum));
    }
}
