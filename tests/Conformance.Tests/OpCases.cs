using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>One small graph that shows one operation at work.</summary>
/// <param name="Op">The operation it is about.</param>
/// <param name="Name">What is special about it.</param>
/// <param name="Build">Makes the outputs.</param>
/// <param name="CheckGradient">
/// Whether the derivative exists at the drawn inputs and is compared with finite differences.
/// </param>
/// <param name="Tolerance">The error allowed, relative to the larger of 1 and the expected number.</param>
public sealed record OpCase(
    Op Op, string Name, Func<CaseBuilder, Node[]> Build, bool CheckGradient = true, double Tolerance = 1e-5)
{
    /// <summary>Unique among all cases.</summary>
    public string FullName => $"{OpTable.Row(Op).Name}: {Name}";

    /// <summary>Builds the graph and draws its inputs.</summary>
    public BuiltCase Construct(int seed = 1, Func<long, int, (Symbol Symbol, long Value)?>? extents = null)
    {
        var builder = new CaseBuilder(seed, extents);
        Node[] results = Build(builder);
        Output[] outputs = results.Select((node, i) => new Output($"out{i}", node)).ToArray();
        var graph = new Graph(OpTable.Row(Op).Name, builder.Graph.Inputs, outputs, builder.Updates);
        return new BuiltCase(graph, builder.Inputs, builder.Parameters);
    }
}

/// <summary>A graph with a value for everything that it needs.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Inputs">Its inputs by name.</param>
/// <param name="Parameters">Its parameters by full name.</param>
public sealed record BuiltCase(
    Graph Graph,
    IReadOnlyDictionary<string, TensorValue> Inputs,
    IReadOnlyDictionary<string, TensorValue> Parameters);

/// <summary>The cases of every operation. Each engine runs them all.</summary>
public static partial class OpCases
{
    private static readonly Dictionary<string, OpCase> ByName = Enumerate().ToDictionary(row => row.FullName);

    /// <summary>All cases.</summary>
    public static IReadOnlyCollection<OpCase> All => ByName.Values;

    /// <summary>The case with the given full name.</summary>
    public static OpCase Find(string fullName) => ByName[fullName];

    private static IEnumerable<OpCase> Enumerate() =>
    [
        .. LeafCases(), .. UnaryCases(), .. BinaryCases(), .. IntegerCases(), .. MovementCases(), .. ReductionCases(),
        .. ProductCases(), .. IndexedCases(), .. ScanCases(), .. BranchCases(),
    ];

    // Nothing to differentiate, or a derivative that does not exist everywhere.
    private static OpCase Forward(Op op, string name, Func<CaseBuilder, Node[]> build) =>
        new(op, name, build, CheckGradient: false);

    // Integers, comparisons and moved elements: not a bit may differ.
    private static OpCase Exact(Op op, string name, Func<CaseBuilder, Node[]> build) =>
        new(op, name, build, CheckGradient: false, Tolerance: 0);

    private static Tensor<F32> Apply(Op op, Tensor<F32> operand) =>
        new(operand.Graph.Make(op, NoAttributes.Instance, operand.Node));

    private static Node Apply(Op op, Node left, Node right) => Broadcasting.Binary(op, left, right);
}
