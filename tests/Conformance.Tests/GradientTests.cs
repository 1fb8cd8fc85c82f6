using Sinter.Compiler.Differentiate;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

public sealed class GradientTests
{
    private static readonly IReadOnlyDictionary<string, SharedRuns> Runs = SharedRuns.ForAll(
        () => OpCases.All.Where(row => row.CheckGradient).Select(row => (row.FullName, GradientCase(row))));

    private static GradientFunction Gradient => Differentiator.Gradient;

    public static TheoryData<string> Cases() =>
        new(OpCases.All.Where(row => row.CheckGradient).Select(row => row.FullName));

    public static TheoryData<string, string> EnginesAndCases()
    {
        var data = new TheoryData<string, string>();
        foreach (IEngine engine in Engines.All)
        {
            var rows = OpCases.All.Where(row => row.CheckGradient && Engines.Takes(engine.Name, row.FullName));
            foreach (OpCase row in rows)
            {
                data.Add(engine.Name, row.FullName);
            }
        }

        return data;
    }

    private static BuiltCase GradientCase(OpCase row)
    {
        LossCase loss = GradientCheck.LossOf(row);
        return new BuiltCase(GradientCheck.GradientGraph(loss, Gradient), loss.Inputs, loss.Parameters);
    }

    [LongTheory]
    [MemberData(nameof(Cases))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        LossCase loss = GradientCheck.LossOf(OpCases.Find(name));
        GradientCheck.AssertClose(GradientCheck.Differences(loss), GradientCheck.Evaluate(loss, Gradient), 1e-6);
    }

    [Theory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_computes_the_same_gradients(string engine, string name)
    {
        LossCase loss = GradientCheck.LossOf(OpCases.Find(name));
        Graph graph = GradientCheck.GradientGraph(loss, Gradient);
        InterpreterResult expected = Interpreter.Run(graph, loss.Inputs, loss.Parameters);
        InterpreterResult actual = Runs[engine].ResultOf(name);
        Comparison.AssertClose(expected, actual, 1e-4);
    }

    // At a kink, or with a jump nearby, differences of two step lengths disagree: such inputs would prove nothing.
    [LongTheory]
    [MemberData(nameof(Cases))]
    public void Checked_cases_are_smooth_at_their_inputs(string name)
    {
        LossCase loss = GradientCheck.LossOf(OpCases.Find(name));
        Assert.NotEmpty(loss.WithRespectTo);
        GradientCheck.AssertClose(GradientCheck.Differences(loss, 1e-5), GradientCheck.Differences(loss, 3e-4), 1e-5);
    }

    [Fact]
    public void A_right_gradient_passes_and_a_wrong_one_does_not()
    {
        var builder = new CaseBuilder(seed: 3);
        Tensor<F32> x = builder.Float("x", Draws.Any, 4);
        Tensor<F32> w = builder.Parameter("w", Draws.Any, 4);
        Node loss = (x.Sin() * w).Sum().Node;
        Node own = builder.Graph.Make(Op.Parameter, w.Node.Attributes);
        var check = new LossCase(loss, [x.Node, own], builder.Inputs, builder.Parameters);
        IReadOnlyDictionary<Node, double[]> differences = GradientCheck.Differences(check);

        GradientFunction right = (_, _) =>
            new Dictionary<Node, Node> { [x.Node] = (x.Cos() * w).Node, [own] = x.Sin().Node };
        GradientCheck.AssertClose(differences, GradientCheck.Evaluate(check, right), 1e-8);

        GradientFunction wrong = (_, _) => new Dictionary<Node, Node> { [x.Node] = (x.Cos() * w).Node, [own] = x.Node };
        Assert.ThrowsAny<Exception>(() =>
            GradientCheck.AssertClose(differences, GradientCheck.Evaluate(check, wrong), 1e-8));
    }
}
