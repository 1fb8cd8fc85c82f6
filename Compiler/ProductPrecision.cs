namespace Sinter.Compiler;

/// <summary>What the operands of matrix products are rounded to before they are multiplied. Sums are of single
/// precision in any case.</summary>
public enum ProductPrecision
{
    /// <summary>Nothing: single precision, 24 bits of significand.</summary>
    Exact,

    /// <summary>TF32: 11 bits, with the range of single precision.</summary>
    Tf32,

    /// <summary>Bfloat16: 8 bits, with the range of single precision.</summary>
    Bf16,

    /// <summary>Half precision: 11 bits; numbers from 65520 on become infinite, those below 6e-8 vanish.</summary>
    F16,
}
