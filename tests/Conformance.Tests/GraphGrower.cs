using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>A value of a random graph and what is known about it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Bound">No element is larger in size.</param>
/// <param name="Error">How far single precision may be from the real number.</param>
/// <param name="FractionBits">
/// All elements are multiples of 2^-FractionBits, and with the bound that leaves room for every way of computing them
/// without rounding; -1 where results may round.
/// </param>
internal sealed record Grown(Node Node, double Bound, double Error, int FractionBits)
{
    public bool IsExact => FractionBits >= 0;

    public bool IsFloat => Node.DType.IsFloat();

    public bool IsSingle => Node.DType == DType.F32;

    public bool IsInteger => Node.DType.IsInteger();

    public bool IsIndex => Node.DType is DType.I32 or DType.I64;

    public Shape Shape => Node.Shape;
}

/// <summary>
/// Grows a random graph node by node. Operations that jump (rounding, comparison, arg-max) take exact operands only,
/// and
/// growth stops where errors or values would become large, so that any two right engines agree on the results.
/// </summary>
internal sealed partial class GraphGrower
{
    // Four units in the last place of single precision, relative: what an operation may add.
    private const double Unit = 1.0 / (1 << 22);
    private const double ExactIntegers = 1 << 24;
    private const double AnyBound = double.MaxValue;

    // Of graphs with symbols, one in so many moves along them. Symbols are still those of the batch, so no more
    // programs are compiled.
    private const int ShareOfMovedSizes = 2;

    private readonly int seed;
    private readonly RandomGraphOptions options;
    private readonly Random random;
    private readonly GraphBuilder builder = new(captureSource: false);
    private readonly List<Grown> pool = [];
    private readonly Dictionary<Node, Grown> known = [];
    private readonly HashSet<Node> used = [];
    private readonly Dictionary<string, TensorValue> inputs = [];
    private readonly Dictionary<string, TensorValue> parameters = [];
    private readonly List<Grown> declared = [];
    private readonly Symbol? batch;
    private readonly Dictionary<Symbol, long> symbols = [];
    private readonly int[] sizes;
    private readonly bool movesSizes;

    // What schedules turn on: vectors and tiles of every width, one less and one more.
    private static readonly int[] RealSizes =
    [
        2, 3, 5, 7, 8, 13, 15, 16, 17, 24, 31, 32, 33, 48, 61, 63, 64, 65, 96, 97, 100, 127, 128, 129, 150, 192, 200,
        255, 256, 257, 300, 384, 512,
    ];

    public GraphGrower(int seed, RandomGraphOptions options)
    {
        this.seed = seed;
        this.options = options;
        random = new Random(seed);
        sizes = options.Real ? [.. Enumerable.Range(0, 4).Select(_ => Any(RealSizes))] : [2, 3, 4];
        long batchValue = random.Next(1, 5);
        batch = options.Symbols && random.Next(3) == 0 ? Symbol.Create("N", 1, 4) : null;
        if (batch is not null)
        {
            symbols.Add(batch, batchValue);
        }

        if (options is { Real: true, Symbols: true })
        {
            batch = RealSymbols();
        }

        movesSizes = batch is not null && seed % ShareOfMovedSizes == 0;
    }

    // Up to three symbols, at the smallest value, at the largest, or between. Their names are the graph's own, so that
    // graphs can share a program.
    private Symbol? RealSymbols()
    {
        symbols.Clear();
        foreach (string name in new[] { "N", "T", "M" }.Take(random.Next(4)))
        {
            int largest = Any(sizes);
            symbols.Add(
                Symbol.Create($"{name}{seed}", 1, largest), Any(1, largest, largest - 1, random.Next(1, largest + 1)));
        }

        return symbols.Keys.FirstOrDefault();
    }

    public RandomGraph Grow()
    {
        PlantLeaves();
        Func<bool>[] steps = Steps();
        for (int i = 0; i < options.Operations; i++)
        {
            // A step that finds no fitting operands gives its turn to another, a few times.
            for (int attempt = 0; attempt < 4 && !Grows(steps[random.Next(steps.Length)]); attempt++)
            {
            }
        }

        Output[] outputs = Outputs();
        Update[] updates = Updates();
        if (builder.RandomState is { } state)
        {
            parameters[state.FullName] = new TensorValue(DType.I64, [2], [seed, 3]);
        }

        var graph = new Graph("random", builder.Inputs, outputs, updates);
        return new RandomGraph(seed, graph, inputs, parameters,
            known.ToDictionary(pair => pair.Key, pair => pair.Value.Error));
    }

    // Of sizes that were moved about, the algebra cannot always prove what a step asks for.
    private bool Grows(Func<bool> step)
    {
        try
        {
            return step();
        }
        catch (GraphException) when (movesSizes)
        {
            return false;
        }
    }

    // Common steps appear several times.
    private Func<bool>[] Steps() => movesSizes ? [.. FixedSteps(), .. Enumerable.Repeat(GrowMovedSize, 4)] : FixedSteps();

