using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>One operand of a tiled product: its free axes as one, and the tiles along it.</summary>
/// <param name="name">What it is called.</param>
/// <param name="counter">What places along the axis are called.</param>
/// <param name="loops">The free axes.</param>
/// <param name="element">An element.</param>
/// <param name="size">Places of a tile.</param>
internal sealed class TileSide(
    string name, string counter, IReadOnlyList<LoopVariable> loops, Value element, int size)
{
    public string Name { get; } = name;

    public string CounterName { get; } = counter;

    public IReadOnlyList<LoopVariable> Loops { get; } = loops;

    public Value Element { get; } = element;

    public int Size { get; } = size;

    public Dimension Extent { get; } = FlattenedLoops.Extent(loops);

    public Dimension Tiles => Dimension.Ceiling(Extent, Size);

    /// <summary>Which tile the block has.</summary>
    public LoopVariable Tile { get; } = new(counter + "Tile", Dimension.Ceiling(FlattenedLoops.Extent(loops), size));

    /// <summary>A counter along the axis; those over the end read the last element, whose results nobody
    /// stores.</summary>
    public LoopVariable Counter() => new(CounterName, Extent);

    /// <summary>The same before it is limited.</summary>
    public LoopVariable Unlimited() => new(CounterName, Tiles * Size);

    /// <summary>A place of the block's tile along the whole axis.</summary>
    public Index Whole(Index inTile) => ((Index)Tile * Size) + inTile;

    /// <summary>Whether neighbours in memory are neighbours along the contracted axes.</summary>
    public bool RunsAlong(IReadOnlyList<LoopVariable> contracted) => contracted.Count > 0
        && Memory(Element).CoefficientOf(contracted[contracted.Count - 1]) == 1
        && Memory(Element).CoefficientOf(Loops[Loops.Count - 1]) != 1;

    /// <summary>Where an operand's element lies in memory: of what it is computed from, the read that most loops
    /// move.</summary>
    public static Index Memory(Value element)
    {
        var reads = new List<Load>();
        var seen = new HashSet<Value>();
        void Walk(Value value)
        {
            if (!seen.Add(value))
            {
                return;
            }

            if (value is Load load)
            {
                reads.Add(load);
            }

            foreach (Value operand in value.Operands)
            {
                Walk(operand);
            }
        }

        Walk(element);
        return reads.OrderByDescending(read => read.Index.Variables.Count).FirstOrDefault()?.Index ?? Index.Zero;
    }
}
