namespace Sinter;

/// <summary>The element types of tensors. Names follow the field: <c>F32</c> is an IEEE single, <c>BF16</c> its upper
/// half.</summary>
public enum DType : byte
{
    /// <summary>Truth value, stored as one byte, 0 or 1.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    U8,
    /// <summary>Signed 8-bit integer.</summary>
    I8,
    /// <summary>Signed 16-bit integer.</summary>
    I16,
    /// <summary>Signed 32-bit integer.</summary>
    I32,
    /// <summary>Unsigned 32-bit integer.</summary>
    U32,
    /// <summary>Signed 64-bit integer.</summary>
    I64,
    /// <summary>IEEE half precision.</summary>
    F16,
    /// <summary>The upper 16 bits of an IEEE single.</summary>
    BF16,
    /// <summary>IEEE single precision.</summary>
    F32,
    /// <summary>IEEE double precision.</summary>
    F64,
}
