using Sinter.Reference;

namespace Sinter.Conformance.Tests.Scans;

public sealed class ScanCaseTests
{
    public static TheoryData<string> Names =>
        new(OpCases.All.Where(row => row.Op is Op.Scan or Op.Result).Select(row => row.FullName));

    [Theory]
    [MemberData(nameof(Names))]
    public void Interp(string name)
    {
        OpCase row = OpCases.Find(name);
        BuiltCase built = row.Construct();
        Assert.Equal(GraphPrinter.Print(built.Graph), GraphPrinter.Print(GraphParser.Parse(GraphPrinter.Print(built.Graph))));
        InterpreterResult expected = Interpreter.Run(built.Graph, built.Inputs, built.Parameters);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Engine(string name)
    {
        OpCase row = OpCases.Find(name);
        BuiltCase built = row.Construct();
        InterpreterResult expected = Interpreter.Run(built.Graph, built.Inputs, built.Parameters);
        InterpreterResult actual = Engines.All[1].Run(built.Graph, built.Inputs, built.Parameters);
        Comparison.AssertClose(expected, actual, row.Tolerance);
    }
}
