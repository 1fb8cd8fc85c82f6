using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Builds changed copies of random graphs. Values, errors and names are carried along.</summary>
internal sealed class GraphRewriter
{
    private readonly RandomGraph random;
    private readonly GraphBuilder builder = new(captureSource: false);
    private readonly Dictionary<Node, Node> copies = [];
    private readonly Dictionary<string, TensorValue> inputs = [];
    private readonly Dictionary<string, TensorValue> parameters = [];
    private readonly Dictionary<Node, double> errors = [];
    private readonly Dictionary<Node, Node> replaced = [];
    private readonly Dictionary<Node, TensorValue> cut = [];
    private readonly (long From, long To) resize;
    private readonly long? symbolValue;

    private GraphRewriter(RandomGraph random, (long From, long To) resize = default, long? symbolValue = null)
    {
        this.random = random;
        this.resize = resize;
        this.symbolValue = symbolValue;
    }

    /// <summary>The graph with other results, and without the inputs that they do not need.</summary>
    public static RandomGraph Rewrite(
        RandomGraph random, IReadOnlyList<Output> outputs, IReadOnlyList<Update> updates) =>
        new GraphRewriter(random).Copy(outputs, updates);

    /// <summary>The graph with another value in place of a node.</summary>
    public static RandomGraph Replace(RandomGraph random, Node node, Node replacement)
    {
        var rewriter = new GraphRewriter(random);
        rewriter.replaced.Add(node, replacement);
        return rewriter.Copy(random.Graph.Outputs, random.Graph.Updates);
    }

    /// <summary>The graph with a new input in place of a node, which has the value that the node had.</summary>
    public static RandomGraph Cut(RandomGraph random, Node node)
    {
        var probe = new Graph("probe", random.Graph.Inputs, [new Output("value", node)], []);
        var rounding = new InterpreterOptions(RoundToType: true);
        TensorValue value = Interpreter.Run(probe, random.Inputs, random.Parameters, rounding).Outputs["value"];
        var rewriter = new GraphRewriter(random);
        rewriter.cut.Add(node, value);
        return rewriter.Copy(random.Graph.Outputs, random.Graph.Updates);
    }

    /// <summary>
    /// The graph with one extent replaced by a smaller one everywhere, or null where that fits together no longer.
    /// </summary>
    public static RandomGraph? Resize(RandomGraph random, long from, long to)
    {
        // A random state is a seed and a step, whatever else has two elements.
        if (from == 2 && random.Graph.Parameters.Any(
            node => node.Get<ParameterAttributes>().Declaration.Kind == StateKind.Random))
        {
            return null;
        }

        try
        {
            return new GraphRewriter(random, (from, to)).Copy(random.Graph.Outputs, random.Graph.Updates);
        }
        catch (GraphException)
        {
            return null;
        }
    }

    /// <summary>The same graph run with every symbol at 1, or null where they cannot be.</summary>
    public static RandomGraph? WithSymbolsAtOne(RandomGraph random) =>
        GivenSymbols(random).Any() && GivenSymbols(random).All(symbol => symbol.Min <= 1)
            ? new GraphRewriter(random, symbolValue: 1).Copy(random.Graph.Outputs, random.Graph.Updates)
            : null;

    private static IEnumerable<Symbol> GivenSymbols(RandomGraph random) =>
        random.Graph.Symbols.Where(symbol => !random.Graph.Computes(symbol));

    private RandomGraph Copy(IReadOnlyList<Output> outputs, IReadOnlyList<Update> updates)
    {
        Output[] newOutputs = outputs.Select(output => output with { Node = Copy(output.Node) }).ToArray();
        Update[] newUpdates =
            updates.Select(update => new Update(Copy(update.Parameter), Copy(update.Value))).ToArray();
        foreach (Node size in random.Graph.Sizes.Reverse())
        {
            Symbol symbol = size.Get<SetSizeAttributes>().Symbol;
            if (copies.Values.Any(node => node.Symbols.Contains(symbol)))
            {
                Copy(size);
            }
        }

        BindSymbols(newOutputs.Select(output => output.Node).Concat(newUpdates.Select(update => update.Value)));
        var graph = new Graph(random.Graph.Name, builder.Inputs, newOutputs, newUpdates);
        return random with { Graph = graph, Inputs = inputs, Parameters = parameters, Errors = errors };
    }

    // Each symbol that is left needs an input that tells it.
    private void BindSymbols(IEnumerable<Node> roots)
    {
        var open = new HashSet<Symbol>(copies.Values.Concat(roots).SelectMany(node => node.Shape)
            .SelectMany(size => size.Symbols).Where(symbol => !random.Graph.Computes(symbol)));
        open.ExceptWith(Told(builder.Inputs));
        foreach (Node input in random.Graph.Inputs.Where(input => Told([input]).Any(open.Contains)))
        {
            Copy(input);
            open.ExceptWith(Told([input]));
        }
    }

