using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>How an operand of a product comes through shared memory, stretches of the contracted axes ahead of its
/// use.</summary>
internal interface IStagedOperand
{
    /// <summary>Its tile in shared memory, several stretches of it.</summary>
    Buffer Copy { get; }

    /// <summary>What has to be declared before the first stretch.</summary>
    IEnumerable<Statement> Declare();

    /// <summary>Reads a stretch, or begins to; behind the last contracted element it is zero.</summary>
    /// <param name="step">Which stretch.</param>
    IEnumerable<Statement> Fetch(Index step);

    /// <summary>Stores what has been read.</summary>
    /// <param name="step">Which stretch.</param>
    IEnumerable<Statement> Settle(Index step);
}

/// <summary>An operand whose copy has all elements of one contracted place side by side.</summary>
internal interface IRowOperand : IStagedOperand
{
    /// <summary>Where the elements of a contracted place begin in the copy.</summary>
    /// <param name="step">Which stretch.</param>
    /// <param name="word">The place in the stretch.</param>
    Index Row(Index step, Index word);
}

/// <summary>An operand that warps load as parts of matrices.</summary>
internal interface IWarpOperand : IStagedOperand
{
    /// <summary>Where a thread's own words are; before the first load.</summary>
    /// <param name="first">The first row of the warp in the tile, or column of the right one.</param>
    /// <param name="lane">The thread's number in the warp.</param>
    Let At(Index first, Index lane);

    /// <summary>Loads a part of a matrix for each thread of a warp.</summary>
    /// <param name="part">Where to.</param>
    /// <param name="step">Which stretch.</param>
    /// <param name="offset">The matrix's first row of the warp's, or column of the right one.</param>
    /// <param name="word">Its first word of the stretch.</param>
    IEnumerable<Statement> Load(RegisterRow part, Index step, Index offset, Index word);
}
