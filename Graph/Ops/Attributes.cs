namespace Sinter;

/// <summary>The typed settings of an operation. Records compare by value, which is what interning needs.</summary>
public abstract record Attributes
{
    /// <summary>Names and values for canonical text. Values are int, long, Dimension, string, DType, Shape or
    /// arrays of integers and sizes.</summary>
    public abstract IEnumerable<(string Name, object Value)> Fields { get; }

    /// <summary>The sizes among the settings that the shapes of operands and result need not show.</summary>
    public virtual IReadOnlyList<Dimension> Sizes => [];
}

/// <summary>No settings.</summary>
public sealed record NoAttributes : Attributes
{
    private NoAttributes()
    {
    }

    /// <summary>The only value.</summary>
    public static NoAttributes Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(NoAttributes? other) => other is not null;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [];
}

/// <summary>Settings of <see cref="Op.Input"/>.</summary>
/// <param name="Name">The name under which runs supply the value.</param>
/// <param name="Type">Element type and shape.</param>
public sealed record InputAttributes(string Name, TensorType Type) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("name", Name), ("type", Type.Type), ("shape", Type.Shape)];
}

/// <summary>Settings of <see cref="Op.Parameter"/>; compares by the declaration's identity.</summary>
/// <param name="Declaration">Name, shape and initial values.</param>
public sealed record ParameterAttributes(Parameter Declaration) : Attributes
{
    /// <summary>The name of the field that no kernel depends on.</summary>
    internal const string Initial = "initial";

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
    [
        ("name", Declaration.FullName), ("type", Declaration.Type.Type), ("shape", Declaration.Type.Shape),
        ("kind", Declaration.Kind.Row().Name), (Initial, Declaration.Initializer.ToString()),
    ];
}

/// <summary>Settings of <see cref="Op.Constant"/>.</summary>
/// <param name="Type">Element type and shape.</param>
/// <param name="Bits">
/// One value for every element, or one value for all. Floats as the bits of a double, integers and Bool as themselves.
/// </param>
public sealed record ConstantAttributes(TensorType Type, EquatableArray<long> Bits) : Attributes
{
    /// <summary>Whether one value stands for every element.</summary>
    public bool IsSplat => Bits.Count == 1;

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("type", Type.Type), ("shape", Type.Shape), ("bits", ConstantText.Encode(Type.Type, Bits))];

    /// <summary>The value at a row-major position. Integers beyond 2^53 lose precision here; read <see cref="Bits"/>
    /// for those.</summary>
    public double Value(int position)
    {
        long bits = Bits[IsSplat ? 0 : position];
        return Type.Type.IsFloat() ? BitConverter.Int64BitsToDouble(bits) : bits;
    }
}

/// <summary>Settings of <see cref="Op.Iota"/>.</summary>
/// <param name="Type">Element type and shape.</param>
/// <param name="Axis">The axis counted.</param>
public sealed record IotaAttributes(TensorType Type, int Axis) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("type", Type.Type), ("shape", Type.Shape), ("axis", Axis)];
}

/// <summary>Settings of <see cref="Op.RandomBits"/>.</summary>
/// <param name="Shape">The shape drawn.</param>
/// <param name="Stream">Distinguishes draws of one run; part of the generator's counter.</param>
public sealed record RandomAttributes(Shape Shape, long Stream) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("shape", Shape), ("stream", Stream)];
}

/// <summary>Settings of <see cref="Op.Cast"/>.</summary>
/// <param name="Type">The element type of the result.</param>
public sealed record CastAttributes(DType Type) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("type", Type)];
}

/// <summary>Settings of <see cref="Op.CheckIndex"/>.</summary>
/// <param name="Extent">Valid indices are [0, Extent).</param>
/// <param name="What">What the index chooses, for the error: <c>class</c>, <c>row</c>.</param>
public sealed record CheckIndexAttributes(Dimension Extent, string What) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("extent", Extent), ("what", What)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => [Extent];
}

