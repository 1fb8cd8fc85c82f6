using Sinter.Modules;

namespace Sinter.Tests;

public class StateKindTests
{
    [Fact]
    public void Every_kind_has_facts_and_survives_text()
    {
        foreach (StateKind kind in Enum.GetValues<StateKind>())
        {
            Assert.Equal(kind, StateKinds.Parse(kind.Row().Name));
            var state = new Parameter("s", new TensorType(DType.I64, new Shape(2)), Initializer.Ones, kind);
            string text = GraphPrinter.Print(Graph.Of("g", ("y", new Tensor<I64>(state.Node).Node)));
            Assert.Contains($"kind=\"{kind.Row().Name}\"", text);
            Graph read = GraphParser.Parse(text);
            Assert.Equal(kind, read.Parameters.Single().Get<ParameterAttributes>().Declaration.Kind);
            Assert.Equal(text, GraphPrinter.Print(read));
        }

        Assert.Null(StateKinds.Parse("weights"));
        Assert.Throws<GraphException>(() => ((StateKind)9).Row());
    }

    [Theory]
    [InlineData("w", 1, StateKind.Parameter)]
    [InlineData("adam.step.w", 0, StateKind.Optimizer)]
    [InlineData("random.state", 0, StateKind.Random)]
    public void Text_from_before_there_were_kinds_is_read(string name, int trainable, StateKind kind)
    {
        string text = $$"""
            graph "old"
            %0 = parameter() {name="{{name}}", type=f32, shape=[2], initial="constant 0 0", trainable={{trainable}}} : f32[2]
            output "y" = %0

            """;
        Assert.Equal(kind, GraphParser.Parse(text).Parameters.Single().Get<ParameterAttributes>().Declaration.Kind);
        Assert.Throws<GraphException>(() => GraphParser.Parse(text.Replace("trainable=" + trainable, "kind=\"none\"")));
    }

    [Fact]
    public void Initial_values_are_left_out_where_programs_are_compared()
    {
        string Text(double value, GraphTextOptions options)
        {
            var state = new Parameter("s", new TensorType(DType.F32, Shape.Scalar), Initializer.Constant(value));
            return GraphPrinter.Print(Graph.Of("g", ("y", state.Node)), options);
        }

        Assert.Equal(Text(1, GraphTextOptions.WithoutInitialValues), Text(2, GraphTextOptions.WithoutInitialValues));
        Assert.NotEqual(Text(1, GraphTextOptions.Canonical), Text(2, GraphTextOptions.Canonical));
    }

    [Fact]
    public void A_layer_that_is_called_twice_goes_on_from_its_first_update()
    {
        var layer = new Counting();
        var graph = new GraphBuilder(training: true);
        Tensor<F32> y = layer.Call(layer.Call(graph.Input<F32>("x", 2)));
        Graph built = Graph.Of("g", ("y", y.Node));
        Update update = Assert.Single(built.Updates);
        Assert.Equal(2, built.Nodes.Count(node => node.Op == Op.Add && node.DType == DType.I64));
        Assert.Equal("calls", update.Parameter.Get<ParameterAttributes>().Declaration.FullName);
    }

    [Fact]
    public void Buffers_move_in_training_only_and_not_in_parts_that_evaluate()
    {
        int Updates(bool training, bool evaluates)
        {
            var model = new Sequential(new Sequential(new Counting()));
            model[0].AlwaysEvaluates = evaluates;
            return Graph.Of("g", ("y", model.Call(new GraphBuilder(training).Input<F32>("x", 2)).Node)).Updates.Count;
        }

        Assert.Equal(1, Updates(training: true, evaluates: false));
        Assert.Equal(0, Updates(training: false, evaluates: false));
        Assert.Equal(0, Updates(training: true, evaluates: true));
    }

