using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>
/// Models whose sizes are symbols and sums, quotients and minima of them: one context at several values, in both
/// orders, against the oracle, which knows numbers only, and against the program made for each value.
/// </summary>
public sealed class SymbolicNetTests
{
    public static TheoryData<string, string> Rows() => Opened.With(SymbolicNets.All.Keys, ["256", "cuda"]);

    public static TheoryData<string> Names() => new(SymbolicNets.All.Keys);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_value_gives_what_the_oracle_gives(string engine, string name)
    {
        SymbolicNet net = SymbolicNets.All[name];
        using Opened symbolic = Opened.On(engine, net.Symbolic);
        NetRun[] runs = [.. net.Values.Select(values => NetRun.Of(net, values))];
        foreach (NetRun run in runs.Concat(runs.Reverse()))
        {
            AssertClose(run.Expected, run.On(symbolic), 2e-5f, $"{name} at {run}");
        }
    }

    [LongTheory]
    [MemberData(nameof(Names))]
    public void Each_value_gives_what_a_program_made_for_it_gives(string name)
    {
        SymbolicNet net = SymbolicNets.All[name];
        using Opened symbolic = Opened.On("256", net.Symbolic);
        foreach (NetRun run in net.Values.Take(2).Select(values => NetRun.Of(net, values)))
        {
            using Opened made = Opened.On("256", run.Graph);

            // Tiles are chosen by the largest values, so sums may run in other blocks than those of numbers.
            AssertClose(run.On(made), run.On(symbolic), 2e-6f, $"{name} at {run}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_oracle_finds_the_symbols_from_shapes(string name)
    {
        SymbolicNet net = SymbolicNets.All[name];
        Graph symbolic = GraphParser.Parse(GraphPrinter.Print(net.Symbolic));
        foreach (NetRun run in net.Values.Take(net.TellsSymbols ? 2 : 0).Select(values => NetRun.Of(net, values)))
        {
            AssertClose(run.Expected, run.Oracle(symbolic), 1e-6f, $"{name} at {run}");
        }
    }

    private static void AssertClose(
        Dictionary<string, float[]> expected, Dictionary<string, float[]> actual, float tolerance, string what)
    {
        foreach (var (name, values) in expected)
        {
            float[] got = actual[name];
            float largest = values.Select(Math.Abs).DefaultIfEmpty(0).Max();
            Assert.True(values.Length == got.Length, $"{what}: {name}: {got.Length} elements, not {values.Length}");
            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(
                    Math.Abs(values[i] - got[i]) <= tolerance * largest,
                    $"{what}: {name}: element {i} is {got[i]:R}, must be {values[i]:R}");
            }
        }
    }
}

/// <summary>Inputs and state for one value of a model's symbols, and what the oracle makes of them.</summary>
internal sealed class NetRun
{
    private readonly SymbolicNet net;
    private readonly long[] values;
    private readonly Dictionary<string, TensorValue> inputs;
    private readonly Dictionary<string, TensorValue> state;

    private NetRun(SymbolicNet net, long[] values)
    {
        this.net = net;
        this.values = values;
        Graph = net.At(values);
        var random = new Random((int)values.Sum());
        inputs = Graph.Inputs.ToDictionary(
            node => node.Get<InputAttributes>().Name, node => Draw(random, node.Type, net.IndexLimit(values)));
        state = Graph.Parameters.Select(node => node.Get<ParameterAttributes>().Declaration)
            .ToDictionary(parameter => parameter.FullName, parameter => Draw(random, parameter.Type, 3));
        Expected = Oracle(Graph);
    }

    /// <summary>The graph of numbers.</summary>
    public Graph Graph { get; }

    /// <summary>Outputs, and what state becomes.</summary>
    public Dictionary<string, float[]> Expected { get; }

    public static NetRun Of(SymbolicNet net, long[] values) => new(net, values);

    /// <summary>What the oracle gives for a graph.</summary>
    public Dictionary<string, float[]> Oracle(Graph graph)
    {
        InterpreterResult result = Interpreter.Run(graph, inputs, state);
        return result.Outputs.Concat(result.Updates).Where(pair => pair.Value.Type == DType.F32)
            .ToDictionary(pair => pair.Key, pair => pair.Value.Floats.Select(x => (float)x).ToArray());
    }

    /// <summary>What a program gives; its symbols follow from the shapes of inputs where those tell them.</summary>
    public Dictionary<string, float[]> On(Opened opened)
    {
        bool isSymbolic = opened.Program.Table.Symbols.Length > 0;
        if (net.TellsSymbols)
        {
            opened.Context.SetShapes([.. inputs.Select(input => (input.Key, input.Value.Shape))]);
        }

        for (int i = 0; i < values.Length && isSymbolic && !net.TellsSymbols; i++)
        {
            opened.Context.SetSymbol(net.Symbols[i].Name, values[i]);
        }

        foreach (var (name, value) in state)
        {
            if (value.Type == DType.F32)
            {
                opened.State.Set<float>(name, [.. value.Floats.Select(x => (float)x)]);
            }
            else if (value.Type == DType.F64)
            {
                opened.State.Set<double>(name, value.Floats);
            }
            else
            {
                opened.State.Set<long>(name, value.Integers);
            }
        }

        foreach (var (name, value) in inputs)
        {
            if (value.Type == DType.F32)
            {
                value.Floats.Select(x => (float)x).ToArray().CopyTo(opened.Context.Input<float>(name));
            }
            else
            {
                value.Integers.CopyTo(opened.Context.Input<long>(name));
            }
        }

        opened.Context.Run();
        return Expected.Keys.ToDictionary(name => name, name => state.ContainsKey(name)
            ? opened.State.Get<float>(name).ToArray() : opened.Context.Output<float>(name).ToArray());
    }

    public override string ToString() => string.Join(", ", values);

    private static TensorValue Draw(Random random, TensorType type, long limit)
    {
        long[] shape = [.. type.Shape.Select(extent => extent.Value)];
        var elements = Enumerable.Range(0, (int)type.Shape.ElementCount.Value);
        return type.Type.IsFloat()
            ? new TensorValue(type.Type, shape, elements.Select(_ => (double)((random.NextSingle() * 2) - 1)).ToArray())
            : new TensorValue(type.Type, shape, elements.Select(_ => random.NextInt64(limit)).ToArray());
    }
}
