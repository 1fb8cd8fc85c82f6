using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Every operation on every type that it admits, in whole vectors and in what is left of a row, alone and
/// mixed with other types, on every engine.</summary>
public sealed class TypeTests
{
    // More than two vectors of bytes and a rest; each graph has its own extent, so that types do not share a loop that
    // they are not to share.
    private const int Length = 131;

    private static readonly Op[] Exact =
    [
        Op.Negate, Op.Abs, Op.Sign, Op.Floor, Op.Ceil, Op.Round, Op.Truncate, Op.Not, Op.Add, Op.Subtract, Op.Multiply,
        Op.Divide, Op.Maximum, Op.Minimum, Op.And, Op.Or, Op.Xor, Op.ShiftLeft, Op.ShiftRight, Op.Equal, Op.NotEqual,
        Op.Less, Op.LessEqual, Op.Greater, Op.GreaterEqual,
    ];

    private static readonly Op[] Smooth =
    [
        Op.Exp, Op.Expm1, Op.Log, Op.Log1p, Op.Sqrt, Op.Rsqrt, Op.Reciprocal, Op.Sin, Op.Cos, Op.Tanh, Op.Sigmoid,
        Op.Erf, Op.Power, Op.Remainder,
    ];

    private static readonly Dictionary<string, BuiltCase> Graphs =
        DTypes.All.SelectMany(Cases).ToDictionary(pair => pair.Name, pair => pair.Graph.Built);

    private static readonly IReadOnlyDictionary<string, SharedRuns> Runs =
        SharedRuns.ForAll(() => Graphs.Select(pair => (pair.Key, pair.Value)));

