using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>A graph under construction whose inputs are of any element type, each with values that show where a type
/// ends: the smallest and largest integers, zeros, numbers that another type cannot hold.</summary>
internal sealed class TypedGraph(int seed)
{
    private readonly Random random = new(seed);
    private readonly GraphBuilder builder = new(captureSource: false);
    private readonly Dictionary<string, TensorValue> inputs = [];
    private readonly List<Output> outputs = [];

    /// <summary>The graph with its values.</summary>
    public BuiltCase Built => new(
        new Graph("types", builder.Inputs, outputs, []), inputs, new Dictionary<string, TensorValue>());

    /// <summary>An input of numbers from the type's whole range.</summary>
    public Node Any(DType type, params long[] shape) =>
        Input(type, shape, type.IsFloat() ? _ => AnyFloat(type) : _ => AnyInteger(type));

    /// <summary>An input of numbers from 0.3 to 2 of either sign, of integers from -9 to 9.</summary>
    public Node Small(DType type, params long[] shape) => Input(type, shape, _ => type.IsFloat()
        ? Number((random.Next(2) == 0 ? -1 : 1) * (0.3 + (1.7 * random.NextDouble())))
        : Constants.Bits(type, Math.Max(random.NextInt64(-9, 10), type.Facts().Lowest)));

    /// <summary>An input of positive numbers.</summary>
    public Node Positive(DType type, params long[] shape) =>
        Input(type, shape, _ => Number(0.5 + (2 * random.NextDouble())));

    /// <summary>An input of whole numbers from 0 to below a limit.</summary>
    public Node Below(DType type, long limit, params long[] shape) =>
        Input(type, shape, _ => Constants.Bits(type, random.NextInt64(limit)));

    /// <summary>The node of an operation; null where the type is not admitted.</summary>
    public Node? Try(Op op, params Node[] operands)
    {
        try
        {
            return builder.Make(op, NoAttributes.Instance, operands);
        }
        catch (GraphException)
        {
            return null;
        }
    }

    /// <summary>The node of an operation with settings.</summary>
    public Node Make(Op op, Attributes attributes, params Node[] operands) => builder.Make(op, attributes, operands);

    /// <summary>Makes a node a result.</summary>
    public void Add(string name, Node? node)
    {
        if (node is not null)
        {
            outputs.Add(new Output(name, node));
        }
    }

    private Node Input(DType type, long[] shape, Func<int, long> bits)
    {
        string name = "x" + inputs.Count;
        int count = (int)shape.Aggregate(1L, (n, extent) => n * extent);
        long[] values = Enumerable.Range(0, count).Select(bits).ToArray();
        inputs.Add(name, type.IsFloat()
            ? new TensorValue(
                type, shape, Array.ConvertAll(values, v => DTypes.Round(type, BitConverter.Int64BitsToDouble(v))))
            : new TensorValue(type, shape, values));
        return builder.Input(name, new TensorType(type, new Shape(shape.Select(extent => (Dimension)extent))));
    }

    private static long Number(double value) => BitConverter.DoubleToInt64Bits(value);

    private long AnyInteger(DType type)
    {
        ElementFacts facts = type.Facts();
        return random.Next(8) switch
        {
            0 => facts.Lowest,
            1 => facts.Highest,
            2 => 0,
            3 => Constants.Bits(type, -1L),
            4 or 5 => Constants.Bits(type, random.NextInt64(-3, 100)),
            _ => Constants.Bits(type, random.NextInt64(long.MinValue, long.MaxValue)),
        };
    }

    private long AnyFloat(DType type) => Number(random.Next(16) switch
    {
        0 => double.PositiveInfinity,
        1 => double.NegativeInfinity,
        2 => double.NaN,
        3 => 0,
        4 => -0.0,
        5 => random.Next(2) == 0 ? 65519.996 : 65520,
        6 => random.Next(-40000, 40000) * Math.Pow(2, -26),
        7 => Math.Pow(2, random.Next(-30, 70)) * (random.Next(2) == 0 ? -1 : 1),
        8 => random.Next(256, 2048) + 0.5,
        9 => (random.NextDouble() - 0.5) * 1e10,
        10 => type == DType.F64 ? 1 + Math.Pow(2, -11) + Math.Pow(2, -40) : 1.00048828125,
        _ => (random.NextDouble() - 0.5) * 600,
    });
}
