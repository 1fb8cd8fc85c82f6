namespace Sinter;

/// <summary>
/// How the settings of each record are read from text: one row a record, fields in the order in which they print.
/// </summary>
internal static class AttributeReaders
{
    private static readonly Dictionary<Type, Func<TextCursor, Attributes>> Rows = new()
    {
        [typeof(NoAttributes)] = _ => NoAttributes.Instance,
        [typeof(InputAttributes)] = t => new InputAttributes(t.Text("name"), Type(t)),
        [typeof(ParameterAttributes)] = State,
        [typeof(ConstantAttributes)] = Constant,
        [typeof(IotaAttributes)] = t => new IotaAttributes(Type(t), t.Integer("axis")),
        [typeof(RandomAttributes)] = t => new RandomAttributes(t.Shape("shape"), t.Long("stream")),
        [typeof(CastAttributes)] = t => new CastAttributes(t.ElementType("type")),
        [typeof(CheckIndexAttributes)] = t => new CheckIndexAttributes(t.Size("extent"), t.Text("what")),
        [typeof(ShapeAttributes)] = t => new ShapeAttributes(t.Shape("shape")),
        [typeof(PermuteAttributes)] = t => new PermuteAttributes(t.Integers("order")),
        [typeof(SliceAttributes)] = t => new SliceAttributes(t.Sizes("starts"), t.Shape("shape"), t.Longs("steps")),
        [typeof(PadAttributes)] = t => new PadAttributes(
            t.Sizes("low"), t.Sizes("high"), t.Longs("interior"), t.Long("value")),
        [typeof(AxisAttributes)] = t => new AxisAttributes(t.Integer("axis")),
        [typeof(ScatterAttributes)] = t => new ScatterAttributes(t.Integer("axis"), t.Size("extent")),
        [typeof(NonZeroAttributes)] = t => new NonZeroAttributes(t.Size("size")),
        [typeof(SetSizeAttributes)] = t => new SetSizeAttributes(Symbol(t), t.Size("bound"), t.Text("what")),
        [typeof(ReduceAttributes)] = t => new ReduceAttributes(t.Integers("axes")),
        [typeof(WindowAttributes)] = Window,
        [typeof(FoldAttributes)] = t => new FoldAttributes(Window(t), t.Sizes("size")),
        [typeof(ConvolutionAttributes)] = t => new ConvolutionAttributes(
            t.Longs("stride"), t.Sizes("low"), t.Sizes("high"), t.Longs("dilation"), t.Integer("groups")),
        [typeof(PoolAttributes)] = t => new PoolAttributes(Window(t), t.Sizes("low"), t.Sizes("high")),
        [typeof(ResultAttributes)] = t => new ResultAttributes(t.Integer("index")),
        [typeof(ContractionAttributes)] = t => new ContractionAttributes(
            t.Integers("left_batch"), t.Integers("right_batch"),
            t.Integers("left_contracted"), t.Integers("right_contracted")),
    };

    /// <summary>Reads the settings of an operation.</summary>
    /// <exception cref="GraphException">The text is something else.</exception>
    public static Attributes Read(OpRow row, TextCursor text) => Rows.TryGetValue(row.Attributes, out var read)
        ? read(text)
        : throw new GraphException($"the settings of {row.Name} cannot be read");

    /// <summary>Reads the settings of a scan.</summary>
    /// <param name="text">Where they stand.</param>
    /// <param name="body">The body of a number.</param>
    public static ScanAttributes Scan(TextCursor text, Func<long, Body> body)
    {
        Shape length = text.Shape("length");
        if (length.Rank != 1)
        {
            throw text.ErrorBefore("the length of a scan is one extent");
        }

        int carried = text.Integer("carried");
        int sequences = text.Integer("sequences");
        return new ScanAttributes(length[0], carried, sequences, text.Flag("reversed"), body(text.Long("body")));
    }

    /// <summary>Reads the settings of branches.</summary>
    /// <param name="text">Where they stand.</param>
    /// <param name="body">The body of a number.</param>
    public static CondAttributes Cond(TextCursor text, Func<long, Body> body)
    {
        Body then = body(text.Long("then"));
        return new CondAttributes(then, body(text.Long("otherwise")));
    }

    private static TensorType Type(TextCursor text) => new(text.ElementType("type"), text.Shape("shape"));

    // Until there were kinds, text said at the end whether state is trained.
    private static ParameterAttributes State(TextCursor text)
    {
        string name = text.Text("name");
        TensorType type = Type(text);
        StateKind? kind = text.Has("kind") ? Kind(text) : null;
        var initializer = Initializer.Parse(text.Text(ParameterAttributes.Initial));
        kind ??= text.Flag("trainable") ? StateKind.Parameter
            : name == "random.state" ? StateKind.Random : StateKind.Optimizer;
        return new ParameterAttributes(new Parameter(name, type, initializer, kind.Value));
    }

    private static Symbol Symbol(TextCursor text)
    {
        Dimension size = text.Size("symbol");
        Symbol[] symbols = [.. size.Symbols.Take(2)];
        return symbols.Length == 1 && size == symbols[0] ? symbols[0] : throw text.ErrorBefore("expected a symbol");
    }

    private static StateKind Kind(TextCursor text)
    {
        string name = text.Text("kind");
        return StateKinds.Parse(name) ?? throw text.ErrorBefore($"'{name}' is no kind of state");
    }

    private static WindowAttributes Window(TextCursor text) =>
        new(text.Sizes("kernel"), text.Longs("stride"), text.Longs("dilation"));

    private static ConstantAttributes Constant(TextCursor text)
    {
        TensorType type = Type(text);
        return new ConstantAttributes(type, ConstantText.Decode(type.Type, text.Text("bits")));
    }
}
