using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Products whose epilogues read and write every type, at the ends of rows and panels, on every
/// engine.</summary>
public sealed class EpilogueTypeTests
{
    private static readonly Dictionary<string, BuiltCase> Graphs =
        DTypes.All.ToDictionary(type => type.Name(), Construct);

    private static readonly IReadOnlyDictionary<string, SharedRuns> Runs =
        SharedRuns.ForAll(() => Graphs.Select(pair => (pair.Key, pair.Value)));

    public static TheoryData<string, string> EnginesAndTypes()
    {
        var data = new TheoryData<string, string>();
        foreach (IEngine engine in Engines.All)
        {
            foreach (string type in Graphs.Keys.Where(type => Engines.Takes(engine.Name, type)))
            {
                data.Add(engine.Name, type);
            }
        }

        return data;
    }

    // Whole numbers and halves: every sum is exact.
    [Theory]
    [MemberData(nameof(EnginesAndTypes))]
    public void What_a_product_writes_is_exact(string engine, string type)
    {
        BuiltCase built = Graphs[type];
        InterpreterResult expected = Interpreter.Run(
            built.Graph, built.Inputs, built.Parameters, new InterpreterOptions(RoundToType: true));
        InterpreterResult actual = Runs[engine].ResultOf(type);
        foreach (var (output, value) in expected.Outputs)
        {
            string? difference = Comparison.Difference(value, actual.Outputs[output], 0);
            Assert.True(difference is null, $"{type}: {output}: {difference}");
        }
    }

    private static BuiltCase Construct(DType type)
    {
        var graph = new TypedGraph((int)type);
        Node Cast(Node node, DType to) => graph.Make(Op.Cast, new CastAttributes(to), node);
        Node Whole(params long[] shape) => Cast(graph.Below(DType.I8, 4, shape), DType.F32);
        Node Product(long rows, long depth, long lanes) => graph.Make(
            Op.Contraction, new ContractionAttributes(new([]), new([]), new([1]), new([0])),
            Whole(rows, depth), Whole(depth, lanes));

        // A panel that is not filled, several panels, few lanes; then one that also reads the type, and writes another.
        Node y = Product(19, 20, 35);
        graph.Add("rest", Cast(y, type));
        graph.Add("panels", Cast(Product(37, 30, 211), type));
        graph.Add("few", Cast(Product(130, 30, 5), type));
        Node other = Cast(graph.Below(type == DType.Bool ? DType.U8 : type, 2, 19, 35), type);
        Node sum = graph.Try(Op.Add, Product(19, 30, 35), Cast(other, DType.F32))!;
        graph.Add("sum", Cast(sum, type));
        graph.Add("single", sum);
        return graph.Built;
    }
}
