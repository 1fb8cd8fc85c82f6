using Sinter.Compiler.Values;

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
    /// <summary>The kernel whose text this launch runs: itself, or one alike whose statements name other
    /// buffers.</summary>
    public Kernel Code => Alike ?? this;

    /// <summary>Whether it writes what it reads, element for element, and nothing else.</summary>
    public bool IsCopy { get; init; }

    /// <summary>The number of pieces.</summary>
    public Dimension Pieces => Piece.Extent;

    /// <summary>What operations grow with: as a rule the pieces.</summary>
    public Dimension Extent { get; init; } = Piece.Extent;

    /// <summary>The buffers the kernel touches, in order of first use; scratch not included. Where the text is another
    /// kernel's, each stands for the one at its position there.</summary>
    public override IReadOnlyList<Buffer> Buffers { get; } = BufferUse.Of(Body).Buffers;

    /// <summary>The buffers written.</summary>
    public override IReadOnlyCollection<Buffer> Written { get; } = BufferUse.Of(Body).Written;

    /// <summary>The buffers read.</summary>
    public override IReadOnlyCollection<Buffer> Read { get; } = BufferUse.Of(Body).Read;

    private Kernel? Alike { get; init; }

    private Kernel(Kernel alike, Func<Buffer, Buffer> place)
        : this(alike)
    {
        Alike = alike.Code;
        Buffers = alike.Buffers.Select(place).ToArray();
        Written = alike.Written.Select(place).ToArray();
        Read = alike.Read.Select(place).ToArray();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The same work on other buffers.</summary>
    /// <param name="place">The buffer in the place of each; different ones stay different.</param>
    public Kernel On(Func<Buffer, Buffer> place) => new(this, place);

    /// <summary>The launch with other statements, which touch the same buffers.</summary>
    /// <param name="rewritten">What becomes of each text: one kernel for one, so that they stay shared.</param>
    public Kernel WithCode(Func<Kernel, Kernel> rewritten)
    {
        Kernel text = rewritten(Code);
        return Alike is null ? text : this with { Body = text.Body, Alike = text };
    }

    /// <inheritdoc/>
    public override Step Map(Func<Kernel, Kernel> map) => map(this);

    /// <summary>The name that the text has for a buffer of this launch.</summary>
    public Buffer InCode(Buffer buffer)
    {
        for (int i = 0; i < Buffers.Count; i++)
        {
            if (Buffers[i] == buffer)
            {
                return Code.Buffers[i];
            }
        }

        throw new ArgumentException($"{Name} does not touch {buffer}");
    }
}
