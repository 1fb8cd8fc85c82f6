using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>
/// Training steps with a symbolic batch against those made for each batch: one context and one state, batches that
/// change from step to step, at both ends of the range and no multiples of anything.
/// </summary>
public sealed class SymbolicTrainingTests
{
    private const int Largest = 256;

    private static readonly int[] Batches = [100, 1, 256, 97, 64, 3, 255, 50];

    private static readonly Dictionary<string, (Func<Layer> Model, int[] Image)> Models = new()
    {
        ["dense layers"] = (() => new Sequential(
            new Linear(129, 200), new ReLU(), new Linear(200, 111), new Tanh(), new Linear(111, 10)), [129]),
        ["convolutions"] = (() => new Sequential(
            new Conv2d(3, 7, 3), new ReLU(), new MaxPool2d(2), new Conv2d(7, 5, 3), new ReLU(), new Flatten(),
            new Linear(5 * 4 * 3, 10)), [3, 14, 12]),
    };

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (string name in Models.Keys)
        {
            rows.Add("512", name);
            rows.Add("256", name);
            rows.Add("128", name);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Steps_of_changing_batches_train_as_steps_made_for_them(string width, string name)
    {
        using Opened symbolic = Open(width, name, Symbol.Create("N", 1, Largest));
        Dictionary<string, float[]> state = Read(symbolic);
        foreach (int batch in Batches)
        {
            using Opened made = Open(width, name, batch);
            foreach (var (tensor, values) in state)
            {
                made.State.Set<float>(tensor, values);
            }

            // The counters of steps: not floats, and not the same in a new state.
            foreach (var entry in Counters(made))
            {
                made.State.Set<long>(entry, symbolic.State.Get<long>(entry));
            }

            symbolic.Context.SetSymbol("N", batch);
            foreach (Opened step in new[] { symbolic, made })
            {
                Draw(batch, step.Context.Input<float>("x"), step.Context.Input<long>("labels"));
                step.Context.Run();
            }

            Dictionary<string, float[]> expected = Read(made);
            state = Read(symbolic);
            foreach (var (tensor, values) in expected)
            {
                AssertClose(values, state[tensor], $"{tensor} at a batch of {batch}");
            }

            AssertClose(made.Context.Output<float>("loss").ToArray(), symbolic.Context.Output<float>("loss").ToArray(),
                $"loss at a batch of {batch}");
        }
    }

    private static Opened Open(string width, string name, Dimension batch)
    {
        var (model, image) = Models[name];
        Layer layer = model();
        var graph = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = graph.Input<F32>("x", [batch, .. image.Select(extent => (Dimension)extent)]);
        Tensor<F32> loss = Losses.CrossEntropy(layer.Call(x), graph.Input<I64>("labels", batch));
        return Opened.On(width, TrainingStep.Build("step", loss, new Sgd(0.05, momentum: 0.9), [.. layer.Parameters]));
    }

    private static IEnumerable<string> Counters(Opened opened) =>
        opened.Program.Table.State.Where(entry => entry.Type == ElementType.I64).Select(entry => entry.Name);

    private static Dictionary<string, float[]> Read(Opened opened) => opened.Program.Table.State
        .Where(entry => entry.Type == ElementType.F32)
        .ToDictionary(entry => entry.Name, entry => opened.State.Get<float>(entry.Name).ToArray());

    private static void Draw(int seed, Span<float> x, Span<long> labels)
    {
        var random = new Random(seed);
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (random.NextSingle() * 2) - 1;
        }

        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = random.Next(10);
        }
    }

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        float largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 2e-5f * largest,
                $"{what}: element {i} is {actual[i]:R}, must be {expected[i]:R}");
        }
    }
}
