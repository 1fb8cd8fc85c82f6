using System.Collections;

namespace Sinter;

/// <summary>The extents of a tensor, outermost first. A scalar has the empty shape.</summary>
public sealed class Shape : IReadOnlyList<Dimension>, IEquatable<Shape>
{
    private readonly EquatableArray<Dimension> dimensions;

    /// <summary>A shape of the given extents.</summary>
    /// <exception cref="GraphException">An extent is negative, or the element count overflows 63 bits.</exception>
    public Shape(params Dimension[] dimensions)
    {
        this.dimensions = new((IEnumerable<Dimension>)dimensions);
        foreach (Dimension dimension in dimensions)
        {
            if (dimension.Coefficient < 0)
            {
                throw new GraphException($"shape {this} has a negative extent");
            }
        }

        try
        {
            ElementCount = dimensions.Aggregate((Dimension)1, (product, d) => product * d);
            _ = checked(ElementCount.Max * sizeof(double));
        }
        catch (OverflowException)
        {
            throw new GraphException($"shape {this} has more elements than memory has addresses");
        }
    }

    /// <summary>A shape of the given extents.</summary>
    public Shape(IEnumerable<Dimension> dimensions)
        : this(dimensions.ToArray())
    {
    }

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar => new();

    /// <summary>The number of extents.</summary>
    public int Rank => dimensions.Count;

    /// <inheritdoc/>
    public int Count => dimensions.Count;

    /// <summary>The product of all extents.</summary>
    public Dimension ElementCount { get; }

    /// <summary>Whether every extent is known now.</summary>
    public bool IsStatic => dimensions.All(d => d.IsStatic);

    /// <inheritdoc/>
    public Dimension this[int axis] => dimensions[axis];

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
    public Shape With(int axis, Dimension extent) => new(dimensions.Select((d, i) => i == axis ? extent : d));

    /// <summary>The extents [start, start + count).</summary>
    public Shape Range(int start, int count) => new(dimensions.Skip(start).Take(count));

    /// <summary>This shape's extents, then the other's.</summary>
    public Shape Concat(Shape other) => new(Enumerable.Concat(dimensions, other.dimensions));

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
    public bool Equals(Shape? other) => other is not null && dimensions == other.dimensions;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => dimensions.GetHashCode();

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
    public override string ToString() => Type.Name() + Shape;
}
