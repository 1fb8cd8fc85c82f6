namespace Sinter;

/// <summary>Every operation of a graph, grouped by kind. <see cref="OpTable"/> has one row of facts for each.</summary>
public enum Op
{
    // Leaves.
    /// <summary>A value given at each run.</summary>
    Input,
    /// <summary>A trained parameter or another piece of state; lives between runs.</summary>
    Parameter,
    /// <summary>A constant: one value for all elements, or one for each.</summary>
    Constant,
    /// <summary>The position along one axis: 0, 1, 2, …</summary>
    Iota,
    /// <summary>Uniform random 32-bit words from a counter-based generator (Philox4x32-10) keyed by the
    /// input.</summary>
    RandomBits,

    // Elementwise, one operand.
    /// <summary>-x</summary>
    Negate,
    /// <summary>|x|</summary>
    Abs,
    /// <summary>-1, 0 or 1; 0 for NaN.</summary>
    Sign,
    /// <summary>e^x</summary>
    Exp,
    /// <summary>e^x - 1, accurate near 0</summary>
    Expm1,
    /// <summary>Natural logarithm.</summary>
    Log,
    /// <summary>log(1 + x), accurate near 0</summary>
    Log1p,
    /// <summary>Square root.</summary>
    Sqrt,
    /// <summary>1 / sqrt(x)</summary>
    Rsqrt,
    /// <summary>1 / x</summary>
    Reciprocal,
    /// <summary>Sine.</summary>
    Sin,
    /// <summary>Cosine.</summary>
    Cos,
    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
    /// <summary>1 / (1 + e^-x)</summary>
    Sigmoid,
    /// <summary>The error function.</summary>
    Erf,
    /// <summary>Round towards minus infinity.</summary>
    Floor,
    /// <summary>Round towards plus infinity.</summary>
    Ceil,
    /// <summary>Round to nearest, ties to even.</summary>
    Round,
    /// <summary>Round towards zero.</summary>
    Truncate,
    /// <summary>Logical (Bool) or bitwise (integers) complement.</summary>
    Not,
    /// <summary>Conversion to another type: floats become the integer towards zero, the nearest there is where they are
    /// too large, and 0 where they are NaN; integers keep their low bits (wrap); Bool is whether x is not 0.</summary>
    Cast,
    /// <summary>An index, unchanged, but the run fails with a named error where it is outside [0, extent).</summary>
    CheckIndex,
    /// <summary>x forward, nothing backward.</summary>
    StopGradient,

    // Elementwise, two operands of the same type and shape.
    /// <summary>a + b</summary>
    Add,
    /// <summary>a - b</summary>
    Subtract,
    /// <summary>a * b</summary>
    Multiply,
    /// <summary>a / b (integers truncate; division of an integer by zero gives 0, of the smallest by -1
    /// itself)</summary>
    Divide,
    /// <summary>Remainder with the sign of the divisor, as in Python and PyTorch; of integers by zero, 0.</summary>
    Remainder,
    /// <summary>a ^ b</summary>
    Power,
    /// <summary>The larger; NaN if either is; of two zeros the first.</summary>
    Maximum,
    /// <summary>The smaller; NaN if either is; of two zeros the first.</summary>
    Minimum,
    /// <summary>Logical or bitwise and.</summary>
    And,
    /// <summary>Logical or bitwise or.</summary>
    Or,
    /// <summary>Logical or bitwise exclusive or.</summary>
    Xor,
    /// <summary>a &lt;&lt; b; counts are taken modulo 32, for I64 modulo 64.</summary>
    ShiftLeft,
    /// <summary>a &gt;&gt; b (arithmetic for signed types); counts are taken modulo 32, for I64 modulo 64.</summary>
    ShiftRight,
    /// <summary>a == b</summary>
    Equal,
    /// <summary>a != b</summary>
    NotEqual,
    /// <summary>a &lt; b</summary>
    Less,
    /// <summary>a &lt;= b</summary>
    LessEqual,
    /// <summary>a &gt; b</summary>
    Greater,
    /// <summary>a &gt;= b</summary>
    GreaterEqual,

    // Elementwise, three operands.
    /// <summary>condition ? a : b</summary>
    Where,

    // Movement: each only rewrites indices.
    /// <summary>The same elements in row-major order under another shape.</summary>
    Reshape,
    /// <summary>Axes reordered.</summary>
    Permute,
    /// <summary>Axes of extent 1 repeated.</summary>
    Broadcast,
    /// <summary>A strided range of each axis; negative steps flip.</summary>
    Slice,
    /// <summary>A constant added at the edges and between elements.</summary>
    Pad,
    /// <summary>Operands one after another along an axis.</summary>
    Concat,
    /// <summary>Sliding windows of the last axes: [..., S] → [..., O, K].</summary>
    Window,

    // Reductions.
    /// <summary>Sum over axes; 0 of nothing.</summary>
    Sum,
    /// <summary>Product over axes; 1 of nothing.</summary>
    Product,
    /// <summary>Largest over axes; NaN if any is; of nothing, minus infinity or the smallest integer.</summary>
    Max,
    /// <summary>Smallest over axes; NaN if any is; of nothing, infinity or the largest integer.</summary>
    Min,
    /// <summary>Position of the first largest element along one axis (I32); a NaN counts as the largest.</summary>
    ArgMax,
    /// <summary>Position of the first smallest element along one axis (I32); a NaN counts as the smallest.</summary>
    ArgMin,
    /// <summary>Sums overlapping windows back: the transpose of <see cref="Window"/>.</summary>
    Fold,

    // Products.
    /// <summary>Sum of products over any pairs of axes, with batch axes.</summary>
    Contraction,
    /// <summary>Cross-correlation with stride, padding, dilation and groups.</summary>
    Convolution,
    /// <summary>Largest element of each sliding window; the gradient goes to the first in row-major order.</summary>
    MaxPool,

    // Indexing by data.
    /// <summary>Slices of the first operand along an axis, chosen by the indices of the second.</summary>
    Gather,
    /// <summary>Zeros, to which slices are added along an axis at the given indices: the transpose of <see
    /// cref="Gather"/>.</summary>
    ScatterAdd,
    /// <summary>The first operand with the slices of the second in place of those along an axis that the indices of the
    /// third choose. Where an index comes twice, the later slice stays; gradients count on indices that
    /// differ.</summary>
    UpdateRows,
    /// <summary>The positions of true elements of a vector, in order: as many as the setting says, 0 where there are
    /// fewer.</summary>
    NonZero,
    /// <summary>A count from data, unchanged. A symbol has its value in all that names the symbol; the run fails with a
    /// named error where it is negative or beyond the bound.</summary>
    SetSize,

    // Bodies.
    /// <summary>A loop: a body, done for each slice of sequences, carries values from one iteration to the next. Its
    /// value is nothing; <see cref="Result"/> chooses from what it gives.</summary>
    Scan,
    /// <summary>Branches: of two bodies, the first is done where a truth value holds, else the second. The value is
    /// nothing, as a loop's.</summary>
    Cond,
    /// <summary>One of the results of an operation with a body.</summary>
    Result,
}
