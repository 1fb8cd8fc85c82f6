using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>The part of a product that a block of threads computes, and each thread's part of it.</summary>
/// <param name="Height">Rows of the block.</param>
/// <param name="Width">Columns of the block.</param>
/// <param name="Rows">Rows of a thread.</param>
/// <param name="Columns">Columns of a thread.</param>
internal sealed record BlockTile(int Height, int Width, int Rows, int Columns)
{
    // Larger tiles read their operands less often; the measure is what share of multiply-adds they allow.
    private static readonly (BlockTile Tile, double Efficiency)[] Candidates =
    [
        (new(128, 128, 8, 8), 1), (new(128, 64, 8, 4), 0.9), (new(64, 128, 4, 8), 0.9), (new(64, 64, 4, 4), 0.8),
        (new(32, 64, 2, 4), 0.6), (new(64, 32, 4, 2), 0.6), (new(32, 32, 2, 2), 0.45), (new(16, 64, 1, 4), 0.4),
        (new(64, 16, 4, 1), 0.4), (new(16, 32, 1, 2), 0.33), (new(32, 16, 2, 1), 0.33), (new(16, 16, 1, 1), 0.25),
    ];

    /// <summary>Threads of the block.</summary>
    public int Threads => Height / Rows * (Width / Columns);

    /// <summary>The tile with the smallest estimated time: what lies over the edge is computed in vain, and
    /// processors without a block wait.</summary>
    public static BlockTile Choose(ProductShape shape, BlockFacts blocks) =>
        Candidates.OrderBy(candidate => candidate.Tile.Time(shape, blocks) / candidate.Efficiency).First().Tile;

    private double Time(ProductShape shape, BlockFacts blocks)
    {
        double rows = Math.Ceiling(ProductShape.Size(shape.Rows) / Height);
        double columns = Math.Ceiling(ProductShape.Size(shape.Lanes) / Width);
        double waves = Math.Ceiling(rows * columns * ProductShape.Size(shape.Batch) / blocks.Processors);
        return waves * Height * Width;
    }
}
