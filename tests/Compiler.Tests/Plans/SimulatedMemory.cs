using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>
/// The memory of a plan without its contents: for each byte, which buffer was written there last and by which piece. A
/// read through another buffer, or of what another piece of the same launch wrote, finds nothing that can be relied
/// on.
/// </summary>
internal sealed class SimulatedMemory(Plan plan, Func<Symbol, long> symbols)
{
    // Bytes behind a buffer that vector loads may touch.
    private const int Slack = 256;

    private readonly Dictionary<(Space, long), Owner[]> parameters = [];
    private readonly Owner[] arena = new Owner[plan.ArenaBytes];
    private readonly Dictionary<Buffer, bool[]> scratch = [];
    private readonly HashSet<Buffer> parts =
    [
        .. plan.Kernels.Where(kernel => kernel.Nodes.Any(node => node.Op == Op.UpdateRows))
            .SelectMany(kernel => kernel.Written)
            .Concat(plan.Run.SelectMany(step => step.WithInner).OfType<Branch>().SelectMany(branch => branch.Results))
            .Where(b => plan.Placements[b].Space == Space.Parameter),
    ];

    // Where the memory that moves with loops is now: a buffer that does not, and an element of it.
    private readonly Dictionary<Buffer, (Buffer Buffer, long Element)> moved = [];

    private readonly record struct Owner(Buffer? Buffer, int Launch, long Piece);

    /// <summary>The launch and piece that run.</summary>
    public (int Launch, long Piece) Now { get; set; }

    /// <summary>Marks a buffer as filled before the first launch.</summary>
    public void Fill(Buffer buffer)
    {
        Now = (-1, 0);
        for (long i = 0; i < Size(buffer); i++)
        {
            Write(buffer, i, isSettled: true);
        }
    }

    /// <summary>Moves a loop's memory to where an iteration finds it.</summary>
    public void Enter(Loop loop, long iteration, long count)
    {
        foreach (Previous move in loop.Moves.OfType<Previous>())
        {
            moved[move.Buffer] = iteration == 0 ? At(move.First) : moved[move.Next];
        }

        foreach (Slice move in loop.Moves.OfType<Slice>())
        {
            var (buffer, start) = At(move.Of);
            long position = move.IsReversed ? count - 1 - iteration : iteration;
            moved[move.Buffer] = (buffer, start + (position * Size(move.Buffer)));
        }

        foreach (Turns move in loop.Moves.OfType<Turns>())
        {
            bool isLast = iteration == count - 1 && move.Last is not null;
            moved[move.Buffer] = At(isLast ? move.Last! : iteration % 2 == 0 ? move.Even : move.Odd);
        }
    }

    /// <summary>Takes from buffers what they hold: an iteration must not rely on the one before.</summary>
    public void Forget(IEnumerable<Buffer> buffers)
    {
        foreach (Buffer buffer in buffers)
        {
            var (memory, start) = Place(buffer);
            memory.AsSpan((int)start, (int)(Size(buffer) * DTypes.SizeOf(buffer.Type))).Clear();
        }
    }

    private (Buffer Buffer, long Element) At(Buffer buffer) => moved.TryGetValue(buffer, out var place) ? place : (buffer, 0);

    public void Declare(Buffer local) => scratch[local] = new bool[local.Size.Evaluate(symbols)];

    /// <summary>Whether an element holds what the buffer is meant to hold.</summary>
    public bool Read(Buffer buffer, long element)
    {
        int width = DTypes.SizeOf(buffer.Type);
        long size = Size(buffer);
        Assert.True(element >= 0 && element < size + (Slack / width), $"{buffer} is read at {element} of {size}");
        if (element >= size)
        {
            return false;
        }

        if (scratch.TryGetValue(buffer, out bool[]? written))
        {
            return written[element];
        }

        (buffer, long first) = At(buffer);
        element += first;
        var (memory, start) = Place(buffer);
        for (long i = 0; i < width; i++)
        {
            Owner owner = memory[start + (element * width) + i];
            bool settled = owner.Launch < Now.Launch || owner.Piece == Now.Piece;
            if (!(owner.Buffer == buffer || IsPart(owner, buffer)) || !settled)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes an element; scratch may hold lanes that nobody will store, other memory may not.</summary>
    public void Write(Buffer buffer, long element, bool isSettled)
    {
        long size = Size(buffer);
        Assert.True(element >= 0 && element < size, $"{buffer} is written at {element} of {size}");
        if (scratch.TryGetValue(buffer, out bool[]? written))
        {
            written[element] = isSettled;
            return;
        }

        Assert.True(isSettled, $"what is written to {buffer} at {element} is not settled");

        int width = DTypes.SizeOf(buffer.Type);
        (buffer, long first) = At(buffer);
        element += first;
        var (memory, start) = Place(buffer);
        memory.AsSpan((int)(start + (element * width)), width).Fill(new Owner(buffer, Now.Launch, Now.Piece));
    }

    // Of state that is changed in part, or in one of two branches, the rest is what it was.
    private bool IsPart(Owner owner, Buffer buffer) => owner.Launch < 0 && parts.Contains(buffer);

    private long Size(Buffer buffer) => buffer.Size.Evaluate(symbols);

    private (Owner[] Memory, long Start) Place(Buffer buffer)
    {
        Placement place = plan.Placements[buffer];
        if (place.Space == Space.Arena)
        {
            return (arena, place.Offset);
        }

        if (!parameters.TryGetValue((place.Space, place.Offset), out Owner[]? memory))
        {
            memory = new Owner[Size(buffer) * DTypes.SizeOf(buffer.Type)];
            parameters.Add((place.Space, place.Offset), memory);
        }

        return (memory, 0);
    }
}
