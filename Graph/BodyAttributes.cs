namespace Sinter;

/// <summary>
/// Settings of an operation with bodies, <see cref="Op.Scan"/> or <see cref="Op.Cond"/>: the operation itself is no
/// value, <see cref="Op.Result"/> chooses from what it gives.
/// </summary>
public abstract record BodyAttributes : Attributes
{
    /// <summary>The graphs inside, in order.</summary>
    public abstract IReadOnlyList<Body> Bodies { get; }

    /// <summary>How many values there are to choose from.</summary>
    public abstract int Results { get; }

    /// <summary>The type of one of the values.</summary>
    public abstract TensorType Result(int index);

    /// <summary>The same settings with other bodies, as many.</summary>
    public abstract BodyAttributes With(IReadOnlyList<Body> bodies);
}
