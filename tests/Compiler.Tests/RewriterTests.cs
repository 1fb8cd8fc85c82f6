using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Rewriting;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Specs;
using Sinter.Optimizers;

namespace Sinter.Compiler.Tests;

public class RewriterTests
{
    private static readonly Pattern X = Pattern.Any("x");
    private static readonly Pattern Y = Pattern.Any("y");

    private static Rule ExpToLog { get; } = new("exp → log", Pattern.Of(Op.Exp, X), Pattern.Of(Op.Log, X));

    [Fact]
    public void A_variable_stands_for_one_value_everywhere()
    {
        var rule = new Rule("x - x → x", X - X, X);
        var operands = new Operands();
        Assert.NotNull(rule.Apply(operands.Graph, (operands.X - operands.X).Node));
        Assert.Null(rule.Apply(operands.Graph, (operands.X - operands.Y).Node));
    }

    [Fact]
    public void Operands_that_commute_match_either_way_and_others_do_not()
    {
        var operands = new Operands();
        var sum = new Rule("x + -y → x", X + (-Y), X);
        var difference = new Rule("x - -y → x", X - (-Y), X);
        Assert.Same(operands.X.Node, sum.Apply(operands.Graph, (operands.X + (-operands.Y)).Node));
        Assert.Same(operands.X.Node, sum.Apply(operands.Graph, ((-operands.Y) + operands.X).Node));
        Assert.Null(difference.Apply(operands.Graph, ((-operands.Y) - operands.X).Node));
    }

    [Fact]
    public void Numbers_are_seen_through_broadcasts_and_reshapes()
    {
        var operands = new Operands();
        var rule = new Rule("x * 1 → x", X * 1, X);
        Node product = (operands.X * Tensor<F32>.Full(1, 1, 1).Reshape(1).Expand(2, 3)).Node;
        Assert.Same(operands.X.Node, rule.Apply(operands.Graph, product));
    }

    [Fact]
    public void What_a_rule_builds_is_rewritten_too()
    {
        var rules = new RuleSet([ExpToLog, new Rule("log(x) → -x", Pattern.Of(Op.Log, X), -X)]);
        var operands = new Operands();
        var trace = new RewriteTrace();
        Graph result = Rewriter.Rewrite(Graph.Of("g", ("y", operands.X.Exp().Exp().Node)), rules, trace);
        Assert.Equal(Op.Negate, result.Outputs[0].Node.Op);
        Assert.Equal(Op.Negate, result.Outputs[0].Node.Inputs[0].Op);
        Assert.Equal(2, trace.Counts["exp → log"]);
        Assert.Equal(2, trace.Counts["log(x) → -x"]);
    }

    [Fact]
    public void Rules_that_undo_each_other_are_found()
    {
        var rules = new RuleSet([ExpToLog, new Rule("log → exp", Pattern.Of(Op.Log, X), Pattern.Of(Op.Exp, X))]);
        Graph graph = Graph.Of("g", ("y", new Operands().X.Exp().Node));
        var error = Assert.Throws<InvalidOperationException>(() => Rewriter.Rewrite(graph, rules));
        Assert.Contains("undo each other", error.Message);
    }

    [Fact]
    public void A_rule_that_grows_without_end_is_found()
    {
        var rules = new RuleSet([new Rule("x → x + 1", Pattern.Of(Op.Exp, X), Pattern.Of(Op.Exp, X + 1))]);
        Graph graph = Graph.Of("g", ("y", new Operands().X.Exp().Node));
        Assert.Throws<InvalidOperationException>(() => Rewriter.Rewrite(graph, rules));
    }

    [Fact]
    public void A_rule_that_changes_a_type_is_found()
    {
        var rules = new RuleSet([new Rule("x > y → x", Pattern.Of(Op.Greater, X, Y), X)]);
        var operands = new Operands();
        Graph graph = Graph.Of("g", ("y", (operands.X > operands.Y).Node));
        var error = Assert.Throws<InvalidOperationException>(() => Rewriter.Rewrite(graph, rules));
        Assert.Contains("x > y → x", error.Message);
    }

    [Fact]
    public void Rewritten_nodes_keep_the_module_path()
    {
        var operands = new Operands();
        Tensor<F32> x = operands.X;
        using (operands.Graph.EnterPath("encoder.blocks.2"))
        {
            x = (x.Exp() * 1).Log();
        }

        Graph simplified = Simplifier.Simplify(Graph.Of("g", ("y", x.Node)));
        Assert.Equal("encoder.blocks.2", simplified.Outputs[0].Node.ModulePath);
    }

    [Fact]
    public void Inputs_names_and_state_survive()
    {
        var operands = new Operands();
        var scalar = new TensorType(DType.F32, Shape.Scalar);
        var state = new Parameter("count", scalar, Initializer.Zeros, StateKind.Buffer);
        Node next = (new Tensor<F32>(state.Node) * operands.Scalar * 1).Node;
        Tensor<F32> unused = operands.X;
        Node held = operands.Graph.Make(Op.Parameter, state.Node.Attributes);
        Output[] outputs = [new("a", operands.Scalar.Node), new("b", next)];
        var graph = new Graph("g", operands.Graph.Inputs, outputs, [new(held, next)]);
        Graph simplified = Simplifier.Simplify(graph);
        GraphSpec.Check(simplified);
        Assert.Equal(["scalar", "x"], simplified.Inputs.Select(Running.NameOf));
        Assert.Equal(["a", "b"], simplified.Outputs.Select(o => o.Name));
        Assert.Equal("count", Running.NameOf(simplified.Updates.Single().Parameter));
        Assert.Same(unused.Node, simplified.Inputs[1]);
    }

    [Fact]
    public void The_spec_finds_what_a_stage_forbids()
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 1, 1, 4);
        Tensor<F32> pooled = GradientCases.MaxPool(x, GradientCases.Windows([2], [2], [1]), [0], [0]);
        Graph graph = Graph.Of("g", ("y", pooled.Node));
        GraphSpec.Check(graph);
        var error = Assert.Throws<InvalidOperationException>(() => GraphSpec.Check(graph, GraphStage.Decomposed));
        Assert.Contains("max_pool", error.Message);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1000)]
    public void Deep_training_graphs_are_built_and_simplified_in_proportion(int layers)
    {
        Graph step = DeepTrainingStep(layers);
        var trace = new RewriteTrace();
        Graph simplified = Simplifier.Simplify(step, trace);
        GraphSpec.Check(simplified);

        // Every layer costs the same: nodes before, nodes after, and rules applied on the way.
        Assert.InRange(step.Nodes.Count, 43 * layers, 47 * layers);
        Assert.InRange(simplified.Nodes.Count, 41 * layers, 44 * layers);
        Assert.InRange(trace.Total, layers, layers + 50);
    }

    private static Graph DeepTrainingStep(int layers)
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 8, 16);
        var parameters = new List<Parameter>();
        for (int i = 0; i < layers; i++)
        {
            Parameter weight = Trained($"{i}.weight", 16, 16);
            Parameter bias = Trained($"{i}.bias", 16);
            parameters.AddRange([weight, bias]);
            x = (x.MatMul(new Tensor<F32>(weight.Node)) + new Tensor<F32>(bias.Node)).Maximum(Tensor<F32>.Scalar(0));
        }

        return TrainingStep.Build("deep", x.Square().Mean(), new Adam(), parameters);
    }

    private static Parameter Trained(string name, params Dimension[] shape) =>
        new(name, new TensorType(DType.F32, new Shape(shape)), Initializer.Zeros);
}
