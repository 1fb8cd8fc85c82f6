using System.Collections;

namespace Sinter;

/// <summary>The extents of a tensor, outermost first. A scalar has the empty shape.</summary>
public sealed class Shape : IReadOnlyList<Dimension>, IEquatable<Shape>
{
    private readonly EquatableArray<Dimension> dimensions;
    private int hash;

    /// <summary>A shape of the given extents.</summary>
    /// <exception cref="GraphException">An extent is negative, or the element count overflows 63 bits.</exception>
    public Shape(params Dimension[] dimensions)
        : this(new EquatableArray<Dimension>((IEnumerable<Dimension>)dimensions.Given()))
    {
    }

    /// <summary>A shape of the given extents.</summary>
    public Shape(IEnumerable<Dimension> dimensions)
        : this(new EquatableArray<Dimension>(dimensions.Given()))
    {
    }

    internal Shape(EquatableArray<Dimension> dimensions)
    {
        this.dimensions = dimensions;
        for (int i = 0; i < dimensions.Count; i++)
        {
            if (dimensions[i].Min < 0)
            {
                string least = dimensions[i].IsStatic
                    ? "" : FormattableString.Invariant($": {dimensions[i]} may be {dimensions[i].Min}");
                throw new GraphException($"shape {this} has a negative extent{least}");
            }
        }

        try
        {
            Dimension product = 1;
            for (int i = 0; i < dimensions.Count; i++)
            {
                product *= dimensions[i];
            }

            ElementCount = product;
            _ = checked(product.Max * sizeof(double));
        }
        catch (Exception error) when (error is OverflowException or GraphException)
        {
            throw new GraphException($"shape {this} has more elements than memory has addresses");
        }
    }

    /// <summary>Reads a shape as it prints, such as <c>[N, (H+1)/2, min(T, 8), 64]</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="symbols">The symbols it may name.</param>
    /// <exception cref="GraphException">The text is something else.</exception>
    public static Shape Parse(string text, IReadOnlyDictionary<string, Symbol> symbols)
    {
        var cursor = new TextCursor(text.Given());
        foreach (Symbol symbol in symbols.Given().Values)
        {
            cursor.Declare(symbol);
        }

        Shape shape = cursor.Shape();
        cursor.EndLine();
        return cursor.IsAtEnd ? shape : throw cursor.Error("expected the end of the shape");
    }

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>The number of extents.</summary>
    public int Rank => dimensions.Count;

    /// <inheritdoc/>
    public int Count => dimensions.Count;

    /// <summary>The product of all extents.</summary>
    public Dimension ElementCount { get; }

    /// <summary>Whether every extent is known now.</summary>
    public bool IsStatic => dimensions.All(d => d.IsStatic);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer axes.</exception>
    public Dimension this[int axis] => (uint)axis < (uint)dimensions.Count
        ? dimensions[axis]
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"{this} has {dimensions.Count} axes");

    /// <summary>Row-major strides in elements.</summary>
    public Dimension[] Strides()
    {
        var strides = new Dimension[Rank];
        Dimension stride = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= dimensions[axis];
        }

        return strides;
    }

    /// <summary>A copy with one extent replaced.</summary>
    public Shape With(int axis, Dimension extent)
    {
        Dimension[] copy = dimensions.ToArray();
        if (axis >= 0 && axis < copy.Length)
        {
            copy[axis] = extent;
        }

        return Of(copy);
    }

    /// <summary>The extents [start, start + count).</summary>
    public Shape Range(int start, int count)
    {
        int from = Math.Max(start, 0);
        var part = new Dimension[Math.Max(Math.Min(count, Rank - from), 0)];
        for (int i = 0; i < part.Length; i++)
        {
            part[i] = dimensions[from + i];
        }

        return Of(part);
    }

    /// <summary>This shape's extents, then the other's.</summary>
    public Shape Concat(Shape other)
    {
        var both = new Dimension[Rank + other.Given().Rank];
        for (int i = 0; i < both.Length; i++)
        {
            both[i] = i < Rank ? dimensions[i] : other[i - Rank];
        }

        return Of(both);
    }

    /// <summary>A shape that takes the array over.</summary>
    internal static Shape Of(Dimension[] dimensions) => new(new EquatableArray<Dimension>(dimensions));

    /// <summary>Turns an axis counted from the end (-1 is the last) into one counted from the front.</summary>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int result = axis < 0 ? axis + Rank : axis;
        return result >= 0 && result < Rank
            ? result
            : throw new GraphException($"axis {axis} is out of range for shape {this}");
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) =>
        ReferenceEquals(this, other) || (other is not null && dimensions == other.dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (hash == 0)
        {
            hash = dimensions.GetHashCode();
        }

        return hash;
    }

    /// <inheritdoc/>
    public IEnumerator<Dimension> GetEnumerator() => dimensions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => "[" + string.Join(", ", dimensions) + "]";
}

/// <summary>Element type and shape of a tensor, printed as <c>f32[N, 10]</c>.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The extents.</param>
public sealed record TensorType(DType Type, Shape Shape)
{
    /// <inheritdoc/>
    public bool Equals(TensorType? other) =>
        ReferenceEquals(this, other) || (other is not null && Type == other.Type && Shape.Equals(other.Shape));

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked(((int)Type * 31) + Shape.GetHashCode());

    /// <inheritdoc/>
    public override string ToString() => Type.Name() + Shape;
}
