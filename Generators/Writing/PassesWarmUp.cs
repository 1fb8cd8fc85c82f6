using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sinter.Compiler.Differentiate;
using Sinter.Generators.Models;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Generators.Writing;

/// <summary>
/// Starts the passes on small graphs while the compiler looks up what a first model's source means: in a process that
/// has just begun, most of the time goes into code that runs for the first time.
/// </summary>
internal static class PassesWarmUp
{
    private static readonly Lazy<Task<ModelOutput>> Inference = new(() => Task.Run(static () => Compile(Network())));
    private static readonly Lazy<Task<ModelOutput>> Training =
        new(() => Task.Run(static () => Compile(TrainingOfNetwork())));

    /// <summary>Starts what a class with the attribute will need, the first time it is called.</summary>
    public static Task<ModelOutput> Start(TypeDeclarationSyntax model)
    {
        // By the text alone, because the meaning is what there is time to wait for.
        bool isTrained = model.AttributeLists.SelectMany(list => list.Attributes)
            .SelectMany(attribute => attribute.ArgumentList?.Arguments ?? [])
            .Any(argument => argument.NameEquals?.Name.Identifier.Text == "Training");
        return isTrained ? Training.Value : Inference.Value;
    }

    private static Graph Network()
    {
        var builder = new GraphBuilder(captureSource: false);
        return Graph.Of("start", ("y", Layers().Call(Input(builder)).Node));
    }

    private static Graph TrainingOfNetwork()
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Layer layers = Layers();
        Tensor<F32> logits = layers.Call(Input(builder));
        Tensor<I64> labels = builder.Input<I64>("labels", logits.Shape[0]);
        var correct = new Output("correct", Losses.Accuracy(logits, labels).Node);
        return TrainingStep.Build("start", new TrainingObjective(
            Losses.CrossEntropy(logits, labels), new Adam(), layers.Parameters, correct));
    }

    private static Tensor<F32> Input(GraphBuilder builder) =>
        builder.Input<F32>("x", Symbol.Create("N", 1, 8), 1, 8, 8);

    private static Layer Layers() =>
        new Sequential(new Conv2d(1, 2, 5), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(8, 4));

    private static ModelOutput Compile(Graph graph)
    {
        var model = new ModelClass("", default, "partial class Start", "Start", "Start");
        var request = new ProgramRequest(model, null, GraphPrinter.Print(graph), null, null, false, false);
        return ModelCompiler.Compile(request, new ProjectSettings("256", AllowsUnsafe: true), CancellationToken.None);
    }
}
