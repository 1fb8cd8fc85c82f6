using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>
/// Computes what depends on constants only: constants with one value always, others up to <see cref="MaxElements"/>
/// elements, because a large constant costs more memory than the operation that makes it costs time.
/// </summary>
internal static class ConstantFolding
{
    /// <summary>Constants with more elements than this are left to the program.</summary>
    public const int MaxElements = 4096;

    public static IReadOnlyList<Rule> Table { get; } =
    [
        .. OpTable.All.Where(Folds).Select(row => new Rule("f(constants) → constant", row.Op, Elementwise)),
        new("constant with equal elements → constant of one value", Op.Constant, OneValue),
        new("reshape of elements → constant", Op.Reshape, Reshape),
        new("permute of elements → constant", Op.Permute, Permute),
        new("slice of elements → constant", Op.Slice, Slice),
    ];

    // Checks and stopped gradients mean something beyond their value; random words are drawn, not computed.
    private static bool Folds(OpRow row) =>
        row.Kind == OpKind.Elementwise && row.Op is not (Op.RandomBits or Op.CheckIndex or Op.StopGradient);

    private static Node? Elementwise(Match match)
    {
        Node root = match.Root;
        if (!root.Inputs.All(input => input.Op == Op.Constant))
        {
            return null;
        }

        ConstantAttributes[] operands = root.Inputs.Select(input => input.Get<ConstantAttributes>()).ToArray();
        bool splat = operands.All(operand => operand.IsSplat);
        if (!splat && !IsSmall(root.Shape))
        {
            return null;
        }

        var bits = new long[splat ? 1 : root.Shape.ElementCount.Value];
        DType operandType = operands[operands.Length - 1].Type.Type;
        var values = new long[operands.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            for (int k = 0; k < values.Length; k++)
            {
                values[k] = operands[k].Bits[operands[k].IsSplat ? 0 : i];
            }

            if (ScalarArithmetic.Evaluate(root.Op, operandType, root.DType, values) is not { } result)
            {
                return null;
            }

            bits[i] = result;
        }

        return Constant(match, bits);
    }

    private static Node? OneValue(Match match)
    {
        var bits = match.Root.Get<ConstantAttributes>().Bits;
        return bits.Count > 1 && bits.All(b => b == bits[0]) ? Constant(match, [bits[0]]) : null;
    }

    private static Node? Reshape(Match match) =>
        Elements(match) is { } elements
            ? match.Builder.Make(Op.Constant, elements with { Type = match.Root.Type })
            : null;

    private static Node? Permute(Match match)
    {
        if (Elements(match) is not { } elements)
        {
            return null;
        }

        long[] strides = Strides(elements.Type.Shape);
        long[] steps = match.Root.Get<PermuteAttributes>().Order.Select(axis => strides[axis]).ToArray();
        return Constant(match, Gather(elements, match.Root.Shape, 0, steps));
    }

    private static Node? Slice(Match match)
    {
        if (Elements(match) is not { } elements)
        {
            return null;
        }

        var slice = match.Root.Get<SliceAttributes>();
        long[] strides = Strides(elements.Type.Shape);
        long start = strides.Select((stride, axis) => stride * slice.Starts[axis].Value).Sum();
        long[] steps = strides.Select((stride, axis) => stride * slice.Steps[axis]).ToArray();
        return Constant(match, Gather(elements, match.Root.Shape, start, steps));
    }

    // The operand's elements, where it is a small constant with more than one value.
    private static ConstantAttributes? Elements(Match match) =>
        match.Root.Inputs[0].Attributes is ConstantAttributes { IsSplat: false } elements
            && IsSmall(elements.Type.Shape)
            && match.Root.Shape.ElementCount != 0
            ? elements
            : null;

    private static bool IsSmall(Shape shape) => shape.IsStatic && shape.ElementCount.Value is > 0 and <= MaxElements;

    private static long[] Strides(Shape shape) => shape.Strides().Select(stride => stride.Value).ToArray();

    // The elements at start + index · steps for every index of a shape, row-major.
    private static long[] Gather(ConstantAttributes elements, Shape shape, long start, long[] steps)
    {
        var result = new long[shape.ElementCount.Value];
        var index = new long[shape.Rank];
        long position = start;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = elements.Bits[(int)position];
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                index[axis]++;
                position += steps[axis];
                if (index[axis] < shape[axis].Value)
                {
                    break;
                }

                position -= index[axis] * steps[axis];
                index[axis] = 0;
            }
        }

        return result;
    }

    private static Node Constant(Match match, long[] bits) =>
        match.Builder.Make(Op.Constant, new ConstantAttributes(match.Root.Type, bits));
}