    public static TheoryData<string, string> EnginesAndGraphs()
    {
        var data = new TheoryData<string, string>();
        // Two widths, and the device in one order, where time is short.
        foreach (IEngine engine in Engines.All.Where((_, i) => Long.Reason is null || i is 0 or 1 or 3 or 5))
        {
            foreach (string name in Graphs.Keys)
            {
                data.Add(engine.Name, name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EnginesAndGraphs))]
    public void Engine_agrees_with_the_oracle_on_every_type(string engine, string name)
    {
        BuiltCase built = Graphs[name];
        InterpreterResult expected = Interpreter.Run(
            built.Graph, built.Inputs, built.Parameters, new InterpreterOptions(RoundToType: true));
        InterpreterResult actual = Runs[engine].ResultOf(name);
        foreach (var (output, value) in expected.Outputs)
        {
            string? difference = Comparison.Difference(value, actual.Outputs[output], Tolerance(value.Type));
            Assert.True(difference is null, $"{name}: {output}: {difference}");
        }
    }

    [Fact]
    public void Every_type_is_drawn() =>
        Assert.All(DTypes.All, type => Assert.Contains(
            Graphs.Keys, name => name.StartsWith(type.Name() + " ", StringComparison.Ordinal)));

    // Floats may differ in their last digit.
    private static double Tolerance(DType type) => !type.IsFloat() ? 0 : type switch
    {
        DType.F64 => 1e-12,
        DType.F32 => 4e-6,
        _ => Math.Pow(2, 1 - type.Facts().SignificantBits),
    };

    private static IEnumerable<(string Name, TypedGraph Graph)> Cases(DType type) =>
    [
        ($"{type.Name()} operations", Operations(type)),
        ($"{type.Name()} casts", Casts(type)),
        ($"{type.Name()} reductions", Reductions(type)),
        ($"{type.Name()} movement", Movement(type)),
        ($"{type.Name()} mixed", Mixed(type)),
    ];

    private static TypedGraph Operations(DType type)
    {
        var graph = new TypedGraph(1 + (int)type);
        long extent = Length + (int)type;
        Node a = graph.Any(type, extent);
        Node b = graph.Any(type, extent);
        foreach (Op op in Exact)
        {
            graph.Add(op.ToString(), OpTable.Row(op).Arity == 1 ? graph.Try(op, a) : graph.Try(op, a, b));
        }

        Node x = type.IsFloat() ? graph.Positive(type, extent + 200) : graph.Any(type, extent + 200);
        Node y = type.IsFloat() ? graph.Small(type, extent + 200) : graph.Any(type, extent + 200);
        foreach (Op op in Smooth)
        {
            graph.Add(op.ToString(), OpTable.Row(op).Arity == 1 ? graph.Try(op, x) : graph.Try(op, x, y));
        }

        foreach (int count in type.IsInteger() ? [1, 7, 9, 17, 31, 33] : Array.Empty<int>())
        {
            Node constant = graph.Make(
                Op.Broadcast, new ShapeAttributes(a.Shape), Constants.Splat(type, new Shape(1), (long)count));
            graph.Add("left" + count, graph.Make(Op.ShiftLeft, NoAttributes.Instance, a, constant));
            graph.Add("right" + count, graph.Make(Op.ShiftRight, NoAttributes.Instance, a, constant));
        }

        return graph;
    }

    private static TypedGraph Casts(DType type)
    {
        var graph = new TypedGraph(20 + (int)type);
        foreach (DType to in DTypes.All)
        {
            Node x = graph.Any(type, Length + 400 + (int)type + (20 * (int)to));
            graph.Add(to.Name(), graph.Make(Op.Cast, new CastAttributes(to), x));
        }

        return graph;
    }

    private static TypedGraph Reductions(DType type)
    {
        var graph = new TypedGraph(40 + (int)type);
        int shift = (int)type;
        foreach (Op op in new[] { Op.Sum, Op.Product, Op.Max, Op.Min, Op.ArgMax, Op.ArgMin })
        {
            // Rows side by side, sums of columns, and a row that is too short for vectors along it.
            Node rows = graph.Small(type, 3, Length + shift);
            Node columns = graph.Small(type, 70, 140 + shift);
            Node narrow = graph.Small(type, 67 + shift, 5);
            bool isArg = op is Op.ArgMax or Op.ArgMin;
            graph.Add(op + "Rows", Reduce(graph, op, rows, 1));
            graph.Add(op + "Columns", Reduce(graph, op, columns, 0));
            graph.Add(op + "Narrow", Reduce(graph, op, narrow, 1));
            graph.Add(op + "All", isArg ? null : Reduce(graph, op, rows, 0, 1));
        }

        return graph;
    }

    private static Node? Reduce(TypedGraph graph, Op op, Node x, params int[] axes)
    {
        // Products of many numbers leave single precision, and half precision sooner.
        bool isProduct = op == Op.Product && x.DType.IsFloat();
        Node operand = isProduct ? graph.Make(Op.Slice, new SliceAttributes(
            new long[x.Shape.Rank], new Shape(x.Shape.Select(extent => (Dimension)Math.Min(extent.Value, 3))),
            x.Shape.Select(_ => 1L).ToArray()), x) : x;
        try
        {
            return graph.Make(op, new ReduceAttributes(axes), operand);
        }
        catch (GraphException)
        {
            return null;
        }
    }

    private static TypedGraph Movement(DType type)
    {
        var graph = new TypedGraph(60 + (int)type);
        long extent = Length + 1 + (2 * (int)type);
        Node x = graph.Any(type, 3, extent);
        graph.Add("flip", Slice(graph, x, extent - 1, extent, -1));
        graph.Add("every second", Slice(graph, x, 0, extent / 2, 2));
        graph.Add("every third", Slice(graph, x, 1, extent / 3, 3));
        graph.Add("turned", graph.Make(Op.Permute, new PermuteAttributes(new[] { 1, 0 }), x));
        graph.Add("padded", graph.Make(
            Op.Pad,
            new PadAttributes(new[] { 0L, 5L }, new[] { 1L, 70L }, new[] { 0L, 0L }, Constants.Bits(type, 1L)), x));
        graph.Add("joined", graph.Make(Op.Concat, new AxisAttributes(1), x, Slice(graph, x, 3, extent - 7, 1)));
        Node apart = graph.Make(Op.Reshape, new ShapeAttributes(new Shape(3, extent, 1)), x);
        Node twice = graph.Make(Op.Broadcast, new ShapeAttributes(new Shape(3, extent, 2)), apart);
        graph.Add("twice", graph.Make(Op.Reshape, new ShapeAttributes(new Shape(3, 2 * extent)), twice));
        Node rows = graph.Below(DType.I32, 3, 17);
        graph.Add("rows", graph.Make(Op.Gather, new AxisAttributes(0), x, rows));
        Node first = graph.Below(DType.I32, 2, 2);
        Node two = graph.Make(Op.Gather, new AxisAttributes(0), x, first);
        graph.Add("put", graph.Make(Op.UpdateRows, new AxisAttributes(0), x, two, graph.Below(DType.I32, 3, 2)));
        if (type != DType.Bool)
        {
            graph.Add("counted", graph.Make(
                Op.Iota, new IotaAttributes(new TensorType(type, new Shape(2, 75 + (int)type)), 1)));
            Node updates = graph.Small(type, 17, 70 + (int)type);
            graph.Add("scattered", graph.Make(Op.ScatterAdd, new ScatterAttributes(0, 3), updates, rows));
            Node left = graph.Small(type, 5, 33);
            Node right = graph.Small(type, 33, 40 + (int)type);
            graph.Add("product", graph.Make(Op.Contraction, new ContractionAttributes(
                Array.Empty<int>(), Array.Empty<int>(), new[] { 1 }, new[] { 0 }), left, right));
        }

        return graph;
    }

    private static Node Slice(TypedGraph graph, Node x, long start, long count, long step) =>
        graph.Make(Op.Slice, new SliceAttributes(new[] { 0L, start }, new Shape(3, count), new[] { 1L, step }), x);

    // One loop with elements of every size beside this type's: truth values select, numbers are compared and stored.
    private static TypedGraph Mixed(DType type)
    {
        var graph = new TypedGraph(80 + (int)type);
        foreach (DType other in new[] { DType.Bool, DType.U8, DType.I16, DType.F32, DType.F64 })
        {
            long extent = Length + 900 + (int)type + (20 * (int)other);
            Node x = graph.Any(type, extent);
            Node y = graph.Any(type, extent);
            Node z = graph.Any(other, extent);
            Node w = graph.Any(other, extent);
            Node chosen = graph.Below(DType.Bool, 2, extent);
            Node less = graph.Make(Op.Less, NoAttributes.Instance, z, w);
            Node more = graph.Make(Op.Greater, NoAttributes.Instance, x, y);
            graph.Add("ordered by " + other, graph.Make(Op.Where, NoAttributes.Instance, less, x, y));
            graph.Add("orders " + other, graph.Make(Op.Where, NoAttributes.Instance, more, z, w));
            graph.Add("chosen " + other, graph.Make(Op.Where, NoAttributes.Instance, chosen, x, y));
            Node either = graph.Make(Op.Or, NoAttributes.Instance, more, chosen);
            Node both = graph.Make(Op.And, NoAttributes.Instance, less, either);
            graph.Add("mask " + other, both);
            graph.Add("count " + other, graph.Make(
                Op.Sum, new ReduceAttributes(new[] { 0 }), graph.Make(Op.Cast, new CastAttributes(DType.I32), both)));
        }

        return graph;
    }
}