    private static IEnumerable<Symbol> Told(IEnumerable<Node> inputs) => inputs.SelectMany(input => input.Shape)
        .SelectMany(size => size.Symbols.Where(symbol => size == symbol));

    private Node Copy(Node node)
    {
        if (copies.TryGetValue(node, out Node? copy))
        {
            return copy;
        }

        if (cut.TryGetValue(node, out TensorValue? value))
        {
            copy = CopyInput(FreeName(), node.Type, value);
        }
        else
        {
            copy = replaced.TryGetValue(node, out Node? other) ? Copy(other) : Make(node);
        }

        copies.Add(node, copy);
        errors[copy] = Math.Max(errors.GetValueOrDefault(copy), random.Errors.GetValueOrDefault(node));
        return copy;
    }

    // Cutting twice may remove earlier cuts, so their number says nothing about which names are taken.
    private string FreeName()
    {
        int number = 0;
        while (random.Inputs.ContainsKey($"cut{number}") || inputs.ContainsKey($"cut{number}"))
        {
            number++;
        }

        return $"cut{number}";
    }

    private Node Make(Node node) => node.Attributes switch
    {
        InputAttributes input => CopyInput(input.Name, node.Type, random.Inputs[input.Name]),
        ParameterAttributes parameter => CopyParameter(node, parameter.Declaration),
        _ => builder.Make(node.Op, Resized(node.Attributes), node.Inputs.Select(Copy).ToArray()),
    };

    private Node CopyInput(string name, TensorType type, TensorValue value)
    {
        TensorType resized = Resized(type);
        inputs.Add(name, Cropped(value, resized.Shape));
        return builder.Input(name, resized);
    }

    private Node CopyParameter(Node node, Parameter declaration)
    {
        TensorType type = Resized(declaration.Type);
        bool isSame = type == declaration.Type;
        var parameter = isSame
            ? declaration
            : new Parameter(declaration.FullName, type, declaration.Initializer, declaration.Kind);
        parameters.Add(declaration.FullName, Cropped(random.Parameters[declaration.FullName], type.Shape));
        return builder.Make(Op.Parameter, isSame ? node.Attributes : parameter.Node.Attributes);
    }

    /// <summary>The first elements of a value, as many as a shape needs.</summary>
    private TensorValue Cropped(TensorValue value, Shape shape)
    {
        long Extent(Dimension dimension, int axis) => symbolValue is not null || dimension.IsStatic
            ? dimension.Evaluate(_ => symbolValue!.Value)
            : value.Shape[axis];
        long[] extents = shape.Select(Extent).ToArray();
        int count = (int)extents.Aggregate(1L, (product, extent) => product * extent);
        return value.Type.IsFloat()
            ? new TensorValue(value.Type, extents, value.Floats[..count])
            : new TensorValue(value.Type, extents, value.Integers[..count]);
    }

    private Attributes Resized(Attributes attributes) => resize.From == 0 ? attributes : attributes switch
    {
        ConstantAttributes constant => ResizedConstant(constant),
        IotaAttributes iota => iota with { Type = Resized(iota.Type) },
        RandomAttributes draw => draw with { Shape = Resized(draw.Shape) },
        ShapeAttributes shape => new ShapeAttributes(Resized(shape.Shape)),
        SliceAttributes slice => slice with { Shape = Resized(slice.Shape) },
        CheckIndexAttributes check => check with { Extent = Resized(check.Extent) },
        ScatterAttributes scatter => scatter with { Extent = Resized(scatter.Extent) },
        WindowAttributes window => Resized(window),
        FoldAttributes fold => new FoldAttributes(Resized(fold.Window), fold.Size.Select(Resized).ToArray()),
        PoolAttributes pool => pool with { Window = Resized(pool.Window) },
        _ => attributes,
    };

    // Indices are taken modulo an extent that is a constant, so such a constant shrinks along.
    private ConstantAttributes ResizedConstant(ConstantAttributes constant)
    {
        TensorType type = Resized(constant.Type);
        bool isExtent = constant.IsSplat && type.Type.IsInteger() && constant.Bits[0] == resize.From;
        int count = constant.IsSplat ? 1 : (int)type.Shape.ElementCount.Value;
        long[] bits = isExtent ? [resize.To] : constant.Bits.ToArray()[..count];
        return new ConstantAttributes(type, bits);
    }

    private WindowAttributes Resized(WindowAttributes window) =>
        window with { Kernel = window.Kernel.Select(Resized).ToArray() };

    private TensorType Resized(TensorType type) => type with { Shape = Resized(type.Shape) };

    private Shape Resized(Shape shape) => new(shape.Select(Resized));

    private Dimension Resized(Dimension extent) => extent.IsStatic ? Resized(extent.Value) : extent;

    private long Resized(long extent) => extent == resize.From ? resize.To : extent;
}
