using Sinter.Optimizers;

namespace Sinter.Tests;

public class OptimizerTests
{
    private static readonly TensorType Type = new(DType.F32, new Shape(3));

    [Theory]
    [InlineData("sgd", "sgd.learning_rate,sgd.weight_decay", "")]
    [InlineData("momentum", "sgd.learning_rate,sgd.momentum", "sgd.momentum.a,sgd.momentum.b")]
    [InlineData("dampened", "sgd.dampening,sgd.learning_rate,sgd.momentum", "sgd.momentum.a,sgd.momentum.b,sgd.step.a")]
    [InlineData("adam", "adam.beta1,adam.beta2,adam.learning_rate",
        "adam.first_moment.a,adam.first_moment.b,adam.second_moment.a,adam.second_moment.b,adam.step.a")]
    [InlineData("adamw", "adamw.beta1,adamw.beta2,adamw.learning_rate,adamw.weight_decay",
        "adamw.first_moment.a,adamw.first_moment.b,adamw.max_second_moment.a,"
        + "adamw.max_second_moment.b,adamw.second_moment.a,adamw.second_moment.b,adamw.step.a")]
    [InlineData("rmsprop", "rmsprop.alpha,rmsprop.learning_rate,rmsprop.momentum",
        "rmsprop.mean.a,rmsprop.mean.b,rmsprop.mean_square.a,rmsprop.mean_square.b,"
        + "rmsprop.momentum.a,rmsprop.momentum.b")]
    [InlineData("adagrad", "adagrad.learning_rate,adagrad.learning_rate_decay",
        "adagrad.step.a,adagrad.sum.a,adagrad.sum.b")]
    public void State_is_named_and_updated_elementwise(string name, string settings, string moved)
    {
        Optimizer optimizer = Make(name);
        Graph graph = Step(optimizer, out Parameter[] parameters);
        string[] all = optimizer.State.Select(p => p.FullName).Order(StringComparer.Ordinal).ToArray();
        string[] state = [.. all.Except(settings.Split(','))];
        Assert.Equal(moved, string.Join(",", state));
        Assert.Equal(settings, string.Join(",", all.Except(state)));
        Assert.All(optimizer.State, p => Assert.Equal(StateKind.Optimizer, p.Kind));
        var updated = graph.Updates.Select(u => u.Parameter.Get<ParameterAttributes>().Declaration.FullName);
        var changed = state.Concat(parameters.Select(p => p.FullName));
        Assert.Equal(changed.Order(StringComparer.Ordinal), updated.Order(StringComparer.Ordinal));
        Assert.All(graph.Nodes, node => Assert.True(IsPlain(node), node.ToString()));
    }

    [Fact]
    public void State_is_declared_once_for_all_graphs()
    {
        Optimizer optimizer = Make("adam");
        Graph first = Step(optimizer, out _);
        Parameter[] state = optimizer.State.ToArray();
        Step(optimizer, out _);
        Assert.Equal(state, optimizer.State.Take(state.Length));
        int settings = state.Count(s => s.FullName is "adam.beta1" or "adam.beta2" or "adam.learning_rate");
        Assert.Equal(first.Updates.Count, state.Length - settings + 2);
    }

    [Fact]
    public void Correction_is_computed_once_for_all_parameters()
    {
        Graph graph = Step(Make("adam"), out _);
        Assert.Equal(2, graph.Nodes.Count(node => node.Op == Op.Expm1));
        Assert.All(graph.Nodes.Where(node => node.Op == Op.Expm1), node => Assert.Equal(0, node.Shape.Rank));
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Assert.Throws<GraphException>(() => new Sgd(-1));
        Assert.Throws<GraphException>(() => new Sgd(double.NaN));
        Assert.Throws<GraphException>(() => new Sgd(0.1, nesterov: true));
        Assert.Throws<GraphException>(() => new Sgd(0.1, 0.9, dampening: 0.5, nesterov: true));
        Assert.Throws<GraphException>(() => new Adam(beta2: 1));
        Assert.Throws<GraphException>(() => new RmsProp(alpha: -1));
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused()
    {
        var graph = new GraphBuilder();
        var parameter = new Parameter("a", Type, Initializer.Ones);
        Node gradient = graph.Input<F32>("g", 4).Node;
        Assert.Throws<GraphException>(() => new Sgd(0.1).Step(graph, [(parameter, gradient)]));
    }

    [Fact]
    public void A_parameter_that_appears_twice_is_refused()
    {
        var graph = new GraphBuilder();
        var parameter = new Parameter("a", Type, Initializer.Ones);
        Node gradient = graph.Input<F32>("g", 3).Node;
        Assert.Throws<GraphException>(() => new Sgd(0.1).Step(graph, [(parameter, gradient), (parameter, gradient)]));
    }

    private static Optimizer Make(string name) => name switch
    {
        "sgd" => new Sgd(0.1, weightDecay: 0.01),
        "momentum" => new Sgd(0.1, 0.9, nesterov: true),
        "dampened" => new Sgd(0.1, 0.9, dampening: 0.5),
        "adam" => new Adam(),
        "adamw" => new AdamW(amsgrad: true),
        "rmsprop" => new RmsProp(momentum: 0.9, centered: true),
        _ => new Adagrad(learningRateDecay: 0.1),
    };

    private static Graph Step(Optimizer optimizer, out Parameter[] parameters)
    {
        var graph = new GraphBuilder(training: true);
        string[] names = ["a", "b"];
        parameters = names.Select(name => new Parameter(name, Type, Initializer.Ones)).ToArray();
        var gradients = parameters.Select(p => (p, graph.Input<F32>("d" + p.FullName, 3).Node)).ToArray();
        IReadOnlyList<Update> updates = optimizer.Step(graph, gradients);
        return new Graph("step", graph.Inputs, [], updates);
    }

    private static bool IsPlain(Node node) =>
        OpTable.Row(node.Op).Kind is OpKind.Leaf or OpKind.Elementwise || node.Op is Op.Broadcast or Op.Reshape;
}
