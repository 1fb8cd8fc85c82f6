using System.Text.Json;
using Sinter.Reference;
using Xunit.Abstractions;

namespace Sinter.Conformance.Tests.Reference;

public sealed class ReferenceTests(ITestOutputHelper output)
{
    // All of them pass on the emulated device too, in eight minutes; each run sees these.
    private const int EveryOnDevice = 12;

    public static TheoryData<string, string> EnginesAndCases()
    {
        var rows = new TheoryData<string, string>();
        // Each case is a compilation of its own: one width of vectors here, the others in the cases of operations.
        foreach (IEngine engine in Engines.All.Take(2))
        {
            bool isSlow = engine is InterpreterEngine && Engines.All.Count > 1;
            foreach (ReferenceRow row in ReferenceModels.All.Values.Where(row => !(isSlow && row.IsHeavy)))
            {
                rows.Add(engine.Name, row.Name);
            }
        }

        foreach (ReferenceRow row in ReferenceModels.All.Values.Where((_, i) => i % EveryOnDevice == 0))
        {
            rows.Add("cuda-forward", row.Name);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_computes_what_PyTorch_computes(string engine, string name)
    {
        if (ReferenceFolder.Path is not { } folder)
        {
            output.WriteLine(ReferenceFolder.Missing);
            return;
        }

        ReferenceCase data = ReferenceCase.Load(folder, name);
        var differences = ReferenceRunner.Differences(Engines.Find(engine), data, ReferenceModels.All[name].Build);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Every_case_is_covered_or_waits_for_something_named()
    {
        Assert.Empty(ReferenceModels.All.Keys.Intersect(ReferenceWaiting.Reasons.Keys));
        if (ReferenceFolder.Path is not { } folder)
        {
            output.WriteLine(ReferenceFolder.Missing);
            return;
        }

        var known = ReferenceModels.All.Keys.Concat(ReferenceWaiting.Reasons.Keys);
        Assert.Equal(ReferenceFolder.Names(folder).Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    // A harness that finds nothing proves nothing.
    [Fact]
    public void A_wrong_model_and_a_missing_result_are_found()
    {
        if (ReferenceFolder.Path is not { } folder)
        {
            output.WriteLine(ReferenceFolder.Missing);
            return;
        }

        ReferenceCase data = ReferenceCase.Load(folder, "mlp_classifier");
        var wrong = Keys(m =>
        {
            m.Output(m.Layer("layers").Call(m.Input(0)));
            m.Loss = Losses.CrossEntropy(new Tensor<F32>(m.Outputs["0"]) * 1.001, m.Labels);
        });
        Assert.DoesNotContain("output.0", wrong);
        Assert.Contains("loss", wrong);
        Assert.Contains("losses", wrong);
        Assert.Contains("grad.layers.0.weight", wrong);
        Assert.Contains("grad_input.0", wrong);

        var missing = Keys(m => m.Loss = Losses.CrossEntropy(m.Layer("layers").Call(m.Input(0)), m.Labels));
        Assert.Equal(["output.0"], missing);

        string[] Keys(Action<ReferenceModel> build) =>
            ReferenceRunner.Differences(Engines.All[0], data, build).Select(text => text.Split('[', ':')[0]).ToArray();
    }

    [Theory]
    [InlineData("output.0", 1, 1.00001, false)]
    [InlineData("output.0", 1, 1.002, true)]
    [InlineData("output.noise", 1, 1.0005, false)]
    [InlineData("output.noise", 1, 1.002, true)]
    [InlineData("after12.w", 1, 1.02, false)]
    [InlineData("after12_buffer.w", 1, 1.2, true)]
    [InlineData("output.0", double.NegativeInfinity, double.NegativeInfinity, false)]
    [InlineData("output.0", double.NegativeInfinity, double.PositiveInfinity, true)]
    [InlineData("output.0", 1, double.NaN, true)]
    public void Tolerance_is_that_of_the_kind_and_of_the_tensor(string key, double wanted, double actual, bool differs)
    {
        const string text = """
            { "rtol": 1e-3, "atol": { "output": 1e-3, "after": 0.1 }, "tensor_rel": { "output": 1e-4 } }
            """;
        var tolerance = new ReferenceTolerance(JsonDocument.Parse(text).RootElement, ["output.noise"]);
        TensorValue Value(double x) => new(DType.F32, [2], [x, 1]);
        Assert.Equal(differs, tolerance.Difference(key, Value(wanted), Value(actual)) is not null);
    }
}