/// <summary>Settings of <see cref="Op.Reshape"/> and <see cref="Op.Broadcast"/>.</summary>
/// <param name="Shape">The shape of the result.</param>
public sealed record ShapeAttributes(Shape Shape) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("shape", Shape)];
}

/// <summary>Settings of <see cref="Op.Permute"/>.</summary>
/// <param name="Order">Result axis i is operand axis Order[i].</param>
public sealed record PermuteAttributes(EquatableArray<int> Order) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("order", Order)];
}

/// <summary>Settings of <see cref="Op.Slice"/>: element i of the result is element Start + i * Step of the
/// operand.</summary>
/// <param name="Starts">First element taken of each axis.</param>
/// <param name="Shape">The shape of the result.</param>
/// <param name="Steps">Distance of the elements taken; negative walks backwards.</param>
public sealed record SliceAttributes(EquatableArray<Dimension> Starts, Shape Shape, EquatableArray<long> Steps) : Attributes
{
    /// <summary>The same of fixed sizes.</summary>
    public SliceAttributes(IEnumerable<long> starts, Shape shape, EquatableArray<long> steps)
        : this(Dimension.Of(starts), shape, steps)
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("starts", Starts), ("shape", Shape), ("steps", Steps)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => Starts;
}

/// <summary>Settings of <see cref="Op.Pad"/>.</summary>
/// <param name="Low">Elements added in front of each axis.</param>
/// <param name="High">Elements added behind each axis.</param>
/// <param name="Interior">Elements added between neighbours of each axis.</param>
/// <param name="ValueBits">The value added, as in <see cref="ConstantAttributes.Bits"/>.</param>
public sealed record PadAttributes(
    EquatableArray<Dimension> Low, EquatableArray<Dimension> High, EquatableArray<long> Interior, long ValueBits) : Attributes
{
    /// <summary>The same of fixed sizes.</summary>
    public PadAttributes(IEnumerable<long> low, IEnumerable<long> high, EquatableArray<long> interior, long valueBits)
        : this(Dimension.Of(low), Dimension.Of(high), interior, valueBits)
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("low", Low), ("high", High), ("interior", Interior), ("value", ValueBits)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => Low;
}

/// <summary>Settings of an operation along one axis: <see cref="Op.Concat"/>, <see cref="Op.Gather"/>.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
public sealed record AxisAttributes(int Axis) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("axis", Axis)];
}

/// <summary>Settings of <see cref="Op.ScatterAdd"/>.</summary>
/// <param name="Axis">The axis of the result that the indices choose from.</param>
/// <param name="Extent">The extent of that axis.</param>
public sealed record ScatterAttributes(int Axis, Dimension Extent) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("axis", Axis), ("extent", Extent)];
}

/// <summary>Settings of <see cref="Op.NonZero"/>.</summary>
/// <param name="Size">The number of positions.</param>
public sealed record NonZeroAttributes(Dimension Size) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("size", Size)];
}

/// <summary>Settings of <see cref="Op.SetSize"/>.</summary>
/// <param name="Symbol">The symbol that a run sets, from 0 on.</param>
/// <param name="Bound">The largest value that is no error: at most the symbol's.</param>
/// <param name="What">What is counted, for errors.</param>
public sealed record SetSizeAttributes(Symbol Symbol, Dimension Bound, string What) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("symbol", (Dimension)Symbol), ("bound", Bound), ("what", What)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => [Symbol, Bound];
}

/// <summary>Settings of reductions. Reduced axes vanish from the shape.</summary>
/// <param name="Axes">The axes reduced, ascending.</param>
public sealed record ReduceAttributes(EquatableArray<int> Axes) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("axes", Axes)];
}

