namespace Sinter.Runtime.Kernels;

/// <summary>What generated kernels need beside the vector types, for lanes of four bytes of any type: loads and stores
/// of the rest of a row, loads at the border of an array, and horizontal reductions in a fixed order.</summary>
public static unsafe partial class Lanes
{
}
