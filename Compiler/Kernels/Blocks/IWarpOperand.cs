namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>How an operand of a product of matrices comes through shared memory, stretches ahead of its use.</summary>
internal interface IWarpOperand
{
    /// <summary>Its tile in shared memory, several stretches of it.</summary>
    Buffer Copy { get; }

    /// <summary>What has to be declared before the first stretch.</summary>
    /// <param name="first">The first row of the warp in the tile, or column of the right one.</param>
    /// <param name="lane">The thread's number in the warp.</param>
    IEnumerable<Statement> Declare(Index first, Index lane);

    /// <summary>Reads a stretch, or begins to; behind the last contracted element it is zero.</summary>
    /// <param name="step">Which stretch.</param>
    IEnumerable<Statement> Fetch(Index step);

    /// <summary>Stores what has been read.</summary>
    /// <param name="step">Which stretch.</param>
    IEnumerable<Statement> Settle(Index step);

    /// <summary>Loads a part of a matrix for each thread of a warp.</summary>
    /// <param name="part">Where to.</param>
    /// <param name="step">Which stretch.</param>
    /// <param name="offset">The matrix's first row of the warp's, or column of the right one.</param>
    /// <param name="word">Its first word of the stretch.</param>
    IEnumerable<Statement> Load(RegisterRow part, Index step, Index offset, Index word);
}
