using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>
/// Copies of operands in the order in which a product reads them: panels of as many lanes as a tile has, for each
/// contracted element one after another.
/// </summary>
internal static class Packing
{
    private const int Block = 16;

    /// <summary>What whole vectors write behind the last row of rows packed in tiles.</summary>
    public const int Overhang = Block;

    /// <summary>The kernel that packs the lanes operand: [batch…, groups…, panel, contracted, lane], missing lanes
    /// zero.</summary>
    public static (Kernel Kernel, Buffer Packed) Lanes(ProductShape shape, int width, int lanes, string name)
    {
        LoopVariable lane = shape.Lane;
        Dimension panels = Dimension.Ceiling(lane.Extent, width);
        Dimension depth = Depth(shape);
        var outer = OperandLoops(shape.LanesValue, shape.Batch.Concat(shape.Lanes.Take(shape.Lanes.Count - 1)));
        Dimension size = outer.Aggregate(panels * depth * width, (n, v) => n * v.Extent);
        var packed = new Buffer(name, DType.F32, size);
        var panel = new LoopVariable("panel", panels);
        Index target = PackedIndex(shape, outer, panel, width);
        IReadOnlyList<Statement> body = PanelBody(shape, lane, panel, packed, target, width, lanes);
        var first = outer.Count > 0 ? outer[0] : panel;
        IReadOnlyList<Statement> nest = outer.Count > 0
            ? Loops.Nest(outer.Skip(1).Append(panel), body)
            : body;
        double work = size.Max / (double)first.Extent.Max;
        long grain = Math.Max(1, (long)(32768 / work));
        Share share = Loops.Cut(first.Extent, grain);
        return (
            new Kernel(name, [], share.Piece, [share, new For(first, share.First, share.Last, 1, nest)], 0), packed);
    }

    /// <summary>The position in packed lanes of the first lane of a panel, at the contracted counters.</summary>
    public static Index PackedIndex(ProductShape shape, IReadOnlyList<LoopVariable> outer, Index panel, int width)
    {
        Dimension depth = Depth(shape);
        Dimension panels = Dimension.Ceiling(shape.Lane.Extent, width);
        Index index = Index.Zero;
        foreach (LoopVariable loop in outer)
        {
            index = (index * loop.Extent) + loop;
        }

        index = (index * panels) + panel;
        foreach (LoopVariable loop in shape.Contracted)
        {
            index = (index * loop.Extent) + loop;
        }

        return index * width;
    }

    /// <summary>The loops that an operand depends on.</summary>
    public static List<LoopVariable> OperandLoops(Value operand, IEnumerable<LoopVariable> loops) =>
        loops.Where(operand.DependsOn).ToList();

    public static Dimension Depth(ProductShape shape) =>
        shape.Contracted.Aggregate((Dimension)1, (n, v) => n * v.Extent);

    /// <summary>Copies rows [from, from + rows) to scratch in tiles: [tile, contracted, row of the tile].</summary>
    public static IReadOnlyList<Statement> Rows(
        ProductShape shape, Index from, Index rows, int height, int lanes, Buffer scratch)
    {
        Dimension depth = Depth(shape);
        var tile = new LoopVariable("tile", (scratch.Size.Value / depth.Value) / height);
        LoopVariable last = shape.Contracted[shape.Contracted.Count - 1];
        var column = new LoopVariable("column", last.Extent);
        Index Source(Index row, Index k) =>
            shape.RowsLoad.Index.Substitute(v => v == shape.Row ? row : v == last ? k : null);
        Index tiles = Tiles();
        if (RowsAreSideBySide(shape))
        {
            return [new For(tile, 0, tiles, 1, Loops.Nest(shape.Contracted, [.. Copies()]))];
        }

        Index stride = Source(1, 0) - Source(0, 0);
        Index offset = ((Index)tile * depth * height) + (Flat(shape, column) * height);
        var transpose = new Transpose(
            shape.RowsLoad.Buffer, Source(from + ((Index)tile * height), column), stride,
            scratch, offset, height, rows - ((Index)tile * height), Index.Of(last.Extent) - column, height);
        var columns = new For(column, 0, Index.Of(last.Extent), Block, [transpose]);
        var outer = Loops.Nest(shape.Contracted.Take(shape.Contracted.Count - 1), [columns]);
        return [new For(tile, 0, tiles, 1, outer)];

        // Scratch has room for the rows of a whole piece. A symbol may leave few; those of no whole tile stay where
        // they are.
        Index Tiles() => shape.Row.Extent.IsStatic ? Index.Of(tile.Extent) : rows / height;

        // What whole vectors write beyond the tile, the next element's overwrite.
        IEnumerable<Statement> Copies()
        {
            Index row = from + ((Index)tile * height);
            Index to = ((Index)tile * depth * height) + (Flat(shape, last) * height);
            for (int i = 0; i < height; i += lanes)
            {
                yield return new Store(scratch, to + i, new Load(shape.RowsLoad.Buffer, Source(row + i, last), lanes));
            }
        }
    }

