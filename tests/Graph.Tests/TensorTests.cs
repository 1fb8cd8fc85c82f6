namespace Sinter.Tests;

public class TensorTests
{
    private readonly GraphBuilder graph = new();
    private readonly Symbol batch = Symbol.Create("N", 1, 64);

    [Fact]
    public void Equal_expressions_are_one_node()
    {
        Tensor<F32> x = graph.Input<F32>("x", batch, 8);
        Tensor<F32> y = graph.Input<F32>("y", batch, 8);
        Assert.Same(((x + y) * 2).Exp().Node, ((x + y) * 2).Exp().Node);
        Assert.NotSame((x + y).Node, (y + x).Node);
        Assert.Same(x.Sum([1, -1]).Node, x.Sum(1).Node);
        Assert.Same(x.Node, x.Reshape(batch, 8).Node);
        Assert.NotSame(x.Dropout(0.5).Node, Tensor.Uniform(graph, x.Shape).Node);
    }

    // Each expression of constants and parameters begins in a builder of its own, which counts from 0.
    [Fact]
    public void Nodes_of_many_builders_have_hashes_of_their_own()
    {
        var nodes = Enumerable.Range(0, 1000).Select(_ => new GraphBuilder().Input("x", new TensorType(DType.F32, new Shape(batch))));
        Assert.InRange(nodes.Select(node => node.GetHashCode()).Distinct().Count(), 990, 1000);
    }

    [Fact]
    public void A_symbolic_axis_rolls_by_any_shift()
    {
        Tensor<F32> x = graph.Input<F32>("x", 3, batch);
        Assert.All([1, -3, 5, -64, 100], shift => Assert.Equal(x.Shape, x.Roll(shift, 1).Shape));
    }

    [Fact]
    public void Random_draws_are_distinct()
    {
        Tensor<F32> first = Tensor.Uniform(graph, new Shape(3));
        Assert.NotSame(first.Node, Tensor.Uniform(graph, new Shape(3)).Node);
        Assert.Equal("random.state", graph.RandomState!.FullName);
    }

    [Theory]
    [InlineData("3,1", "4", "3,4")]
    [InlineData("", "2,3", "2,3")]
    [InlineData("5,1,7", "6,1", "5,6,7")]
    [InlineData("0", "1", "0")]
    [InlineData("1", "0", "0")]
    public void Operands_broadcast(string left, string right, string expected)
    {
        Tensor<F32> a = graph.Input<F32>("a", Extents(left));
        Tensor<F32> b = graph.Input<F32>("b", Extents(right));
        Assert.Equal(new Shape(Extents(expected)), (a * b).Shape);
        Assert.Equal(new Shape(Extents(expected)), (b > a).Shape);
        Assert.Equal(new Shape(Extents(expected)), Tensor.Where(a > b, b, a).Shape);
    }

    [Fact]
    public void Symbols_survive_movement_and_products()
    {
        Tensor<F32> x = graph.Input<F32>("x", batch, 4, 6);
        Assert.Equal("f32[24*N]", x.Flatten().Node.Type.ToString());
        Assert.Equal("f32[4*N, 6]", x.Reshape(-1, 6).Node.Type.ToString());
        Assert.Equal("f32[6, 4, N]", x.Transposed.Node.Type.ToString());
        Assert.Equal("f32[N, 4, 5]", x.MatMul(graph.Input<F32>("w", 6, 5)).Node.Type.ToString());
        Assert.Equal("f32[N, 4, 4]", x.MatMul(x.Transpose(1, 2)).Node.Type.ToString());
        Assert.Equal("f32[N, 1, 6]", x.Mean(1, keepDims: true).Node.Type.ToString());
        Assert.Equal("i64[N, 6]", x.ArgMax(1).Node.Type.ToString());
        Assert.Equal("f32[]", x.Std().Node.Type.ToString());
    }

