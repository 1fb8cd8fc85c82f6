using System.Text.Json;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Reference;

public sealed class ReferenceTests
{
    public static TheoryData<string, string> EnginesAndCases()
    {
        var rows = new TheoryData<string, string>();
        // Each case is a compilation of its own: one width of vectors here, the others in the cases of operations.
        foreach (IEngine engine in Engines.All.Take(2))
        {
            bool isSlow = engine is InterpreterEngine && Engines.All.Count > 1;
            // Those that wait are told of once.
            bool isFirst = engine == Engines.All[0];
            foreach (string name in Names().Where(name => isFirst || !ReferenceWaiting.Reasons.ContainsKey(name))
                .Where(name => !(isSlow && IsHeavy(name)))
                .Where((_, i) => engine is InterpreterEngine || Long.Reason is null || i % 2 == 0))
            {
                rows.Add(engine.Name, name);
            }
        }

        return rows;
    }

    [SkippableTheory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_computes_what_PyTorch_computes(string engine, string name) => Check(engine, name);

    internal static void Check(string engine, string name)
    {
        ReferenceCase data = ReferenceFolder.Load(name);
        Action<ReferenceModel> build = ReferenceModels.Find(data.Base).Build;
        var differences = ReferenceRunner.Differences(Engines.Find(engine), data, build);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [SkippableFact]
    public void Every_case_is_covered_or_waits_for_something_named()
    {
        Assert.Empty(ReferenceModels.All.Keys.Intersect(ReferenceWaiting.Reasons.Keys));
        string folder = ReferenceFolder.Required;
        if (ReferenceFolder.IsAnother)
        {
            throw new NotComparedException($"{folder} need not have every case");
        }

        var known = ReferenceModels.All.Keys.Concat(ReferenceWaiting.Reasons.Keys);
        Assert.Equal(ReferenceFolder.Names(), known.Order(StringComparer.Ordinal));

        // What says of itself that it cannot be compared would be skipped below: none of these does.
        Assert.All(
            ReferenceModels.All.Values, row => row.Build(new ReferenceModel(ReferenceFolder.Load(row.Name))));
    }

    // Known cases, whether they are there or not, and what else is there.
    internal static IEnumerable<string> Names() => ReferenceModels.All.Keys.Concat(ReferenceWaiting.Reasons.Keys)
        .Union(ReferenceFolder.Names());

    private static bool IsHeavy(string name) =>
        ReferenceModels.All.TryGetValue(name, out ReferenceRow? row) && row.IsHeavy;

    // A harness that finds nothing proves nothing.
    [SkippableFact]
    public void A_wrong_model_and_a_missing_result_are_found()
    {
        ReferenceCase data = ReferenceFolder.Load("mlp_classifier");
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
