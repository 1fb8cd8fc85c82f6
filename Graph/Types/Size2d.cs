namespace Sinter;

/// <summary>Two numbers for the two spatial axes: a kernel, a stride, a dilation. A single integer serves both.</summary>
/// <param name="Height">For the last but one axis.</param>
/// <param name="Width">For the last axis.</param>
public readonly record struct Size2d(int Height, int Width)
{
    /// <summary>The same number for both axes.</summary>
    public static implicit operator Size2d(int both) => new(both, both);

    /// <summary>(height, width).</summary>
    public static implicit operator Size2d((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>1 along both axes: the stride and dilation of a plain window.</summary>
    public static Size2d One => new(1, 1);

    /// <summary>Both numbers as settings of operations hold them.</summary>
    public long[] ToArray() => [Height, Width];

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"({Height}, {Width})");
}

/// <summary>Zeros around the two spatial axes: so many on both sides, or as many as keep the size. The default is none.</summary>
public readonly record struct Padding2d
{
    private readonly Size2d amount;
    private readonly bool isSame;

    private Padding2d(Size2d amount, bool isSame)
    {
        this.amount = amount;
        this.isSame = isSame;
    }

    /// <summary>As many zeros as give the result the size of the input; PyTorch's <c>padding='same'</c>. The stride must be 1.</summary>
    public static Padding2d Same => new(default, isSame: true);

    /// <summary>The same number of zeros on all four sides.</summary>
    public static implicit operator Padding2d(int amount) => new(amount, isSame: false);

    /// <summary>So many zeros above and below, and so many left and right.</summary>
    public static implicit operator Padding2d((int Height, int Width) amount) => new(amount, isSame: false);

    /// <summary>So many zeros above and below, and so many left and right.</summary>
    public static implicit operator Padding2d(Size2d amount) => new(amount, isSame: false);

    /// <summary>Zeros in front of and behind each spatial axis, for a window of the given settings.</summary>
    /// <exception cref="GraphException">The padding is <see cref="Same"/> and the stride is not 1.</exception>
    public (long[] Low, long[] High) Resolve(Size2d kernel, Size2d stride, Size2d dilation)
    {
        if (!isSame)
        {
            return (amount.ToArray(), amount.ToArray());
        }

        if (stride != Size2d.One)
        {
            throw new GraphException($"padding 'same' with the stride {stride}: only stride 1 keeps the size");
        }

        // The odd zero goes behind, as in PyTorch.
        long height = (long)(kernel.Height - 1) * dilation.Height;
        long width = (long)(kernel.Width - 1) * dilation.Width;
        long[] low = [height / 2, width / 2];
        return (low, [height - low[0], width - low[1]]);
    }

    /// <inheritdoc/>
    public override string ToString() => isSame ? "same" : amount.ToString();
}
