using Sinter.Reference;

namespace Sinter.Conformance.Tests.Edges;

/// <summary>
/// Every elementwise operation on every type that it takes and every pair of extreme values, as inputs and as
/// constants, at lengths below, at and above a vector's: all engines give the interpreter's bits.
/// </summary>
public sealed class ExtremeTests
{
    private static readonly DType[] Types =
        [DType.Bool, DType.U8, DType.I32, DType.U32, DType.I64, DType.F32, DType.F64];

    private static readonly int[] Lengths = [1, 3, 17, 100];

    // Functions of the mathematics library, which differ in their last bits.
    private static readonly Op[] Rounded =
    [
        Op.Exp, Op.Expm1, Op.Log, Op.Log1p, Op.Rsqrt, Op.Sin, Op.Cos, Op.Tanh, Op.Sigmoid, Op.Erf, Op.Power,
    ];

    private static readonly Dictionary<string, Lazy<BuiltCase>> Cases = Enumerate().ToDictionary(
        row => row.Name, row => new Lazy<BuiltCase>(row.Build));

    private static readonly IReadOnlyDictionary<string, SharedRuns> Runs =
        SharedRuns.ForAll(() => Cases.Select(row => (row.Key, row.Value.Value)));

    public static TheoryData<string, string> EnginesAndCases()
    {
        var rows = new TheoryData<string, string>();
        foreach (IEngine engine in Engines.All.Where(engine => engine is JitEngine))
        {
            foreach (string name in Cases.Keys.Where(name => Engines.Takes(engine.Name, name)))
            {
                rows.Add(engine.Name, name);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_gives_the_interpreters_bits(string engine, string name)
    {
        BuiltCase built = Cases[name].Value;
        InterpreterResult expected = new InterpreterEngine().Compile(built.Graph)(built.Inputs, built.Parameters);
        InterpreterResult actual = Runs[engine].ResultOf(name);
        string[] differences = [.. expected.Outputs.Keys
            .Select(key => ExactComparison.Difference(key, expected.Outputs[key], actual.Outputs[key]))
            .OfType<string>()];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }

    private static IEnumerable<(string Name, Func<BuiltCase> Build)> Enumerate()
    {
        foreach (OpRow row in OpTable.All.Where(row => row.Kind == OpKind.Elementwise))
        {
            bool isExact = !Rounded.Contains(row.Op)
                && row.Op is not (Op.RandomBits or Op.CheckIndex or Op.StopGradient or Op.Cast or Op.Where);
            foreach (DType type in isExact ? Types.Where(type => Takes(row, type)) : [])
            {
                foreach (bool asConstants in row.Op < Op.Equal ? new[] { false, true } : [false])
                {
                    string what = asConstants ? "with constants" : "of inputs";
                    yield return ($"{row.Name} of {type.Name()} {what}", () => Build(row.Op, type, asConstants));
                }
            }
        }

        foreach (DType from in Types)
        {
            foreach (DType to in Types)
            {
                yield return ($"cast {from.Name()} to {to.Name()}", () => BuildCast(from, to));
            }
        }
    }

    private static bool Takes(OpRow row, DType type)
    {
        try
        {
            _ = Make(new GraphBuilder(captureSource: false), row.Op, type, i => i.Graph.Input($"x{i.Position}", i.Type));
            return true;
        }
        catch (GraphException)
        {
            return false;
        }
    }

    private static Node Make(
        GraphBuilder graph, Op op, DType type, Func<(GraphBuilder Graph, int Position, TensorType Type), Node> operand)
    {
        bool isBinary = op >= Op.Add && op <= Op.GreaterEqual;
        var of = new TensorType(type, new Shape(1));
        Node first = operand((graph, 0, of));
        return isBinary
            ? Broadcasting.Binary(op, first, operand((graph, 1, of)))
            : graph.Make(op, NoAttributes.Instance, first);
    }

    // All pairs in one vector, cut to each length; or the first operand a vector and each second one a constant.
    private static BuiltCase Build(Op op, DType type, bool asConstants)
    {
        var graph = new GraphBuilder(captureSource: false);
        long[] pool = ExtremeValues.Of(type);
        bool isBinary = op >= Op.Add && op <= Op.GreaterEqual;
        long[] first = isBinary ? [.. pool.SelectMany(a => pool.Select(_ => a))] : pool;
        long[] second = [.. pool.SelectMany(_ => pool)];
        var inputs = new Dictionary<string, TensorValue>();
        var outputs = new List<Output>();
        foreach (int length in asConstants ? (IEnumerable<int>)[17] : Lengths.Append(first.Length).Distinct())
        {
            Node x = Input(graph, inputs, $"x{length}", type, asConstants ? pool : first, length);
            Node[] results = !isBinary
                ? [graph.Make(op, NoAttributes.Instance, asConstants ? Constant(graph, type, pool[0], length) : x)]
                : asConstants
                    ? [.. pool.SelectMany(b => WithConstant(op, x, Constant(graph, type, b, length)))]
                    : [Broadcasting.Binary(op, x, Input(graph, inputs, $"y{length}", type, second, length))];
            outputs.AddRange(results.Select((node, i) => new Output($"out{length}.{i}", node)));
        }

        if (asConstants)
        {
            // Both constants, one element each.
            Node one = Input(graph, inputs, "one", type, pool, 1);
            outputs.AddRange(pool.Select((a, i) => new Output($"folded{i}", Folded(
                graph, op, one, Constant(graph, type, a, 1), Constant(graph, type, pool[^(i + 1)], 1), isBinary))));
        }

        return new BuiltCase(
            new Graph("extreme", graph.Inputs, outputs, []), inputs, new Dictionary<string, TensorValue>());
    }

    private static Node[] WithConstant(Op op, Node x, Node constant) =>
        [Broadcasting.Binary(op, x, constant)];

    private static Node Folded(GraphBuilder graph, Op op, Node one, Node a, Node b, bool isBinary)
    {
        // Stopped gradients keep the simplifier from computing it, so that the compiler of the text sees constants.
        Node stopped = graph.Make(Op.StopGradient, NoAttributes.Instance, a);
        Node result = isBinary
            ? graph.Make(op, NoAttributes.Instance, stopped, b) : graph.Make(op, NoAttributes.Instance, stopped);
        Node isSelf = graph.Make(Op.Equal, NoAttributes.Instance, one, one);
        return graph.Make(Op.Where, NoAttributes.Instance, isSelf, result, result.DType == DType.Bool
            ? graph.Make(Op.Not, NoAttributes.Instance, result) : Constant(graph, result.DType, 0, 1));
    }

    private static BuiltCase BuildCast(DType from, DType to)
    {
        var graph = new GraphBuilder(captureSource: false);
        var inputs = new Dictionary<string, TensorValue>();
        var outputs = new List<Output>();
        long[] pool = ExtremeValues.Of(from);
        var cast = new CastAttributes(to);
        foreach (int length in Lengths)
        {
            Node x = Input(graph, inputs, $"x{length}", from, pool, length);
            outputs.Add(new Output($"out{length}", graph.Make(Op.Cast, cast, x)));

            // Read from lanes, where they fit: through a comparison, or computed there.
            Node computed = from == DType.Bool
                ? graph.Make(Op.Not, NoAttributes.Instance, x)
                : from.IsFloat() ? graph.Make(Op.Truncate, NoAttributes.Instance, x) : Broadcasting.Binary(Op.And, x, x);
            outputs.Add(new Output($"computed{length}", graph.Make(Op.Cast, cast, computed)));
        }

        Node one = Input(graph, inputs, "one", to, ExtremeValues.Of(to), 1);
        for (int i = 0; i < (to.IsFloat() ? 0 : pool.Length); i++)
        {
            Node constant = graph.Make(Op.Cast, cast, graph.Make(
                Op.StopGradient, NoAttributes.Instance, Constant(graph, from, pool[i], 1)));
            Node folded = graph.Make(Op.Cast, cast, Constant(graph, from, pool[i], 1));
            outputs.Add(new Output($"constant{i}", Broadcasting.Binary(Op.Equal, constant, one)));
            outputs.Add(new Output($"folded{i}", folded));
        }

        return new BuiltCase(
            new Graph("extreme", graph.Inputs, outputs, []), inputs, new Dictionary<string, TensorValue>());
    }

    private static Node Constant(GraphBuilder graph, DType type, long bits, int length)
    {
        var of = new TensorType(type, new Shape(length));
        return graph.Make(Op.Constant, new ConstantAttributes(of, new EquatableArray<long>([bits])));
    }

    private static Node Input(
        GraphBuilder graph, Dictionary<string, TensorValue> inputs, string name, DType type, long[] pool, int length)
    {
        long[] bits = [.. Enumerable.Range(0, length).Select(i => pool[i % pool.Length])];
        inputs.Add(name, type.IsFloat()
            ? new TensorValue(type, [length], Array.ConvertAll(bits, BitConverter.Int64BitsToDouble))
            : new TensorValue(type, [length], bits));
        return graph.Input(name, new TensorType(type, new Shape(length)));
    }
}
