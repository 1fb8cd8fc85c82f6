using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Modules;

namespace Sinter.Generators.Writing;

/// <summary>
/// Starts the passes beside the reading of the first model: in a process that has just begun, most of the time goes
/// into code that runs for the first time.
/// </summary>
internal static class PassesWarmUp
{
    private static readonly Lazy<Task> Once = new(() => Task.Run(Run));

    /// <summary>Starts them, the first time it is called.</summary>
    public static void Start() => _ = Once.Value;

    private static void Run()
    {
        Tensor<F32> x = new GraphBuilder(captureSource: false).Input<F32>("x", Symbol.Create("N", 1, 8), 1, 8, 8);
        Tensor<F32> y = new Linear(32, 4).Call(new Conv2d(1, 2, 5).Call(x).Relu().Flatten(1)).Softmax(1);
        Graph graph = GraphParser.Parse(GraphPrinter.Print(Graph.Of("start", ("y", y.Node))));
        CSharpTarget target = CSharpTarget.Bits256;
        Plan plan = Pipeline.Compile(graph, new PipelineOptions(target.Processor));
        _ = ProgramPrinter.Print(plan, target, "Start", ModelCompiler.ProgramNamespace);
    }
}
