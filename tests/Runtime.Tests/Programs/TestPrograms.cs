using System.Runtime.InteropServices;
using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime.Programs;
using Sinter.Tests.Models;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>An MLP and LeNet-5, both with dropout, each for inference and as a training step; compiled once.</summary>
public sealed class TestPrograms
{
    /// <summary>The test classes that share what is compiled here.</summary>
    public const string Collection = "programs";

    /// <summary>The largest batch: large enough for its products to be shared out among threads.</summary>
    public const int MaximumBatch = 48;

    private const int Classes = 10;

    private readonly Dictionary<string, (Program Inference, Program Step)> programs = [];

    /// <summary>The programs of <c>mlp</c> or <c>lenet5</c>. Inputs are image, and for the step label; outputs are
    /// logits or loss.</summary>
    public (Program Inference, Program Step) this[string model]
    {
        get
        {
            if (!programs.TryGetValue(model, out var found))
            {
                found = (Inference(model), Step(model));
                programs.Add(model, found);
            }

            return found;
        }
    }

    /// <summary>A state with the bits of each tensor, to be compared.</summary>
    public static Dictionary<string, byte[]> Bits(ModelState state, Program program) =>
        program.Table.State.ToDictionary(
            entry => entry.Name,
            entry => entry.Type switch
            {
                ElementType.I64 => MemoryMarshal.AsBytes(state.Get<long>(entry.Name)).ToArray(),
                ElementType.F64 => MemoryMarshal.AsBytes(state.Get<double>(entry.Name)).ToArray(),
                _ => MemoryMarshal.AsBytes(state.Get<float>(entry.Name)).ToArray(),
            });

    /// <summary>A batch that depends on its number alone.</summary>
    public static void Fill(ProgramContext context, int batch)
    {
        var random = new Random(batch);
        foreach (ref float pixel in context.Input<float>("image"))
        {
            pixel = random.NextSingle();
        }

        if (context.Program.Table.Inputs.Length > 1)
        {
            foreach (ref long label in context.Input<long>("label"))
            {
                label = random.Next(Classes);
            }
        }
    }

    private static Program Inference(string model)
    {
        var graph = new GraphBuilder();
        return JitCompiler.Compile(Graph.Of(model, ("logits", Module(model).Call(Image(graph)).Node)));
    }

    private static Program Step(string model)
    {
        var graph = new GraphBuilder(training: true);
        Layer layers = Module(model);
        Tensor<F32> logits = layers.Call(Image(graph));
        Tensor<F32> loss = Losses.CrossEntropy(logits, graph.Input<I64>("label", logits.Shape[0]));
        return JitCompiler.Compile(TrainingStep.Build(model + "-step", loss, new Adam(1e-3), [.. layers.Parameters]));
    }

    private static Tensor<F32> Image(GraphBuilder graph) =>
        graph.Input<F32>("image", Symbol.Create("N", 1, MaximumBatch), 1, 28, 28);

    private static Layer Module(string model) => model == "lenet5" ? new LeNet5() : new Mlp();

    private sealed class Mlp : Layer
    {
        private readonly Linear first;
        private readonly Linear second;
        private readonly Dropout dropout;

        public Mlp()
        {
            first = Register("first", new Linear(784, 128));
            dropout = Register("dropout", new Dropout(0.25));
            second = Register("second", new Linear(128, Classes));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input) =>
            second.Call(dropout.Call(first.Call(input.Flatten(1)).Relu()));
    }
}

/// <summary>Compiles for all of the classes, which run one after another.</summary>
[CollectionDefinition(TestPrograms.Collection)]
public sealed class TestProgramsCollection : ICollectionFixture<TestPrograms>;
