namespace Sinter.Runtime.Cuda;

/// <summary>Compiled kernels: machine code, or PTX that the driver compiles when it is loaded.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Bytes">The bytes that the driver loads; PTX ends with a zero byte.</param>
/// <param name="Architecture">What it was compiled for, such as <c>sm_90</c>.</param>
public sealed record CudaImage(string Name, byte[] Bytes, string Architecture);