    private Func<bool>[] FixedSteps() =>
    [
        GrowUnary, GrowUnary, GrowBinary, GrowBinary, GrowBinary, GrowGuarded, GrowGuarded, GrowJump, GrowWhere,
        GrowCompare, GrowLogical, GrowCast, GrowInteger, GrowRemainder, GrowConstantOperand, GrowConstantOperand,
        GrowReshape, GrowReshape, GrowPermute, GrowPermute, GrowBroadcast, GrowSlice, GrowPad, GrowConcat, GrowWindow,
        GrowReduction, GrowReduction, GrowArg, GrowFold, GrowPool, GrowContraction, GrowContraction, GrowLinear,
        GrowConvolution, GrowGather, GrowScatter, GrowUpdateRows, GrowChosen, GrowScan, GrowCond, GrowIota,
        GrowUniform,
    ];

    /// <summary>Makes a node and keeps it where its values stay tame; null otherwise.</summary>
    private Grown? Emit(
        Op op, Attributes attributes, double bound, double error, int fractionBits, params Node[] operands) =>
        Emit(op, attributes, bound, error, fractionBits, 1L, operands);

    private Grown? Emit(
        Op op, Attributes attributes, double bound, double error, int fractionBits, long terms, Node[] operands)
    {
        Node node = builder.Make(op, attributes, operands);
        if (known.TryGetValue(node, out Grown? same))
        {
            return same;
        }

        // Integers wrap; what wraps may be as large as the type holds. Types for memory only hold few digits: values of
        // theirs stay exact.
        ElementFacts facts = node.DType.Facts();
        bool isFloat = facts.Kind == ElementKind.Float;
        bool computes = OpTable.Row(op).Kind != OpKind.Movement;
        bool wraps = node.DType.IsInteger() && computes
            && (bound > facts.Highest || facts.Kind == ElementKind.Unsigned);
        bound = wraps ? Math.Max(facts.Highest, -(double)facts.Lowest) : bound;
        double room = Math.Min(ExactIntegers, Math.ScaleB(1, facts.SignificantBits));
        bool hasRoom = fractionBits >= 0 && Math.ScaleB(bound, fractionBits) <= room;
        bool isExact = !isFloat || hasRoom;
        if (node.DType.IsStorage() && !isExact)
        {
            return null;
        }

        double total = isExact ? 0 : error + (Unit * bound);
        bool fits = node.Shape.ElementCount.Max <= options.MaxElements && node.Shape.Rank <= options.MaxRank
            && node.Shape.ElementCount.Max * (double)terms <= options.MaxTerms;
        if (!fits || bound > (isExact ? ExactIntegers : options.MaxBound) || total > options.MaxError)
        {
            return null;
        }

        var grown = new Grown(node, bound, total, isExact ? Math.Max(fractionBits, 0) : -1);
        known.Add(node, grown);
        used.UnionWith(operands);
        return grown;
    }

    /// <summary>Moves elements about: nothing changes but the shape.</summary>
    private Grown? Move(Op op, Attributes attributes, Grown operand) =>
        Emit(op, attributes, operand.Bound, operand.Error, operand.FractionBits, operand.Node);

    private bool Keep(Grown? grown)
    {
        if (grown is null || pool.Contains(grown))
        {
            return false;
        }

        pool.Add(grown);
        return true;
    }

    /// <summary>A random value of the pool that fits; later ones are likelier, so that graphs grow deep.</summary>
    private Grown? Pick(Func<Grown, bool> fits)
    {
        bool isLast = random.Next(3) == 0;
        int start = isLast ? pool.Count - 1 : Math.Max(random.Next(pool.Count), random.Next(pool.Count));
        for (int i = 0; i < pool.Count; i++)
        {
            Grown grown = pool[(start + i) % pool.Count];
            if (fits(grown))
            {
                return grown;
            }
        }

        return null;
    }

    private Grown? PickFloat() => Pick(grown => grown.IsFloat);

    private Grown? PickNumber() => Pick(grown => grown.IsFloat || grown.IsInteger);

    private T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private Output[] Outputs()
    {
        // What nothing else uses, the deepest first: a value without a user would be lost.
        bool IsSink(Grown grown) => !used.Contains(grown.Node) && grown.Node.Inputs.Count > 0;
        Grown[] sinks = pool.Where(IsSink).Reverse().ToArray();
        int most = options.Real ? sinks.Length : 1 + random.Next(5);
        Grown[] chosen = sinks.Length == 0 ? [pool[^1]] : sinks[..Math.Min(sinks.Length, most)];
        return chosen.Select((grown, i) => new Output($"out{i}", grown.Node)).ToArray();
    }

    private Update[] Updates()
    {
        var updates = new List<Update>();
        foreach (Grown parameter in declared.Where(_ => random.Next(2) == 0))
        {
            Grown? value = Pick(grown => grown != parameter && grown.Node.Type == parameter.Node.Type);
            if (value is not null)
            {
                updates.Add(new Update(parameter.Node, value.Node));
            }
        }

        return [.. updates];
    }
}
