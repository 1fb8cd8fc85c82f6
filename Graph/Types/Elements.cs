namespace Sinter;

/// <summary>A marker struct that stands for an element type at compile time: <c>Tensor&lt;F32&gt;</c>.</summary>
public interface IElement
{
    /// <summary>The element type that this marker stands for.</summary>
    DType Type { get; }
}

/// <summary>Truth value.</summary>
public readonly struct Bool : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.Bool;
}

/// <summary>Unsigned 8-bit integer.</summary>
public readonly struct U8 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.U8;
}

/// <summary>Signed 8-bit integer.</summary>
public readonly struct I8 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.I8;
}

/// <summary>Signed 16-bit integer.</summary>
public readonly struct I16 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.I16;
}

/// <summary>Signed 32-bit integer.</summary>
public readonly struct I32 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.I32;
}

/// <summary>Unsigned 32-bit integer.</summary>
public readonly struct U32 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.U32;
}

/// <summary>Signed 64-bit integer.</summary>
public readonly struct I64 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.I64;
}

/// <summary>IEEE half precision: memory holds 16 bits, arithmetic is in single precision.</summary>
public readonly struct F16 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.F16;
}

/// <summary>The upper 16 bits of an IEEE single: memory holds 16 bits, arithmetic is in single precision.</summary>
public readonly struct BF16 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.BF16;
}

/// <summary>IEEE single precision.</summary>
public readonly struct F32 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.F32;
}

/// <summary>IEEE double precision.</summary>
public readonly struct F64 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.F64;
}
