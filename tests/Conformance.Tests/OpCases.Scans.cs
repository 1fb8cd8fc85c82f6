namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IEnumerable<OpCase> ScanCases() =>
    [
        new(Op.Scan, "running sum", c => Sums(c.Float("x", Draws.Any, 5, 3), c.Float("s", Draws.Any, 3))),
        new(Op.Scan, "running sum, last first", c =>
            Sums(c.Float("x", Draws.Any, 5, 3), c.Float("s", Draws.Any, 3), reversed: true)),
        new(Op.Scan, "one iteration", c => Sums(c.Float("x", Draws.Any, 1, 8), c.Float("s", Draws.Any, 8))),
        new(Op.Scan, "two iterations, slices of whole vectors", c =>
            Sums(c.Float("x", Draws.Any, 2, 2, 16), c.Float("s", Draws.Any, 2, 16))),
        Forward(Op.Scan, "no iterations", c => Sums(c.Fixed("x", Draws.Any, 0, 3), c.Fixed("s", Draws.Any, 3))),
        new(Op.Scan, "a symbol of iterations", c =>
            Sums(c.Float("x", Draws.Any, c.Symbol("T", 6), 3), c.Float("s", Draws.Any, 3))),
        new(Op.Scan, "a symbol of iterations that may be none", c =>
            Sums(c.Float("x", Draws.Any, c.Symbol("T", 4, min: 0), 3), c.Float("s", Draws.Any, 3), reversed: true)),
        new(Op.Scan, "symbols of iterations and rows", c =>
        {
            Symbol n = c.Symbol("N", 3);
            return Sums(c.Float("x", Draws.Any, c.Symbol("T", 5), n, 2), c.Float("s", Draws.Any, n, 2));
        }),
        new(Op.Scan, "recurrent cell", c => Recurrent(c, 4, 3)),
        new(Op.Scan, "recurrent cell of whole vectors, long", c => Recurrent(c, 17, 16)),
        new(Op.Scan, "LSTM", Lstm),
        new(Op.Scan, "GRU, last first, along the second axis", Gru),
        new(Op.Scan, "products that no iteration changes", c =>
        {
            Tensor<F32> weight = c.Parameter("w", Draws.Any, 4, 4);
            Tensor<F32> table = c.Float("a", Draws.Any, 4, 4);
            return Of(Functional.Scan(c.Float("h", Draws.Any, 2, 4), c.Float("x", Draws.Any, 5, 2, 4), (h, x) =>
            {
                Tensor<F32> next = (h.MatMul(weight.MatMul(table).Tanh()) + x).Tanh();
                return (next, next.Sum(1));
            }));
        }),
        new(Op.Scan, "values carried of three types, changing places", c =>
        {
            var scan = new ScanBuilder(4);
            Tensor<F32> a = scan.Carry(c.Float("a", Draws.Any, 3));
            Tensor<F32> b = scan.Carry(c.Float("b", Draws.Any, 3));
            Tensor<I64> count = scan.Carry(c.Integer<I64>("n", 0, 9));
            Tensor<Bool> flag = scan.Carry(c.Flags("f", 3));
            Tensor<F32> x = scan.Slice(c.Float("x", Draws.Any, 3, 4), axis: 1);
            scan.Next(a, b);
            scan.Next(b, Tensor.Where(flag, a * x, a));
            scan.Next(count, count + (scan.Position() * 2));
            scan.Next(flag, ~flag);
            Stacked<F32> all = scan.Stack(a, axis: 1);
            Stacked<I64> counts = scan.Stack(count);
            return
            [
                scan.Last(a).Node, scan.Last(b).Node, scan.Last(count).Node, scan.Last(flag).Node, all.Values.Node,
                counts.Values.Node,
            ];
        }),
        new(Op.Scan, "nothing carried", c =>
        {
            var scan = new ScanBuilder(3);
            Tensor<F32> x = scan.Slice(c.Float("x", Draws.Any, 3, 5));
            Stacked<F32> once = scan.Stack(x.Sin());
            Stacked<F32> twice = scan.Stack(x.Sin());
            Stacked<F32> same = scan.Stack(x);
            return [once.Values.Node, twice.Values.Node, same.Values.Node];
        }),
        new(Op.Scan, "of a scan", c =>
        {
            var (_, all) = Functional.Scan(c.Float("h", Draws.Any, 3), c.Float("x", Draws.Any, 4, 3), (h, x) =>
                ((h * x).Sin(), h + x));
            return Of(Functional.Scan(c.Float("g", Draws.Any, 3), all, (g, y) => (g - y, g * y), reversed: true));
        }),
        new(Op.Scan, "inside a scan", c =>
        {
            Tensor<F32> weight = c.Float("w", Draws.Any, 3);
            return Of(Functional.Scan(c.Float("h", Draws.Any, 3), c.Float("x", Draws.Any, 4, 5, 3), (h, rows) =>
            {
                var (last, inner) = Functional.Scan(h, rows, (g, x) => ((g * weight + x).Tanh(), g * h));
                return (last, inner);
            }));
        }),
        new(Op.Scan, "a delay", c => Of(Functional.Scan(
            c.Float("h", Draws.Any, 3), c.Float("x", Draws.Any, 4, 3), (h, x) => (x, h)))),
        new(Op.Scan, "rows chosen in the body", c =>
        {
            Tensor<F32> table = c.Float("t", Draws.Any, 7, 4);
            return Of(Functional.Scan(c.Float("h", Draws.Any, 2, 4), c.Integer<I64>("i", 0, 7, 5, 2), (h, i) =>
            {
                Tensor<F32> next = (h + table.IndexSelect(0, i)).Sin();
                return (next, next);
            }));
        }),
        new(Op.Scan, "constants and positions in the body", c =>
        {
            Tensor<F32> table = Tensor<F32>.Of([1, -2, 3], 3);
            return Of(Functional.Scan(Tensor<F32>.Full(0.5, 2, 3), c.Float("x", Draws.Any, 4, 3), (h, x) =>
                (h * table + Tensor<F32>.Iota(new Shape(2, 3), 1) * x, h.Sum(0))));
        }),
        Forward(Op.Scan, "halves in memory", c =>
        {
            var scan = new ScanBuilder(5);
            Tensor<BF16> h = scan.Carry(c.Fixed("h", Draws.Any, 3).Sign().Cast<BF16>());
            Tensor<F32> x = scan.Slice(c.Fixed("x", Draws.Any, 5, 3));
            Tensor<BF16> next = (h.Cast<F32>() * 0.5 + x.Sign()).Cast<BF16>();
            scan.Next(h, next);
            Stacked<BF16> all = scan.Stack(next);
            return [scan.Last(h).Cast<F32>().Node, all.Values.Cast<F32>().Node];
        }),
        Forward(Op.Scan, "draws in the body", c =>
        {
            var scan = new ScanBuilder(6);
            Tensor<F32> x = scan.Slice(c.Fixed("x", Draws.Any, 6, 4));
            Stacked<U32> draws = scan.Stack(c.Graph.RandomBits(new Shape(4)));
            Stacked<F32> all = scan.Stack(x);
            return [draws.Values.Node, all.Values.Node, c.Graph.RandomBits(new Shape(4)).Node];
        }),
        new(Op.Result, "the last value only", c => [Functional.Scan(
            c.Float("h", Draws.Any, 3), c.Float("x", Draws.Any, 4, 3), (h, x) => (h * x, x)).Last.Node]),
        new(Op.Result, "of the outputs, some rows", c => [Functional.Scan(
            c.Float("h", Draws.Any, 3), c.Float("x", Draws.Any, 4, 3), (h, x) => (h * x, h))
                .Outputs.Slice(0, 1, 3).Node]),
    ];

    private static Node[] Of((Tensor<F32> Last, Tensor<F32> Outputs) results) =>
        [results.Last.Node, results.Outputs.Node];

    private static Node[] Sums(Tensor<F32> x, Tensor<F32> start, bool reversed = false) =>
        Of(Functional.Scan(start, x, (sum, slice) => (sum + slice, sum * slice), reversed));

    private static Node[] Recurrent(CaseBuilder c, int steps, int width)
    {
        Tensor<F32> input = c.Parameter("wx", Draws.Any, width, width);
        Tensor<F32> hidden = c.Parameter("wh", Draws.Any, width, width);
        Tensor<F32> bias = c.Parameter("b", Draws.Any, width);
        return Of(Functional.Scan(
            c.Float("h", Draws.Any, 2, width), c.Float("x", Draws.Any, steps, 2, width), (h, x) =>
        {
            Tensor<F32> next = (x.MatMul(input) + h.MatMul(hidden) * 0.3 + bias).Tanh();
            return (next, next);
        }));
    }

    private static Node[] Lstm(CaseBuilder c)
    {
        const int Width = 4;
        Tensor<F32> input = c.Parameter("wx", Draws.Any, 3, 4 * Width);
        Tensor<F32> hidden = c.Parameter("wh", Draws.Any, Width, 4 * Width);
        Tensor<F32> bias = c.Parameter("b", Draws.Any, 4 * Width);
        var (last, all) = Functional.Scan(
            (c.Float("h", Draws.Any, 2, Width), c.Float("c", Draws.Any, 2, Width)),
            c.Float("x", Draws.Any, 5, 2, 3), (state, x) =>
        {
            Tensor<F32> gates = x.MatMul(input) + state.First.MatMul(hidden) + bias;
            Tensor<F32> Gate(int i) => gates.Slice(1, i * Width, (i + 1) * Width);
            Tensor<F32> cell = (Gate(1).Sigmoid() * state.Second) + (Gate(0).Sigmoid() * Gate(2).Tanh());
            Tensor<F32> next = Gate(3).Sigmoid() * cell.Tanh();
            return ((next, cell), next);
        });
        return [last.First.Node, last.Second.Node, all.Node];
    }

    private static Node[] Gru(CaseBuilder c)
    {
        Tensor<F32> input = c.Parameter("wx", Draws.Any, 3, 12);
        Tensor<F32> hidden = c.Parameter("wh", Draws.Any, 4, 12);
        var scan = new ScanBuilder(5, reversed: true);
        Tensor<F32> h = scan.Carry(c.Float("h", Draws.Any, 2, 4));
        Tensor<F32> x = scan.Slice(c.Float("x", Draws.Any, 2, 5, 3), axis: 1).MatMul(input);
        Tensor<F32> y = h.MatMul(hidden);
        Tensor<F32> reset = (x.Slice(1, 0, 4) + y.Slice(1, 0, 4)).Sigmoid();
        Tensor<F32> update = (x.Slice(1, 4, 8) + y.Slice(1, 4, 8)).Sigmoid();
        Tensor<F32> candidate = (x.Slice(1, 8, 12) + reset * y.Slice(1, 8, 12)).Tanh();
        Tensor<F32> next = ((1 - update) * candidate) + (update * h);
        scan.Next(h, next);
        Stacked<F32> all = scan.Stack(next, axis: 1);
        return [scan.Last(h).Node, all.Values.Node];
    }
}