    [Fact]
    public void Parts_of_an_axis()
    {
        Tensor<F32> x = graph.Input<F32>("x", 2, 10);
        Assert.Equal([4L, 4L, 2L], x.Split(4, -1).Select(part => part.Shape[1].Value));
        Assert.Equal([4L, 4L, 2L], x.Chunk(3, 1).Select(part => part.Shape[1].Value));
        Assert.Equal([1L, 9L], x.Split([1, 9], 1).Select(part => part.Shape[1].Value));
        Assert.Equal("f32[2, 3]", x.Slice(1, -7, -1, 2).Node.Type.ToString());
        Assert.Equal("f32[2, 10]", x.Roll(3, 1).Node.Type.ToString());
        Assert.Equal("f32[2, 10]", x.Flip(0, 1).Node.Type.ToString());
        Assert.Equal("f32[6, 20]", x.Repeat(3, 2).Node.Type.ToString());
    }

    // Paddings that cancel are in no shape.
    [Fact]
    public void A_graph_knows_the_symbols_of_paddings()
    {
        Symbol s = Symbol.Create("S", 0, 8);
        Dimension[] low = [s, 0];
        Dimension[] high = [8 - (Dimension)s, 0];
        var settings = new ConvolutionAttributes(
            new long[] { 1, 1 }, new EquatableArray<Dimension>(low), new EquatableArray<Dimension>(high), new long[] { 1, 1 }, 1);
        Node image = graph.Input<F32>("x", 1, 1, 5, 5).Node;
        Node result = graph.Make(Op.Convolution, settings, image, graph.Input<F32>("w", 1, 1, 3, 3).Node);
        Assert.Equal([s], Sinter.Graph.Of("g", ("y", result)).Symbols);
    }

    [Fact]
    public void Compositions_have_the_right_types()
    {
        Tensor<F32> x = graph.Input<F32>("x", 3, 4, 4);
        Tensor<I64> labels = graph.Input<I64>("labels", batch);
        Assert.Equal("f32[N, 10]", labels.OneHot<F32>(10).Node.Type.ToString());
        Assert.Equal("f32[3, 4, 4]", x.Tril().Node.Type.ToString());
        Assert.Equal("f32[3, 4, 4]", x.Triu(1).Node.Type.ToString());
        Assert.Equal("f32[3, 1, 4]", x.Norm(2, [1], keepDims: true).Node.Type.ToString());
        Assert.Equal("f32[3, 4]", x.Norm(double.PositiveInfinity, [1]).Node.Type.ToString());
        Assert.Equal("f32[4, 4]", x.Select(0, 0).AddMm(x.Select(0, 1), x.Select(0, 2), 0.5).Node.Type.ToString());
        Assert.Equal("bool[]", (x > 0).Any().Node.Type.ToString());
        Assert.Equal("bool[3]", x.IsNaN().All([1, 2]).Node.Type.ToString());
    }

    [Fact]
    public void Constants_are_free_and_have_one_form()
    {
        Assert.Equal(Tensor<F32>.Full(3, 2).Node.Attributes, Tensor<F32>.Of([3, 3], 2).Node.Attributes);
    }

    [Theory]
    [InlineData(7, 2, 2, 0, 1, false, 3)]
    [InlineData(7, 2, 2, 0, 1, true, 4)]
    [InlineData(7, 3, 2, 1, 1, false, 4)]
    [InlineData(5, 2, 3, 1, 1, true, 2)]
    [InlineData(6, 2, 3, 1, 1, true, 3)]
    [InlineData(4, 1, 5, 0, 1, true, 1)]
    [InlineData(9, 3, 2, 0, 2, false, 3)]
    [InlineData(10, 3, 2, 0, 2, true, 4)]
    public void Pools_have_PyTorchs_sizes(
        int size, int kernel, int stride, int padding, int dilation, bool ceil, int expected)
    {
        Tensor<F32> x = graph.Input<F32>("x", batch, 3, size, size);
        Assert.Equal(expected, x.MaxPool2d(kernel, stride, padding, dilation, ceil).Shape[3].Value);
        if (dilation == 1)
        {
            Assert.Equal(expected, x.AvgPool2d(kernel, stride, padding, ceil).Shape[2].Value);
            Assert.Equal(expected, x.AvgPool2d(kernel, stride, padding, ceil, countIncludePad: false).Shape[2].Value);
        }
    }