    /// <summary>Whether the rows of one contracted element lie side by side.</summary>
    public static bool RowsAreSideBySide(ProductShape shape) => shape.RowsLoad.Index.CoefficientOf(shape.Row) == 1;

    // The contracted counters as one number, the last of them replaced.
    private static Index Flat(ProductShape shape, Index last)
    {
        Index index = Index.Zero;
        for (int i = 0; i < shape.Contracted.Count; i++)
        {
            LoopVariable loop = shape.Contracted[i];
            index = (index * loop.Extent) + (i == shape.Contracted.Count - 1 ? last : (Index)loop);
        }

        return index;
    }

    /// <summary>Whether lanes are packed by transposing blocks: the contracted elements lie side by side.</summary>
    public static bool Transposes(ProductShape shape, int lanes) =>
        shape.Contracted.LastOrDefault() is { } last && lanes == Block && shape.LanesValue is Load load
        && load.Index.CoefficientOf(last) == 1 && load.Index.CoefficientOf(shape.Lane) != 1;

    private static IReadOnlyList<Statement> PanelBody(
        ProductShape shape, LoopVariable lane, LoopVariable panel, Buffer packed, Index target, int width, int lanes)
    {
        LoopVariable? last = shape.Contracted.LastOrDefault();
        if (Transposes(shape, lanes))
        {
            return TransposeBody(shape, lane, panel, packed, target, width, last!);
        }

        var body = new List<Statement>();
        for (int i = 0; i < width; i += lanes)
        {
            Index start = ((Index)panel * width) + i;
            var axis = new LoopVariable("lane", lanes);
            Value element = shape.LanesValue.Substitute(v => v == lane ? start + (Index)axis : null);
            Value guarded = new Guard(
                [new Condition(start + (Index)axis, 0, Index.Of(lane.Extent))], element, new Literal(DType.F32, 0));
            if (ScratchOperand.IsInLanes(guarded, axis))
            {
                Value vector = new Vectorizer(axis, lanes).Vector(guarded)
                    .Substitute(v => v == axis ? Index.Zero : null);
                body.Add(new Store(packed, target + i, vector));
            }
            else
            {
                body.Add(new For(axis, 0, lanes, 1, [new Store(packed, target + i + (Index)axis, guarded)]));
            }
        }

        return Loops.Nest(shape.Contracted, body);
    }

    private static IReadOnlyList<Statement> TransposeBody(
        ProductShape shape, LoopVariable lane, LoopVariable panel, Buffer packed, Index target, int width,
        LoopVariable last)
    {
        var column = new LoopVariable("column", last.Extent);
        var body = new List<Statement>();
        Index At(Index position, Index k) =>
            shape.LanesLoad.Index.Substitute(v => v == lane ? position : v == last ? k : null);
        for (int i = 0; i < width; i += Block)
        {
            Index start = ((Index)panel * width) + i;
            body.Add(new Transpose(
                shape.LanesLoad.Buffer, At(start, column), At(1, 0) - At(0, 0),
                packed, target.Substitute(v => v == last ? (Index)column : null) + i, width,
                Index.Of(lane.Extent) - start, Index.Of(last.Extent) - column, Block));
        }

        var columns = new For(column, 0, Index.Of(last.Extent), Block, body);
        return Loops.Nest(shape.Contracted.Take(shape.Contracted.Count - 1), [columns]);
    }
}
