using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

// The threads of a warp hold a matrix together. Thread t has, of a square of 8 rows and 4 words, word t % 4 of row
// t / 4. A word is one TF32 number or two of 16 bits. A left operand is 16 rows of 8 words: the squares above and below
// for the first 4 words, then for the others. A right operand is 8 columns of 8 words: two squares. Sums are 16 rows of
// 8 numbers, of which a thread has two neighbours in row t / 4 and two in the row 8 below.

/// <summary>Numbers of single precision rounded and packed into a word, for products of matrices.</summary>
/// <param name="precision">What they are rounded to.</param>
/// <param name="values">One for TF32; otherwise two, the lower half first.</param>
public sealed class Rounded(ProductPrecision precision, params Value[] values) : Value(DType.U32, 1)
{
    /// <summary>What the numbers are rounded to.</summary>
    public ProductPrecision Precision { get; } = precision;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => values;

    /// <summary>How many numbers a word holds.</summary>
    public static int InWord(ProductPrecision precision) => precision == ProductPrecision.Tf32 ? 1 : 2;

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Rounded(Precision, [.. operands]);
}

/// <summary>A row of registers loaded with squares of 8 rows and 4 words, one in each register, by a warp together:
/// thread 8 s + r names the place of row r of square s.</summary>
/// <param name="registers">The registers: as wide as there are squares, two or four.</param>
/// <param name="row">The row loaded.</param>
/// <param name="buffer">Memory that the threads of the piece share.</param>
/// <param name="index">The place of the thread's row there, a multiple of 4; of no meaning for threads beyond the last
/// square.</param>
public sealed class LoadSquares(Registers registers, Index row, Buffer buffer, Index index) : Statement
{
    /// <summary>The registers.</summary>
    public Registers Registers { get; } = registers;

    /// <summary>The row loaded.</summary>
    public Index Row { get; } = row;

    /// <summary>The memory read.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>The place of the thread's row.</summary>
    public Index Index { get; } = index;

    /// <inheritdoc/>
    public override Buffer ReadBuffer => Buffer;
}

/// <summary>sums += left * right, by a warp together.</summary>
/// <param name="precision">What words hold.</param>
/// <param name="sums">16 rows, 8 columns, four numbers of each thread.</param>
/// <param name="left">16 rows of 8 words, four of each thread.</param>
/// <param name="right">8 columns of 8 words, two of each thread.</param>
public sealed class MultiplyMatrices(
    ProductPrecision precision, RegisterRow sums, RegisterRow left, RegisterRow right) : Statement
{
    /// <summary>What words hold.</summary>
    public ProductPrecision Precision { get; } = precision;

    /// <summary>16 rows, 8 columns.</summary>
    public RegisterRow Sums { get; } = sums;

    /// <summary>16 rows of 8 words.</summary>
    public RegisterRow Left { get; } = left;

    /// <summary>8 columns of 8 words.</summary>
    public RegisterRow Right { get; } = right;
}
