using Sinter.Modules;
using Sinter.Tests.Models;

namespace Sinter.Tests;

public class ModuleTests
{
    [Fact]
    public void Parameters_are_named_by_their_path()
    {
        string[] names = new LeNet5().Parameters.Select(p => p.ToString()).ToArray();
        string[] expected =
        [
            "c1.weight : f32[6, 1, 5, 5]", "c1.bias : f32[6]", "c2.weight : f32[16, 6, 5, 5]", "c2.bias : f32[16]",
            "f1.weight : f32[120, 400]", "f1.bias : f32[120]", "f2.weight : f32[84, 120]", "f2.bias : f32[84]",
            "head.2.weight : f32[10, 84]", "head.2.bias : f32[10]",
        ];
        Assert.Equal(expected, names);
    }

    [Fact]
    public void Nodes_know_the_module_that_made_them()
    {
        Graph graph = LeNet5Graphs.Inference();
        Assert.Equal(["c1", "c2"], graph.Nodes.Where(n => n.Op == Op.Convolution).Select(n => n.ModulePath));
        Assert.Equal(["f1", "f2", "head.2"], graph.Nodes.Where(n => n.Op == Op.Contraction).Select(n => n.ModulePath));
    }

    [Fact]
    public void Dropout_is_there_only_in_training()
    {
        Assert.DoesNotContain(LeNet5Graphs.Inference().Nodes, node => node.Op == Op.RandomBits);
        Assert.Single(LeNet5Graphs.Training().Nodes, node => node.Op == Op.RandomBits);
        Tensor<F32> x = new GraphBuilder(training: true).Input<F32>("x", 4);
        Assert.Same(x, x.Dropout(0));
    }

    [Fact]
    public void A_model_keeps_its_parameters_over_several_graphs()
    {
        var model = new LeNet5();
        Graph first = Graph.Of("a", ("y", LeNet5Graphs.Logits(model).Node));
        Graph second = Graph.Of("b", ("y", LeNet5Graphs.Logits(model).Node));
        Assert.Equal(first.Parameters.Select(p => p.Attributes), second.Parameters.Select(p => p.Attributes));
    }

    [Fact]
    public void Default_initializers_are_PyTorchs()
    {
        Parameter[] parameters = new Conv2d(4, 8, (3, 5), groups: 2).Parameters.ToArray();
        Assert.All(parameters, p => Assert.Equal(Initializer.FanInUniform(2 * 3 * 5), p.Initializer));
        var linear = new Linear(9, 3, bias: false, weightInitializer: Initializer.HeNormal(9));
        Parameter weight = linear.Parameters.Single();
        Assert.Equal(Initializer.HeNormal(9), weight.Initializer);
    }

    [Fact]
    public void Linear_takes_any_leading_axes()
    {
        Symbol time = Symbol.Create("T", 1, 512);
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 2, time, 9);
        Assert.Equal("f32[2, T, 3]", new Linear(9, 3).Call(x).Node.Type.ToString());
        Assert.Equal("f32[3]", new Linear(9, 3).Call(x.Select(0, 0).Sum(0)).Node.Type.ToString());
    }

    [Fact]
    public void Convolutions_take_integers_and_pairs()
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 2, 4, 20, 21);
        Assert.Equal("f32[2, 8, 20, 21]", Shape(new Conv2d(4, 8, (3, 4), padding: Padding2d.Same, dilation: (2, 1))));
        Assert.Equal("f32[2, 8, 9, 10]", Shape(new Conv2d(4, 8, 3, stride: 2)));
        Assert.Equal("f32[2, 8, 18, 11]", Shape(new Conv2d(4, 8, 3, stride: (1, 2), padding: (0, 1), groups: 4)));

        string Shape(Layer layer) => layer.Call(x).Node.Type.ToString();
    }

    [Fact]
    public void Layers_and_functions_are_the_same_nodes()
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 2, 4, 8, 8);
        (Layer Layer, Tensor<F32> Function)[] pairs =
        [
            (new ReLU(), x.Relu()), (new LeakyReLU(0.2), x.LeakyRelu(0.2)), (new ELU(2), x.Elu(2)),
            (new GELU(), x.Gelu()),
            (new GELU(approximateTanh: true), x.Gelu(approximateTanh: true)), (new SiLU(), x.Silu()),
            (new Sigmoid(), x.Sigmoid()), (new Tanh(), x.Tanh()), (new Softmax(1), x.Softmax(1)),
            (new LogSoftmax(-1), x.LogSoftmax(-1)), (new Flatten(), x.Flatten(1)), (new MaxPool2d(2), x.MaxPool2d(2)),
            (new AvgPool2d(3, 2, 1), x.AvgPool2d(3, 2, 1)),
        ];
        Assert.All(pairs, pair => Assert.Same(pair.Function.Node, pair.Layer.Call(x).Node));
    }

    [Fact]
    public void An_unplaced_layer_belongs_to_the_module_that_calls_it()
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 2);
        Assert.Equal("0", new Sequential(new Passing()).Call(x).Node.ModulePath);
    }

    private sealed class Passing : Layer
    {
        protected override Tensor<F32> Forward(Tensor<F32> input) => new Tanh().Call(input);
    }
}