/// <summary>Settings of <see cref="Op.Window"/>: windows over the last Kernel.Count axes.</summary>
/// <param name="Kernel">Window extents.</param>
/// <param name="Stride">Distance of neighbouring windows.</param>
/// <param name="Dilation">Distance of neighbouring elements of a window.</param>
public sealed record WindowAttributes(
    EquatableArray<Dimension> Kernel, EquatableArray<long> Stride, EquatableArray<long> Dilation) : Attributes
{
    /// <summary>The same of fixed sizes.</summary>
    public WindowAttributes(IEnumerable<long> kernel, EquatableArray<long> stride, EquatableArray<long> dilation)
        : this(Dimension.Of(kernel), stride, dilation)
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("kernel", Kernel), ("stride", Stride), ("dilation", Dilation)];
}

/// <summary>Settings of <see cref="Op.Fold"/>.</summary>
/// <param name="Window">The windows summed.</param>
/// <param name="Size">The spatial extents of the result.</param>
public sealed record FoldAttributes(WindowAttributes Window, EquatableArray<Dimension> Size) : Attributes
{
    /// <summary>The same of fixed sizes.</summary>
    public FoldAttributes(WindowAttributes window, IEnumerable<long> size)
        : this(window, Dimension.Of(size))
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [.. Window.Fields, ("size", Size)];
}

/// <summary>Settings of <see cref="Op.Convolution"/>.</summary>
/// <param name="Stride">Distance of neighbouring windows.</param>
/// <param name="Low">Zeros in front of each spatial axis.</param>
/// <param name="High">Zeros behind each spatial axis.</param>
/// <param name="Dilation">Distance of neighbouring elements of a window.</param>
/// <param name="Groups">Channels are cut into this many independent groups.</param>
public sealed record ConvolutionAttributes(
    EquatableArray<long> Stride, EquatableArray<Dimension> Low, EquatableArray<Dimension> High,
    EquatableArray<long> Dilation, int Groups)
    : Attributes
{
    /// <summary>The same of fixed sizes.</summary>
    public ConvolutionAttributes(
        EquatableArray<long> stride, IEnumerable<long> low, IEnumerable<long> high, EquatableArray<long> dilation,
        int groups)
        : this(stride, Dimension.Of(low), Dimension.Of(high), dilation, groups)
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
        [("stride", Stride), ("low", Low), ("high", High), ("dilation", Dilation), ("groups", Groups)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => [.. Low, .. High];
}

/// <summary>Settings of <see cref="Op.MaxPool"/>.</summary>
/// <param name="Window">The windows.</param>
/// <param name="Low">Elements of minus infinity in front of each spatial axis.</param>
/// <param name="High">Elements of minus infinity behind each spatial axis.</param>
public sealed record PoolAttributes(
    WindowAttributes Window, EquatableArray<Dimension> Low, EquatableArray<Dimension> High) : Attributes
{
    /// <summary>The same of fixed sizes.</summary>
    public PoolAttributes(WindowAttributes window, IEnumerable<long> low, IEnumerable<long> high)
        : this(window, Dimension.Of(low), Dimension.Of(high))
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [.. Window.Fields, ("low", Low), ("high", High)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => [.. Window.Kernel, .. Low, .. High];
}

/// <summary>
/// Settings of <see cref="Op.Contraction"/>. The result has the batch axes, then the left operand's free axes, then
/// the right's.
/// </summary>
/// <param name="LeftBatch">Batch axes of the left operand.</param>
/// <param name="RightBatch">The right operand's axes paired with them.</param>
/// <param name="LeftContracted">Axes of the left operand that are summed.</param>
/// <param name="RightContracted">The right operand's axes paired with them.</param>
public sealed record ContractionAttributes(
    EquatableArray<int> LeftBatch,
    EquatableArray<int> RightBatch,
    EquatableArray<int> LeftContracted,
    EquatableArray<int> RightContracted) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
    [
        ("left_batch", LeftBatch), ("right_batch", RightBatch),
        ("left_contracted", LeftContracted), ("right_contracted", RightContracted),
    ];

    /// <summary>The axes of an operand of the given rank that are neither batch nor contracted, ascending.</summary>
    public static int[] FreeAxes(int rank, EquatableArray<int> batch, EquatableArray<int> contracted) =>
        AxisList.Except(rank, batch, contracted);
}
