using Sinter.Reference;

namespace Sinter.Conformance.Tests;

public sealed class OpCaseTests
{
    private static readonly IReadOnlyDictionary<string, SharedRuns> Runs =
        SharedRuns.ForAll(() => OpCases.All.Select(row => (row.FullName, row.Construct())));

    public static TheoryData<string, string> EnginesAndCases()
    {
        var data = new TheoryData<string, string>();
        foreach (IEngine engine in Engines.All)
        {
            foreach (OpCase row in OpCases.All.Where(row => Engines.Takes(engine.Name, row.FullName)))
            {
                data.Add(engine.Name, row.FullName);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_agrees_with_the_oracle(string engine, string name)
    {
        OpCase row = OpCases.Find(name);
        BuiltCase built = row.Construct();
        InterpreterResult expected = Interpreter.Run(built.Graph, built.Inputs, built.Parameters);
        InterpreterResult actual = Runs[engine].ResultOf(name);
        Comparison.AssertClose(expected, actual, row.Tolerance);
    }

    [Fact]
    public void Every_operation_has_a_case_that_uses_it()
    {
        foreach (Op op in Enum.GetValues<Op>())
        {
            OpCase[] cases = OpCases.All.Where(row => row.Op == op).ToArray();
            Assert.True(cases.Length > 0, $"{op} has no case");
            Assert.All(cases, row => Assert.True(Uses(row.Construct().Graph, op), $"{row.FullName} does not use it"));
        }
    }

    // In the graph or in the bodies of its loops and branches.
    private static bool Uses(Graph graph, Op op) => graph.Nodes.Any(node => node.Op == op
        || (node.Attributes is BodyAttributes within && within.Bodies.Any(body => Uses(body.Graph, op))));

    [Fact]
    public void The_interpreter_has_a_rule_for_every_operation() =>
        Assert.Equal(Enum.GetValues<Op>().Order(), Interpreter.Table.Keys.Order());
}
