using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Compiler.Tests;

/// <summary>What a step trains, what it leaves alone, and whose state is whose.</summary>
public class TrainedParameterTests
{
    [Fact]
    public void A_forgotten_layer_is_an_error_that_names_it()
    {
        var error = Assert.Throws<GraphException>(() => Step(new Forgetful()));
        Assert.Contains("'weight' of an unregistered Linear", error.Message, StringComparison.Ordinal);
        Assert.Contains("'bias' of an unregistered Linear", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_made_while_the_model_runs_is_an_error() =>
        Assert.Throws<GraphException>(() => Step(new Momentary()));

    [Fact]
    public void A_part_of_a_registered_model_may_be_trained_alone()
    {
        var model = new Sequential(new Linear(2, 2), new Linear(2, 1));
        Graph step = Step(model, [.. model[1].Parameters]);
        Assert.Equal(2, step.Updates.Count);
    }

    [Fact]
    public void Parameters_that_are_detached_or_held_need_no_training()
    {
        Parameter w = Scalar("w");
        Parameter v = Scalar("v");
        Tensor<F32> a = new(w.Node);
        Tensor<F32> b = new(v.Node);
        Assert.Throws<GraphException>(() => TrainingStep.Build("step", a * b, new Sgd(0.1), [w]));
        Assert.Single(TrainingStep.Build("step", a * b, new Sgd(0.1), [w], held: [v]).Updates);
        Assert.Single(TrainingStep.Build("step", a * b.Detach(), new Sgd(0.1), [w]).Updates);
    }

    [Fact]
    public void Optimizers_of_different_parameters_share_no_state()
    {
        Parameter w = Scalar("w");
        Parameter v = Scalar("v");
        string[] first = Updated(TrainingStep.Build("w", new Tensor<F32>(w.Node), new Adam(), [w]));
        string[] second = Updated(TrainingStep.Build("v", new Tensor<F32>(v.Node), new Adam(), [v]));
        Assert.Empty(first.Intersect(second));
        string[] named = Updated(TrainingStep.Build("w", new Tensor<F32>(w.Node), new Adam(name: "other"), [w]));
        Assert.Equal(["w"], first.Intersect(named));
        Assert.Contains("adam.other.step.w", named);
    }

    [Fact]
    public void Dropout_of_a_parameter_drops_in_training_and_only_there()
    {
        Tensor<F32> weight = new(Scalar("w").Node);
        Assert.Contains(Times(weight, training: true).Nodes, node => node.Op == Op.RandomBits);
        Graph rest = Times(weight, training: false);
        Assert.DoesNotContain(rest.Nodes, node => node.Op is Op.RandomBits or Op.Where);
        Assert.Empty(rest.Updates);
    }

    [Fact]
    public void Every_graph_that_draws_advances_one_random_state_once()
    {
        Parameter w = Scalar("w");
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x");
        Tensor<F32> drawn = Tensor.Uniform(new Tensor<F32>(w.Node).Graph, Shape.Scalar);
        Tensor<F32> again = Tensor.Uniform(new Tensor<F32>(w.Node).Graph, Shape.Scalar);
        Graph graph = Graph.Of("g", ("y", ((x * drawn) + again + Tensor.Uniform(builder, Shape.Scalar) + drawn).Node));
        Assert.Equal(["random.state"], Updated(graph));
        var streams = graph.Nodes.Where(n => n.Op == Op.RandomBits).Select(n => n.Get<RandomAttributes>().Stream);
        Assert.Equal([0L, 1L, 2L], streams.Order());
    }

    [Fact]
    public void A_deep_expression_of_parameters_is_adopted_without_recursion()
    {
        Tensor<F32> deep = new(Scalar("w").Node);
        for (int i = 0; i < 100_000; i++)
        {
            deep = deep.Sin();
        }

        Tensor<F32> x = new GraphBuilder().Input<F32>("x");
        Assert.Equal(100_003, Graph.Of("deep", ("y", (x * deep).Node)).Nodes.Count);
    }

    [Fact]
    public void Symbols_of_one_name_and_different_ranges_are_told_apart()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", Symbol.Create("N", 1, 8), 10);
        Tensor<F32> y = builder.Input<F32>("y", Symbol.Create("N", 1, 9), 10);
        var error = Assert.Throws<GraphException>(() => x + y);
        Assert.Contains("symbol N is declared with different ranges: 1..8 and 1..9", error.Message,
            StringComparison.Ordinal);
    }

    private static Graph Times(Tensor<F32> weight, bool training)
    {
        Tensor<F32> x = new GraphBuilder(training).Input<F32>("x");
        return Graph.Of("g", ("y", (x * weight.Dropout(0.9)).Node));
    }

    private static Graph Step(Layer model, params Parameter[] trained)
    {
        Tensor<F32> x = new GraphBuilder(training: true, captureSource: false).Input<F32>("x", 4, 2);
        Parameter[] all = trained.Length == 0 ? [.. model.Parameters] : trained;
        return TrainingStep.Build("step", model.Call(x).Square().Mean(), new Sgd(0.1), all);
    }

    private static string[] Updated(Graph graph) =>
        [.. graph.Updates.Select(update => update.Parameter.Get<ParameterAttributes>().Declaration.FullName)];

    private static Parameter Scalar(string name) =>
        new(name, new TensorType(DType.F32, Shape.Scalar), Initializer.Ones);

    private sealed class Forgetful : Layer
    {
        private readonly Linear first = new(2, 3);
        private readonly Linear second;

        public Forgetful() => second = Register("second", new Linear(3, 1));

        protected override Tensor<F32> Forward(Tensor<F32> input) => second.Call(first.Call(input));
    }

    private sealed class Momentary : Layer
    {
        protected override Tensor<F32> Forward(Tensor<F32> input) => new Linear(2, 1).Call(input);
    }
}
