namespace Sinter.Runtime.Cuda;

/// <summary>A version of CUDA.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second number.</param>
public readonly record struct CudaVersion(int Major, int Minor) : IComparable<CudaVersion>
{
    /// <inheritdoc/>
    public int CompareTo(CudaVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}");

    /// <summary>Whether <paramref name="a"/> is older.</summary>
    public static bool operator <(CudaVersion a, CudaVersion b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> is newer.</summary>
    public static bool operator >(CudaVersion a, CudaVersion b) => a.CompareTo(b) > 0;

    /// <summary>Whether <paramref name="a"/> is not newer.</summary>
    public static bool operator <=(CudaVersion a, CudaVersion b) => a.CompareTo(b) <= 0;

    /// <summary>Whether <paramref name="a"/> is not older.</summary>
    public static bool operator >=(CudaVersion a, CudaVersion b) => a.CompareTo(b) >= 0;

    // The driver writes 12.4 as 12040.
    internal static CudaVersion Parse(int number) => new(number / 1000, number % 1000 / 10);
}
