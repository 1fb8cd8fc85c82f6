namespace Sinter.Compiler.Kernels;

/// <summary>
/// One launch: pieces that may run in any order and in parallel. Every piece is cut by size, never by the number of
/// threads, so results do not depend on it.
/// </summary>
/// <param name="Name">A readable name: what it computes.</param>
/// <param name="Nodes">The graph nodes it computes, for the header comment and traces.</param>
/// <param name="Piece">The counter of pieces.</param>
/// <param name="Body">What one piece does.</param>
/// <param name="Operations">Arithmetic operations of one run, for reports.</param>
/// <param name="Thread">The counter of the threads that run a piece together; null where one does.</param>
public sealed record Kernel(
    string Name, IReadOnlyList<Node> Nodes, LoopVariable Piece, IReadOnlyList<Statement> Body, long Operations,
    LoopVariable? Thread = null) : Step
{
    /// <summary>The number of pieces.</summary>
    public Dimension Pieces => Piece.Extent;

    /// <summary>The buffers the kernel touches, in order of first use; scratch not included.</summary>
    public override IReadOnlyList<Buffer> Buffers { get; } = BufferUse.Of(Body).Buffers;

    /// <summary>The buffers written.</summary>
    public override IReadOnlyCollection<Buffer> Written { get; } = BufferUse.Of(Body).Written;

    /// <summary>The buffers read.</summary>
    public override IReadOnlyCollection<Buffer> Read { get; } = BufferUse.Of(Body).Read;

    /// <inheritdoc/>
    public override IEnumerable<Kernel> Kernels => [this];
}
