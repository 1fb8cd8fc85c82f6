using Sinter.Compiler.Rewriting;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Specs;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

public class SimplifierTests
{
    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < RuleCases.All.Count; i++)
            {
                data.Add(i, RuleCases.All[i].Rule);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rule_applies_and_keeps_the_value(int index, string rule)
    {
        RewriteTrace trace = Simplify(RuleCases.All[index].Hit);
        Assert.Contains(rule, trace.Counts.Keys);
    }

    [Fact]
    public void Slices_whose_elements_are_certain_only_one_by_one_stay_two()
    {
        Symbol t = Symbol.Create("T", 0, 64);
        Tensor<F32> first = new GraphBuilder(captureSource: false).Input<F32>("x", t).Slice(0, t / 3, t, 2);
        Dimension extent = first.Shape[0];
        Tensor<F32> second = first.Slice(0, extent / 2, extent, 2);
        Graph simple = Simplifier.Simplify(Graph.Of("g", ("y", second.Node)));
        Assert.Equal(3, simple.Nodes.Count);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rule_does_not_apply_to_a_near_miss(int index, string rule)
    {
        RewriteTrace trace = Simplify(RuleCases.All[index].Miss);
        Assert.DoesNotContain(rule, trace.Counts.Keys);
    }

    [Fact]
    public void Every_rule_has_a_case()
    {
        IEnumerable<string> tested = RuleCases.All.Select(c => c.Rule);
        Assert.Empty(Simplifier.Rules.Rules.Select(rule => rule.Name).Except(tested));
    }

    [Fact]
    public void Every_case_has_a_rule() =>
        Assert.Empty(RuleCases.All.Select(c => c.Rule).Except(Simplifier.Rules.Rules.Select(rule => rule.Name)));

    [Fact]
    public void Folding_rounds_to_single()
    {
        // 0.1 + 0.2 in single precision is 0.3 rounded up; in double it would print 0.30000000000000004.
        Tensor<F32> sum = Tensor<F32>.Scalar(0.1) + Tensor<F32>.Scalar(0.2);
        Graph simplified = Simplifier.Simplify(Graph.Of("sum", ("sum", sum.Node)));
        Assert.Equal(0.1f + 0.2f, Constants.SplatValue(simplified.Outputs[0].Node));
    }

    [Fact]
    public void Integers_beyond_a_doubles_range_keep_their_digits()
    {
        long big = (1L << 62) + 1;
        var operands = new Operands();
        var type = new TensorType(DType.I64, Shape.Scalar);
        Node constant = operands.Graph.Make(Op.Constant, new ConstantAttributes(type, new[] { big }));
        Node input = operands.Graph.Input("n", type);
        Node difference = operands.Graph.Make(Op.Subtract, NoAttributes.Instance, input, constant);
        Node doubled = operands.Graph.Make(Op.Subtract, NoAttributes.Instance, constant, constant);
        Graph graph = Simplifier.Simplify(Graph.Of("g", ("difference", difference), ("zero", doubled)));
        var values = new Dictionary<string, TensorValue> { ["n"] = new(DType.I64, [], [big + 5]) };
        var outputs = Interpreter.Run(graph, values, new Dictionary<string, TensorValue>()).Outputs;
        Assert.Equal([5L], outputs["difference"].Integers);
        Assert.Equal([0L], outputs["zero"].Integers);
    }

    [Fact]
    public void Division_by_an_integer_zero_folds_to_zero()
    {
        Tensor<I32> quotient = Tensor<I32>.Scalar(7) / Tensor<I32>.Scalar(0);
        Graph simplified = Simplifier.Simplify(Graph.Of("g", ("g", quotient.Node)));
        Assert.Equal(0, Constants.SplatValue(simplified.Outputs[0].Node));
    }

    [Fact]
    public void Symbolic_extents_stay_symbolic()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", Symbol.Create("N", 1, 8), 3);
        Graph graph = Graph.Of("mean", ("mean", (x * 1).Mean().Node));
        Graph simplified = Simplifier.Simplify(graph);
        var values = new Dictionary<string, TensorValue> { ["x"] = new(DType.F32, [2, 3], [1.0, 2, 3, 4, 5, 6]) };
        Assert.Equal([3.5], Running.Output(simplified, values, "mean"));
        Assert.Single(simplified.Symbols);
    }

    [Fact]
    public void A_mean_needs_no_broadcast_backward()
    {
        var operands = new Operands();
        Tensor<F32> x = operands.X;
        Node loss = x.Mean().Node;
        Node gradient = Differentiate.Differentiator.Gradient(loss, [x.Node])[x.Node];
        Graph simplified = Simplifier.Simplify(new Graph("g", operands.Graph.Inputs, [new("g", gradient)], []));
        Assert.Equal(Op.Constant, simplified.Outputs[0].Node.Op);
    }

    private static RewriteTrace Simplify(Func<Operands, Node> build)
    {
        var operands = new Operands();
        Node node = build(operands);
        Graph graph = new("case", operands.Graph.Inputs, [new("result", node)], []);
        var trace = new RewriteTrace();
        Graph simplified = Simplifier.Simplify(graph, trace);
        GraphSpec.Check(simplified);
        Dictionary<string, TensorValue> values = Running.Draw(graph.Inputs, -2, 2);
        double[] expected = Running.Output(graph, values, "result");
        Running.AssertClose(expected, Running.Output(simplified, values, "result"), 1e-6, "result");

        // What is simplified is at its fixpoint.
        var again = new RewriteTrace();
        Simplifier.Simplify(simplified, again);
        Assert.Equal("", again.ToString());
        return trace;
    }
}
