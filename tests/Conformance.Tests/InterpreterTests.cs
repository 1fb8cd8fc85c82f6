using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>
/// The oracle against values that come from elsewhere: published vectors, tables, and sums done by hand.
/// </summary>
public sealed class InterpreterTests
{
    private static readonly Dictionary<string, TensorValue> Nothing = [];

    // Known-answer vectors of Random123 (kat_vectors), generator philox4x32 with 10 rounds.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_published_words(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3) =>
        Assert.Equal(new PhiloxCounter(w0, w1, w2, w3), Philox.Block(new PhiloxCounter(c0, c1, c2, c3), k0, k1));

    [Fact]
    public void Random_words_follow_the_documented_layout()
    {
        var builder = new GraphBuilder();
        _ = builder.RandomBits(new Shape(1));
        Graph graph = Graph.Of("random", ("words", builder.RandomBits(new Shape(2, 3)).Node));
        var state = new TensorValue(DType.I64, [2], [0x1111222233334444, 0x5555666677778888]);
        long[] words = Interpreter.Run(graph, Nothing, Of(("random.state", state))).Outputs["words"].Integers;

        PhiloxCounter first = Philox.Block(new PhiloxCounter(0, 1, 0x77778888, 0x55556666), 0x33334444, 0x11112222);
        PhiloxCounter second = Philox.Block(new PhiloxCounter(1, 1, 0x77778888, 0x55556666), 0x33334444, 0x11112222);
        Assert.Equal([first[0], first[1], first[2], first[3], second[0], second[1]], words);
    }

    // Summed from the Maclaurin series in rational arithmetic, at the double nearest to x.
    [Theory]
    [InlineData(0.5, 0.52049987781304653768)]
    [InlineData(1.0, 0.84270079294971486934)]
    [InlineData(1.9, 0.99279042923525746997)]
    [InlineData(2.0, 0.99532226501895273416)]
    [InlineData(2.5, 0.99959304798255504106)]
    [InlineData(3.5, 0.99999925690162765859)]
    [InlineData(1e-8, 1.1283791670955125363e-8)]
    public void Erf_is_accurate_to_the_last_places(double x, double expected)
    {
        Assert.Equal(expected, SpecialFunctions.Erf(x), Math.Abs(expected) * 4e-16);
        Assert.Equal(-expected, SpecialFunctions.Erf(-x), Math.Abs(expected) * 4e-16);
    }

    [Theory]
    [InlineData(1e-10, 1.00000000005e-10, 9.9999999995e-11)]
    [InlineData(-1e-5, -9.9999500001666666e-6, -1.0000050000333336e-5)]
    [InlineData(0.5, 0.64872127070012814685, 0.40546510810816438198)]
    public void Exponential_and_logarithm_are_accurate_near_their_zero(double x, double expm1, double log1p)
    {
        Assert.Equal(expm1, SpecialFunctions.Expm1(x), Math.Abs(expm1) * 1e-15);
        Assert.Equal(log1p, SpecialFunctions.Log1p(x), Math.Abs(log1p) * 1e-15);
    }

    [Theory]
    [InlineData(Op.Divide, -7, 2, -3)]
    [InlineData(Op.Divide, 5, 0, 0)]
    [InlineData(Op.Remainder, -7, 3, 2)]
    [InlineData(Op.Remainder, 7, -3, -2)]
    [InlineData(Op.Remainder, -6, 3, 0)]
    [InlineData(Op.ShiftRight, -8, 1, -4)]
    [InlineData(Op.Divide, int.MinValue, -1, int.MinValue)]
    public void Integers_divide_as_documented(Op op, double a, double b, double expected)
    {
        Node left = Constants.Splat(DType.I32, Shape.Scalar, a);
        Node node = Broadcasting.Binary(op, left, Constants.Splat(DType.I32, Shape.Scalar, b));
        Assert.Equal(expected, Evaluate(node).Number(0));
    }

    [Theory]
    [InlineData(-7, 3, 2)]
    [InlineData(7, -3, -2)]
    [InlineData(-0.25, 1, 0.75)]
    [InlineData(5.5, 2, 1.5)]
    public void Remainder_takes_the_sign_of_the_divisor(double a, double b, double expected) =>
        Assert.Equal(expected, Evaluate((Tensor<F32>.Scalar(a) % Tensor<F32>.Scalar(b)).Node).Floats[0]);

    [Theory]
    [InlineData(DType.F16, 1.0004882812500002, 1.0009765625)]
    [InlineData(DType.F16, 1.00048828125, 1)]
    [InlineData(DType.BF16, 1.00390625, 1)]
    [InlineData(DType.BF16, 1.01171875, 1.015625)]
    [InlineData(DType.F32, 1.00000001, 1)]
    public void Floats_round_to_nearest_even(DType type, double value, double expected) =>
        Assert.Equal(expected, Rounding.ToType(TensorValue.Scalar(type, value)).Floats[0]);

    [Fact]
    public void Nothing_is_rounded_unless_asked()
    {
        Node third = (Tensor<F32>.Scalar(1) / Tensor<F32>.Scalar(3)).Node;
        Graph graph = Graph.Of("third", ("out", third));
        var rounding = new InterpreterOptions(RoundToType: true);
        Assert.Equal(1 / 3.0, Interpreter.Run(graph, Nothing, Nothing).Outputs["out"].Floats[0]);
        Assert.Equal(1 / 3.0f, Interpreter.Run(graph, Nothing, Nothing, rounding).Outputs["out"].Floats[0]);
    }

