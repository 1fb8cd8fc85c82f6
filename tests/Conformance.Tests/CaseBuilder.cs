using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>
/// What a case builds its graph with: declares inputs and state, and draws a value for each from a seed.
/// </summary>
public sealed class CaseBuilder
{
    private readonly int seed;
    private Random random;
    private readonly Dictionary<string, TensorValue> inputs = [];
    private readonly Dictionary<string, TensorValue> parameters = [];
    private readonly Dictionary<Symbol, long> symbols = [];
    private readonly List<Node> differentiable = [];
    private readonly List<Update> updates = [];

    private readonly Func<long, int, (Symbol Symbol, long Value)?>? extents;

    /// <summary>Builds a case.</summary>
    /// <param name="seed">What values are drawn from.</param>
    /// <param name="extents">The symbol, and its value, that stands for a number along an axis of an input; null where
    /// numbers stay.</param>
    public CaseBuilder(int seed, Func<long, int, (Symbol Symbol, long Value)?>? extents = null)
    {
        this.seed = seed;
        random = new Random(seed);
        this.extents = extents;
    }

    public GraphBuilder Graph { get; } = new(captureSource: false);

    public IReadOnlyDictionary<string, TensorValue> Inputs => inputs;

    public IReadOnlyDictionary<string, TensorValue> Parameters
    {
        get
        {
            // A seed and a step that fill all four words, so that a lost one shows.
            if (Graph.RandomState is { } state)
            {
                parameters[state.FullName] = new TensorValue(DType.I64, [2], [0x123456789ABCDEF0, 0x0FEDCBA987654321]);
            }

            return parameters;
        }
    }

    /// <summary>The float inputs and parameters with respect to which gradients are checked.</summary>
    public IReadOnlyList<Node> Differentiable => differentiable;

    public IReadOnlyList<Update> Updates => updates;

    /// <summary>A symbolic dimension and the value it has in this case.</summary>
    public Symbol Symbol(string name, long value, long min = 1, long max = 64)
    {
        Symbol symbol = Sinter.Symbol.Create(name, min, max);
        symbols[symbol] = value;
        return symbol;
    }

    /// <summary>An input with respect to which the gradient is checked.</summary>
    public Tensor<F32> Float(string name, Draw draw, params Dimension[] shape)
    {
        Tensor<F32> input = Fixed(name, draw, shape);
        differentiable.Add(input.Node);
        return input;
    }

    /// <summary>An input whose gradient is left alone.</summary>
    public Tensor<F32> Fixed(string name, Draw draw, params Dimension[] shape) => Input<F32>(name, draw, shape);

    /// <summary>An F64 input.</summary>
    public Tensor<F64> Double(string name, Draw draw, params Dimension[] shape) => Input<F64>(name, draw, shape);

    /// <summary>An integer input with values in [low, high).</summary>
    public Tensor<T> Integer<T>(string name, long low, long high, params Dimension[] shape)
        where T : struct, IElement =>
        Input<T>(name, (source, count) =>
            Enumerable.Range(0, count).Select(_ => (double)source.NextInt64(low, high)).ToArray(), shape);

    /// <summary>An input of the given values, again and again.</summary>
    public Tensor<T> Values<T>(string name, double[] values, params Dimension[] shape)
        where T : struct, IElement =>
        Input<T>(name, (_, count) => Enumerable.Range(0, count).Select(i => values[i % values.Length]).ToArray(),
            shape);

    /// <summary>A Bool input, half true.</summary>
    public Tensor<Bool> Flags(string name, params Dimension[] shape) => Integer<Bool>(name, 0, 2, shape);

    /// <summary>A trained parameter.</summary>
    public Tensor<F32> Parameter(string name, Draw draw, params Dimension[] shape)
    {
        var parameter = new Parameter(name, new TensorType(DType.F32, new Shape(shape)), Initializer.Zeros,
            StateKind.Parameter);
        parameters.Add(name, Drawn(parameter.Type, draw));
        differentiable.Add(parameter.Node);
        return new Tensor<F32>(parameter.Node);
    }

    /// <summary>Makes the case change a parameter.</summary>
    public void Update(Tensor<F32> parameter, Tensor<F32> value) => updates.Add(new Update(parameter.Node, value.Node));

    /// <summary>Another input of the type of <paramref name="like"/>, of weights for its elements. No input has a size
    /// that a run computes: such weights are made of positions.</summary>
    public Node Cotangent(string name, Node like)
    {
        if (like.Shape.SelectMany(size => size.Symbols).Any(symbol => !symbols.ContainsKey(symbol)))
        {
            return ((Tensor<F32>.Iota(like.Shape, 0) * 0.7) + Tensor<F32>.Iota(like.Shape, -1)).Cos().Node;
        }

        inputs.Add(name, Drawn(like.Type, Draws.AwayFromZero));
        return Graph.Input(name, like.Type);
    }

    private Tensor<T> Input<T>(string name, Draw draw, Dimension[] shape)
        where T : struct, IElement
    {
        Tensor<T> input = Graph.Input<T>(name, [.. shape.Select(Replaced)]);
        inputs.Add(name, Drawn(input.Node.Type, draw));
        return input;
    }

    private Dimension Replaced(Dimension extent, int axis)
    {
        if (!extent.IsStatic || extents?.Invoke(extent.Value, axis) is not { } pair)
        {
            return extent;
        }

        symbols[pair.Symbol] = pair.Value;
        return pair.Symbol;
    }

    private TensorValue Drawn(TensorType type, Draw draw)
    {
        long[] shape = type.Shape.Select(d => d.Evaluate(symbol => symbols[symbol])).ToArray();
        int count = (int)shape.Aggregate(1L, (product, extent) => product * extent);
        if (extents is not null)
        {
            // State stays the same whatever the extents of the inputs drawn before.
            random = new Random(seed + inputs.Count + parameters.Count);
        }

        return TensorValue.FromNumbers(type.Type, shape, draw(random, count));
    }
}
