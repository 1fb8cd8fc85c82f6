namespace Sinter.Runtime.Kernels;

/// <summary>Elementary functions of floats by the vector, for generated kernels: one function a file, each for a scalar
/// and for 128, 256 and 512 bits, all of which give the same bits. NaN gives NaN.</summary>
/// <remarks>The polynomials were fitted for this library: weighted least squares, coefficients rounded one by one.
/// Errors are stated in units in the last place of the exact result and were measured on every float (Sin and Cos: up
/// to 100,000; Pow: on samples). The functions are written with fused multiply-add: where a processor lacks it they
/// stay right, but slow.</remarks>
public static partial class VectorMath
{
}
