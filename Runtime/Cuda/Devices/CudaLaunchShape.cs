namespace Sinter.Runtime.Cuda;

/// <summary>Extents of a grid or a block.</summary>
/// <param name="X">The innermost.</param>
/// <param name="Y">The middle one.</param>
/// <param name="Z">The outermost.</param>
public readonly record struct CudaExtent(int X, int Y = 1, int Z = 1)
{
    /// <summary>The product.</summary>
    public long Count => (long)X * Y * Z;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"({X}, {Y}, {Z})");
}

/// <summary>How a kernel is launched.</summary>
/// <param name="Grid">The blocks.</param>
/// <param name="Block">The threads of each.</param>
/// <param name="SharedBytes">Dynamic shared memory of each block, in bytes.</param>
public readonly record struct CudaLaunchShape(CudaExtent Grid, CudaExtent Block, int SharedBytes = 0)
{
    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"grid {Grid}, block {Block}, {SharedBytes} bytes of dynamic shared memory");
}
