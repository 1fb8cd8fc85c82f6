using Microsoft.CodeAnalysis.CSharp;
using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Generators.Models;
using Sinter.Generators.Tests.Support;
using Sinter.Generators.Writing;

namespace Sinter.Generators.Tests.Features;

/// <summary>What the build reads of a model is what the model builds when it runs: the graph, and the program's
/// text.</summary>
public class FeatureTests
{
    public static TheoryData<string> Names => [.. FeatureModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_graph_read_is_the_graph_built(string name)
    {
        CSharpCompilation compilation = Source.Compile(FeatureModels.All[name]);
        Graph built = Source.Run(compilation);
        ModelReading reading = Source.Read(compilation);
        Assert.True(reading.Problems.Count == 0, string.Join("\n", reading.Problems));
        Assert.Equal(GraphPrinter.Print(built, GraphTextOptions.Paths), reading.Graph?.ToString());
        Assert.Equal(ProgramText(built), GeneratedText(reading, "Compiled"));
        Assert.Equal(CudaText(built), GeneratedText(reading, "Compiled", "Cuda"));
    }

    [Fact]
    public void LeNet5_and_its_training_step_are_those_of_the_process()
    {
        CSharpCompilation compilation = Source.Compile(LeNet5Source.Text);
        Graph inference = Source.Run(compilation);
        Graph training = Source.Run(compilation, training: true);
        ModelReading reading = Source.Read(compilation);
        Assert.Empty(reading.Problems);
        Assert.Equal(GraphPrinter.Print(inference, GraphTextOptions.Paths), reading.Graph?.ToString());
        Assert.Equal(GraphPrinter.Print(training, GraphTextOptions.Paths), reading.Training?.ToString());
        Assert.Equal(ProgramText(inference), GeneratedText(reading, "Compiled"));
        Assert.Equal(ProgramText(training, "Training"), GeneratedText(reading, "Training"));
        Assert.Equal(CudaText(inference), GeneratedText(reading, "Compiled", "Cuda"));
        Assert.Equal(CudaText(training, "Training"), GeneratedText(reading, "Training", "Cuda"));
    }

    [Fact]
    public void There_are_sixty_models() => Assert.InRange(FeatureModels.All.Count, 60, 1000);

    /// <summary>The text as in-process compilation prints it, under the names that the generator gives.</summary>
    internal static string ProgramText(Graph graph, string part = "Compiled")
    {
        Plan plan = Pipeline.Compile(graph, new PipelineOptions(CSharpTarget.Bits256.Processor));
        return ProgramPrinter.Print(plan, CSharpTarget.Bits256, part + "256", "SinterPrograms.M");
    }

    /// <summary>The text of the program for CUDA devices, likewise.</summary>
    internal static string CudaText(Graph graph, string part = "Compiled")
    {
        Plan plan = Pipeline.Compile(graph, new PipelineOptions(CudaTarget.Processor));
        return CudaProgramPrinter.Print(plan, part + "Cuda", "SinterPrograms.M");
    }

    /// <summary>The text that the generator adds.</summary>
    internal static string GeneratedText(ModelReading reading, string part, string target = "256")
    {
        bool cuda = target == "Cuda";
        var settings = new ProjectSettings("256", AllowsUnsafe: true, HasCuda: cuda, WantsCuda: cuda);
        ModelOutput output = ModelCompiler.Compile(ProgramRequest.Of(reading), settings, default);
        Assert.Empty(output.Problems);
        return output.Files.Single(file => file.HintName == $"M.{part}{target}.g.cs").Text;
    }
}