    [Fact]
    public void Convolution_matches_sums_done_by_hand()
    {
        Tensor<F32> image = Tensor<F32>.Of([1, 2, 3, 4, 5], 1, 1, 5);
        Tensor<F32> weight = Tensor<F32>.Of([10, 1], 1, 1, 2);
        var attributes = new ConvolutionAttributes(new[] { 2L }, new[] { 1L }, new[] { 2L }, new[] { 2L }, 1);

        // Padded: 0 1 2 3 4 5 0 0; taps two apart at 0, 2, 4.
        Node node = image.Graph.Make(Op.Convolution, attributes, image.Node, weight.Node);
        Assert.Equal([0 * 10 + 2.0, 2 * 10 + 4.0, 4 * 10 + 0.0], Evaluate(node).Floats);
    }

    [Fact]
    public void Contraction_orders_batch_then_left_then_right()
    {
        // a: (k, m, b), b: (n, b, k)
        Tensor<F32> a = Tensor<F32>.Iota(new Shape(2, 2, 1), 0) + Tensor<F32>.Iota(new Shape(2, 2, 1), 1) * 10;
        Tensor<F32> b = Tensor<F32>.Of([1, 2, 3, 4, 5, 6], 3, 1, 2);
        Node node = a.Contract(b, [2], [1], [0], [2]).Node;
        Assert.Equal(new Shape(1, 2, 3), node.Shape);

        // Rows of a along k: (0, 1) and (10, 11).
        Assert.Equal([2.0, 4, 6, 32, 74, 116], Evaluate(node).Floats);
    }

    [Fact]
    public void Symbols_are_bound_from_shapes()
    {
        Symbol n = Symbol.Create("N", 1, 4);
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", (Dimension)n * 2);
        Tensor<F32> y = builder.Input<F32>("y", n);
        Graph graph = Graph.Of("sums", ("out", (x.Sum() + y.Sum()).Node));

        Assert.Equal(6, Run(4, 2).Floats[0]);
        Assert.Contains("symbol N is 5, outside its range 1..4", Fails(10, 5));
        Assert.Contains("N is 2", Fails(4, 3));
        Assert.Contains("N is 2", Fails(5, 2));

        TensorValue Run(int xs, int ys) =>
            Interpreter.Run(graph, Of(("x", Ones(xs)), ("y", Ones(ys))), Nothing).Outputs["out"];
        string Fails(int xs, int ys) => Assert.Throws<RunException>(() => Run(xs, ys)).Message;
    }

    [Fact]
    public void A_symbol_no_input_tells_is_an_error()
    {
        Graph graph = Graph.Of("ones", ("out", Tensor<F32>.Full(1, Symbol.Create("T", 1, 9)).Node));
        Assert.Contains("symbol T",
            Assert.Throws<RunException>(() => Interpreter.Run(graph, Nothing, Nothing)).Message);
    }

    [Fact]
    public void Missing_and_misshapen_values_are_errors()
    {
        var builder = new GraphBuilder();
        Graph graph = Graph.Of("same", ("out", (builder.Input<F32>("x", 2) + 1).Node));
        Assert.Contains("'x'", Assert.Throws<RunException>(() => Interpreter.Run(graph, Nothing, Nothing)).Message);
        Assert.Contains("'x'",
            Assert.Throws<RunException>(() => Interpreter.Run(graph, Of(("x", Ones(3))), Nothing)).Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(7)]
    public void An_index_out_of_range_is_named(long index)
    {
        var builder = new GraphBuilder();
        using IDisposable scope = builder.EnterPath("encoder.embedding");
        Tensor<I64> checkedIndex = builder.Input<I64>("i", 1).CheckIndex(7, "token");
        Graph graph = Graph.Of("check", ("out", checkedIndex.Node));
        var inputs = Of(("i", new TensorValue(DType.I64, [1], [index])));
        string message = Assert.Throws<RunException>(() => Interpreter.Run(graph, inputs, Nothing)).Message;
        Assert.Equal($"encoder.embedding: token {index} is out of range [0, 7)", message);
    }

    [Fact]
    public void Updates_are_given_by_name_and_see_the_old_values()
    {
        Parameter a = Scalar("a");
        Parameter b = Scalar("b");
        var graph = new Graph("exchange", [], [], [new Update(a.Node, b.Node), new Update(b.Node, a.Node)]);
        var values = Of(("a", TensorValue.Scalar(DType.F32, 1)), ("b", TensorValue.Scalar(DType.F32, 2)));
        InterpreterResult result = Interpreter.Run(graph, Nothing, values);
        Assert.Equal((2, 1), (result.Updates["a"].Floats[0], result.Updates["b"].Floats[0]));
    }

    private static Parameter Scalar(string name) =>
        new(name, new TensorType(DType.F32, Shape.Scalar), Initializer.Zeros);

    private static TensorValue Evaluate(Node node) =>
        Interpreter.Run(Graph.Of("test", ("out", node)), Nothing, Nothing).Outputs["out"];

    private static TensorValue Ones(int count) => new(DType.F32, [count], Enumerable.Repeat(1.0, count).ToArray());

    private static Dictionary<string, TensorValue> Of(params (string Name, TensorValue Value)[] values) =>
        values.ToDictionary(pair => pair.Name, pair => pair.Value);
}
