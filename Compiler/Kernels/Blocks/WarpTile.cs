using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>The part of a product that a block of warps computes, and each warp's part of it.</summary>
/// <param name="Height">Rows of the block.</param>
/// <param name="Width">Columns of the block.</param>
/// <param name="WarpHeight">Rows of a warp, a multiple of 16.</param>
/// <param name="WarpWidth">Columns of a warp, a multiple of 8.</param>
internal sealed record WarpTile(int Height, int Width, int WarpHeight, int WarpWidth)
{
    /// <summary>Threads of a warp.</summary>
    public const int Warp = 32;

    // With less than so many rows, columns or contracted elements most of a matrix is empty.
    private const double Least = 8;

    // Larger tiles read their operands less often.
    private static readonly (WarpTile Tile, double Efficiency)[] Candidates =
    [
        (new(128, 128, 64, 32), 1), (new(128, 64, 32, 32), 0.8), (new(64, 128, 32, 32), 0.8),
        (new(64, 64, 32, 32), 0.65), (new(32, 64, 16, 32), 0.45), (new(64, 32, 32, 16), 0.45),
        (new(32, 32, 16, 16), 0.3),
    ];

    // So many sums leave no registers for operands on their way, and no room for a second block.
    private static readonly (WarpTile Tile, double Efficiency)[] CandidatesOfCopied =
        [(new(128, 256, 64, 64), 1.3), .. Candidates];

    /// <summary>Warps side by side.</summary>
    public int Across => Width / WarpWidth;

    /// <summary>Threads of the block.</summary>
    public int Threads => Height / WarpHeight * Across * Warp;

    /// <summary>The tile with the smallest estimated time, or null where the product is too small.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="blocks">The processor.</param>
    /// <param name="areCopied">Whether both operands go past the registers on their way to shared memory.</param>
    public static WarpTile? Choose(ProductShape shape, BlockFacts blocks, bool areCopied = false)
    {
        double rows = ProductShape.Size(shape.Rows);
        double columns = ProductShape.Size(shape.Lanes);
        bool tiny = rows < Least || columns < Least || ProductShape.Size(shape.Contracted) < Least;
        return tiny || blocks.Warp != Warp
            ? null
            : (areCopied ? CandidatesOfCopied : Candidates)
                .OrderBy(candidate => candidate.Tile.Time(shape, blocks) / candidate.Efficiency).First().Tile;
    }

    private double Time(ProductShape shape, BlockFacts blocks)
    {
        double rows = Math.Ceiling(ProductShape.Size(shape.Rows) / Height);
        double columns = Math.Ceiling(ProductShape.Size(shape.Lanes) / Width);
        double waves = Math.Ceiling(rows * columns * ProductShape.Size(shape.Batch) / blocks.Processors);
        return waves * Height * Width;
    }
}