    [Fact]
    public void Parts_of_a_symbolic_axis_are_refused_by_the_operation()
    {
        Tensor<F32> x = graph.Input<F32>("x", batch, 3);
        var error = Assert.Throws<GraphException>(() => x.Split(4));
        Assert.Equal("slice", error.Operation);
        Assert.Contains("x", error.Message);
        Assert.Contains($"symbolic extent {batch}", error.Message);
        Assert.Equal(3, x.Split(1, axis: 1).Length);
    }

    [Fact]
    public void Operands_that_are_null_are_told_by_name()
    {
        Tensor<F32> x = graph.Input<F32>("x", 2, 3);
        Tensor<F32> none = null!;
        Assert.Multiple(
            () => Missing("right", () => x + none),
            () => Missing("left", () => none * x),
            () => Missing("left", () => none - 1),
            () => Missing("right", () => 1 / none),
            () => Missing("value", () => -none),
            () => Missing("other", () => x.MatMul(none)),
            () => Missing("x", () => none.Relu()),
            () => Missing("weight", () => x.Linear(none)),
            () => Missing("tensors", () => Tensor.Concat(0, x, none)),
            () => Missing("condition", () => Tensor.Where(null!, x, x)),
            () => Missing("target", () => Losses.MseLoss(x, none)),
            () => Missing("labels", () => Losses.CrossEntropy(x, (Tensor<I64>)null!)),
            () => Missing("predicate", () => Functional.Cond(null!, () => x, () => x)),
            () => Missing("otherwise", () => Functional.Cond((x > 0).Any(), () => x, () => none)),
            () => Missing("gradients", () => new Optimizers.Sgd(0.1).Step(graph, [(null!, x.Node)])));
        var model = new Modules.Sequential(new Modules.Linear(3, 2));
        string told = Assert.Throws<GraphException>(() => model[0].Call(none)).Message;
        Assert.Equal("0: Linear: the input is null", told);
    }

    private static void Missing(string name, Func<object> call) =>
        Assert.Equal(name, Assert.Throws<ArgumentNullException>(call).ParamName);

    [Fact]
    public void Mean_divisors_follow_PyTorch()
    {
        Tensor<F32> x = graph.Input<F32>("x", 1, 1, 5, 5);
        Assert.Equal([1.0], Divisors(x.AvgPool2d(1)));
        Assert.Equal([4.0], Divisors(x.AvgPool2d(2, padding: 1)));
        Assert.Equal([1, 2, 2, 2, 4, 4, 2, 4, 4], Divisors(x.AvgPool2d(2, padding: 1, countIncludePad: false)));
        Assert.Equal([4, 4, 2, 4, 4, 2, 2, 2, 1], Divisors(x.AvgPool2d(2, ceilMode: true)));
        Assert.Equal([9.0], Divisors(x.AvgPool2d(2, divisorOverride: 9)));
    }

    private static double[] Divisors(Tensor<F32> pooled)
    {
        Assert.Equal(Op.Divide, pooled.Node.Op);
        Node divisor = pooled.Node.Inputs[1];
        while (divisor.Op is Op.Broadcast or Op.Reshape)
        {
            divisor = divisor.Inputs[0];
        }

        var constant = divisor.Get<ConstantAttributes>();
        return Enumerable.Range(0, constant.Bits.Count).Select(constant.Value).ToArray();
    }

    private static Dimension[] Extents(string text) =>
        text.Length == 0 ? [] : text.Split(',').Select(part => (Dimension)int.Parse(part)).ToArray();
}
