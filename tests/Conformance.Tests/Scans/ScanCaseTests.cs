using Sinter.Compiler.Differentiate;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Scans;

public sealed class ScanCaseTests
{
    public static TheoryData<string> Names =>
        new(OpCases.All.Where(row => row.Op is Op.Scan or Op.Result).Select(row => row.FullName));

    public static TheoryData<string> Smooth =>
        new(OpCases.All.Where(row => row.CheckGradient && row.Op is Op.Scan or Op.Result).Where(row => row.CheckGradient).Select(row => row.FullName));

    [Theory]
    [MemberData(nameof(Names))]
    public void Cuda(string name)
    {
        OpCase row = OpCases.Find(name);
        BuiltCase built = row.Construct();
        InterpreterResult expected = Interpreter.Run(built.Graph, built.Inputs, built.Parameters);
        InterpreterResult actual = Engines.All[4].Run(built.Graph, built.Inputs, built.Parameters);
        Comparison.AssertClose(expected, actual, row.Tolerance);
    }

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Gradients(string name)
    {
        LossCase loss = GradientCheck.LossOf(OpCases.Find(name));
        GradientCheck.AssertClose(GradientCheck.Differences(loss), GradientCheck.Evaluate(loss, Differentiator.Gradient), 1e-6);
    }
    [Theory]
    [MemberData(nameof(Smooth))]
    public void GradientsJit(string name)
    {
        LossCase loss = GradientCheck.LossOf(OpCases.Find(name));
        Graph graph = GradientCheck.GradientGraph(loss, Differentiator.Gradient);
        InterpreterResult expected = Interpreter.Run(graph, loss.Inputs, loss.Parameters);
        InterpreterResult actual = Engines.All[3].Run(graph, loss.Inputs, loss.Parameters);
        Comparison.AssertClose(expected, actual, 1e-4);
    }
}
