using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>An operand of an exact product that comes through registers: [stretch % copies, contracted, free].
/// </summary>
/// <param name="product">The product.</param>
/// <param name="side">Which operand.</param>
/// <param name="copies">How many stretches are in shared memory at a time.</param>
internal sealed class RowOperand(TiledProduct product, TileSide side, int copies)
    : FetchedOperand(product, side, DType.F32, 1, StagedProduct.Words * Stride(side), copies), IRowOperand
{
    /// <inheritdoc/>
    public Index Row(Index step, Index word) => Begin(step) + Place(0, word);

    /// <inheritdoc/>
    protected override Index Place(Index free, Index word) => (word * Stride(Side)) + free;

    /// <inheritdoc/>
    protected override Value Word(IReadOnlyList<Value> values) => values[0];

    // The distance of rows: threads that store one column use different banks, and rows begin at multiples of four.
    private static int Stride(TileSide side) => side.Size + 4;
}
