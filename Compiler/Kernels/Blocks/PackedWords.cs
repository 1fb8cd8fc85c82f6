using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>Operands of a product rounded to 16 bits in front of it, two contracted neighbours a word: each element
/// once instead of once for each tile that reads it, and half the bytes. A product of words is left, which are copied
/// as they are.</summary>
internal static class PackedWords
{
    // With fewer tiles side by side, reading, rounding and writing first costs more than rounding in each of them.
    private const int LeastTiles = 4;

    /// <summary>The kernels that pack, and the product of what they write; null where that does not pay.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="tile">How it is cut.</param>
    /// <param name="target">The processor, and what it rounds to.</param>
    /// <param name="name">The product's name.</param>
    public static (IReadOnlyList<Kernel> Kernels, ProductShape Shape)? Of(
        ProductShape shape, WarpTile tile, Target target, string name)
    {
        Dimension depth = FlattenedLoops.Extent(shape.Contracted);
        bool pays = ProductShape.Size(shape.Rows) > (LeastTiles - 1) * tile.Height
            && ProductShape.Size(shape.Lanes) > (LeastTiles - 1) * tile.Width;
        if (Rounded.InWord(target.Products) != 2 || !depth.IsStatic || !pays)
        {
            return null;
        }

        var word = new LoopVariable("word", FlattenedLoops.RoundUp((depth.Value + 1) / 2, CopyAhead.Elements));
        var packing = new Packing(shape, word, target);
        var (left, rows) = packing.Run(shape.Rows, shape.RowsValue, name + "_pack_left");
        var (right, lanes) = packing.Run(shape.Lanes, shape.LanesValue, name + "_pack_right");
        return ([left, right], shape.WithOperands(rows, lanes, [word]));
    }

    private sealed class Packing(ProductShape shape, LoopVariable word, Target target)
    {
        public (Kernel Kernel, Load Packed) Run(IReadOnlyList<LoopVariable> free, Value operand, string name)
        {
            List<LoopVariable> around = Templates.Packing.OperandLoops(operand, shape.Batch);

            // As memory has them, so that threads read and write neighbours; but whole fours must be neighbours.
            LoopVariable last = free[free.Count - 1];
            bool freeLast = TileSide.Memory(operand).CoefficientOf(last) == 1
                && Dimension.Divide(last.Extent, CopyAhead.Elements) is not null;
            IReadOnlyList<LoopVariable> loops = freeLast ? [.. around, word, .. free] : [.. around, .. free, word];
            var packed = new Buffer(name, DType.U32, FlattenedLoops.Extent(loops));
            Index position = FlattenedLoops.Position(loops);
            var rounded = new Rounded(target.Products, Number(operand, 0), Number(operand, 1));
            Kernel kernel = FlattenedLoops.Kernel(name, [], loops, target.Blocks!, 0, map =>
                [new Store(packed, Loops.Apply(position, map), rounded.Map(i => Loops.Apply(i, map), _ => null, []))]);
            return (kernel, new Load(packed, position));
        }

        // One of the numbers of a word; zero behind the last contracted element.
        private Value Number(Value operand, int number)
        {
            Dimension depth = FlattenedLoops.Extent(shape.Contracted);
            Index k = ((Index)word * 2) + number;
            Value value = operand.Substitute(Find(Loops.Counters(k, shape.Contracted)));
            return k.Max < depth.Value
                ? value : new Guard([new Condition(k, 0, Index.Of(depth))], value, new Literal(DType.F32, 0));
        }

        private static Func<LoopVariable, Index?> Find(Dictionary<LoopVariable, Index> counters) =>
            variable => counters.TryGetValue(variable, out Index? index) ? index : null;
    }
}
