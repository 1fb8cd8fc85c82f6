namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static Op[] IntegerOps =>
        [Op.Add, Op.Subtract, Op.Multiply, Op.Divide, Op.Remainder, Op.Maximum, Op.Minimum, Op.And, Op.Or, Op.Xor];

    private static Op[] Logical => [Op.And, Op.Or, Op.Xor];

    private static Op[] Shifts => [Op.ShiftLeft, Op.ShiftRight];

    private static IEnumerable<OpCase> IntegerCases() =>
    [
        .. IntegerOps.Select(op => Exact(op, "small integers of both signs and zero", c =>
        [
            Apply(op, c.Integer<I32>("a", -9, 10, 5, 7).Node, c.Integer<I32>("b", -3, 4, 5, 7).Node),
            Apply(op, c.Integer<I64>("c", -9, 10, 35).Node, c.Integer<I64>("d", -3, 4, 35).Node),
        ])),
        .. IntegerOps.Select(op => Exact(op, "unsigned integers", c =>
        [
            Apply(op, c.Integer<U32>("a", 0, 4294967296, 19).Node, c.Values<U32>("b", [0, 1, 7, 4294967295], 19).Node),
            Apply(op, c.Integer<U8>("c", 0, 256, 19).Node, c.Values<U8>("d", [0, 1, 7, 255], 19).Node),
        ])),
        .. IntegerOps.Select(op => Exact(op, "integers that overflow", c =>
        [
            Apply(op, c.Values<I32>("a", [int.MinValue, int.MaxValue, int.MinValue, 1 << 30], 4).Node,
                c.Values<I32>("b", [-1, 3, int.MinValue, 5], 4).Node),
        ])),
        .. IntegerOps.Select(op => Exact(op, "integers, broadcast and symbolic", c =>
            [Apply(op, c.Integer<I64>("a", -9, 10, c.Symbol("N", 4), 3).Node, c.Integer<I64>("b", 1, 5, 3).Node)])),
        .. Logical.Select(op => Exact(op, "bool", c => [Apply(op, c.Flags("a", 4, 5).Node, c.Flags("b", 5).Node)])),
        .. Shifts.Select(op => Exact(op, "signed", c =>
        [
            Apply(op, c.Integer<I32>("a", -100000, 100000, 17).Node, c.Integer<I32>("b", 0, 32, 17).Node),
            Apply(op, c.Integer<I64>("c", -1L << 40, 1L << 40, 17).Node, c.Integer<I64>("d", 0, 64, 17).Node),
        ])),
        .. Shifts.Select(op => Exact(op, "unsigned", c =>
        [
            Apply(op, c.Integer<U32>("a", 0, 4294967296, 17).Node, c.Integer<U32>("b", 0, 32, 17).Node),
            Apply(op, c.Integer<U8>("c", 0, 256, 17).Node, c.Integer<U8>("d", 0, 8, 17).Node),
        ])),
    ];
}