    [Fact]
    public void A_program_has_the_buffers_that_it_does_not_touch()
    {
        Graph graph = Graph.Of("g", ("y", new BatchNorm1d(2).Call(new GraphBuilder().Input<F32>("x", 3, 2)).Node));
        Graph read = GraphParser.Parse(GraphPrinter.Print(graph));
        foreach (Graph each in new[] { graph, read })
        {
            Assert.Equal(5, each.Parameters.Count);
            Assert.Empty(each.Updates);
        }

        Assert.Equal(GraphPrinter.Print(graph), GraphPrinter.Print(read));
    }

    [Fact]
    public void A_program_that_does_not_draw_has_no_random_state()
    {
        Graph Of(bool training) =>
            Graph.Of("g", ("y", new Dropout(0.5).Call(new GraphBuilder(training).Input<F32>("x", 3)).Node));
        Assert.Equal(StateKind.Random, Of(true).Updates.Single().Parameter.Get<ParameterAttributes>().Declaration.Kind);
        Assert.Empty(Of(false).Parameters);
    }

    [Fact]
    public void Caches_move_in_every_graph()
    {
        Graph graph = Graph.Of("g", ("y", new Remembering().Call(new GraphBuilder().Input<F32>("x", 2)).Node));
        Assert.Equal(StateKind.Cache, graph.Updates.Single().Parameter.Get<ParameterAttributes>().Declaration.Kind);
    }

    [Fact]
    public void Parameters_are_no_concern_of_layers_and_shapes_must_fit()
    {
        var graph = new GraphBuilder(training: true);
        Tensor<F32> x = graph.Input<F32>("x", 2);
        var linear = new Linear(2, 2);
        var error = Assert.Throws<GraphException>(() => graph.Update(linear.Bias!, x));
        Assert.Contains("'bias' is of the kind parameter, which layers do not update", error.Message);
        var norm = new BatchNorm1d(3);
        error = Assert.Throws<GraphException>(() => graph.Update(norm.RunningMean!, x));
        Assert.Contains("'running_mean' is f32[3], its next value f32[2]", error.Message);
        Assert.Throws<GraphException>(() => graph.Update(x, x));
        Assert.Throws<GraphException>(() => norm.RunningMean!.Graph.Update(norm.RunningMean, norm.RunningMean + 1));
    }

    [Fact]
    public void A_model_tells_its_state_by_kind()
    {
        var model = new Sequential(new Linear(2, 3), new BatchNorm1d(3));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], model.Parameters.Select(p => p.FullName));
        Assert.Equal(
            ["1.running_mean", "1.running_var", "1.num_batches_tracked"], model.Buffers.Select(p => p.FullName));
        Assert.Equal(15, model.ParameterCount);
        Assert.Equal(7, model.State.Count());
    }

    [Fact]
    public void Batch_normalisation_refuses_what_PyTorch_refuses()
    {
        Tensor<F32> Input(bool training, params Dimension[] shape) => new GraphBuilder(training).Input<F32>("x", shape);
        Assert.Throws<GraphException>(() => new BatchNorm2d(0));
        Assert.Throws<GraphException>(() => new BatchNorm2d(2, momentum: 2));
        Assert.Throws<GraphException>(() => new BatchNorm2d(3).Call(Input(true, 4, 2, 5, 5)));
        Assert.Throws<GraphException>(() => new BatchNorm2d(2).Call(Input(true, 4, 2, 5)));
        Assert.Throws<GraphException>(() => new BatchNorm1d(2).Call(Input(true, 1, 2)));
        Assert.Throws<GraphException>(() => new BatchNorm1d(2).Call(Tensor<F32>.Full(1, 4, 2)));
        _ = new BatchNorm1d(2).Call(Input(false, 1, 2));
        _ = new BatchNorm1d(2).Call(Input(true, 1, 2, 2));
    }

    private sealed class Counting : Layer
    {
        private readonly Tensor<I64> calls;

        public Counting() => calls = Buffer<I64>("calls", Initializer.Zeros);

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Update(calls, Latest(calls) + 1);
            return input * 2;
        }
    }

    private sealed class Remembering : Layer
    {
        private readonly Tensor<F32> last;

        public Remembering() => last = Cache<F32>("last", Initializer.Zeros, 2);

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> before = Latest(last);
            Update(last, input);
            return input - before;
        }
    }
}
