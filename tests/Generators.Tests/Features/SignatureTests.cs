using Microsoft.CodeAnalysis.CSharp;
using Sinter.Generators.Models;
using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Features;

/// <summary>Modules of any signature: read and in process, the same graph and the same program.</summary>
public class SignatureTests
{
    private static readonly Dictionary<string, string> Models = new()
    {
        ["tokens and a mask in, a tuple out"] = """
            [CompiledModel("tokens: i64[N, T], mask: bool[N, T]", Symbols = "N = 1..4, T = 1..8")]
            partial class M : Module
            {
                private readonly Tensor<F32> table;
                private readonly Linear head;

                public M()
                {
                    table = Parameter("table", Initializer.Normal(0, 1), 10, 6);
                    head = Register("head", new Linear(6, 3));
                }

                public (Tensor<F32> Logits, Tensor<I64> Best) Forward(Tensor<I64> tokens, Tensor<Bool> mask)
                {
                    var rows = table.IndexSelect(0, tokens.Flatten().CheckIndex(10, "token"));
                    var x = rows.Reshape(tokens.Shape[0], tokens.Shape[1], 6);
                    var logits = Tensor.Where(mask.Unsqueeze(-1), head.Call(x), 0);
                    return (logits, logits.ArgMax(-1));
                }
            }
            """,
        ["records in and out, options, an overridden element type"] = """
            public sealed record Memory(Tensor<F32> Keys, (Tensor<F32> Low, Tensor<I64> Count) Rest);

            public record struct Answer(Tensor<F32> Value, Memory Memory);

            [CompiledModel("x: f32[N, 4], memory.keys: f32[N, 4], memory.rest.low: f32[4], memory.rest.count: i64[]",
                Symbols = "N = 1..8")]
            partial class M : Module
            {
                private readonly Inner inner;

                public M() => inner = Register("inner", new Inner());

                public Answer Forward(Tensor<F32> x, Memory memory, bool doubles = true, Tensor<Bool>? mask = null)
                {
                    var (value, next) = inner.Step(x, memory);
                    value = mask is null ? value : Tensor.Where(mask, value, 0);
                    return new Answer(doubles ? value * 2 : value, next);
                }
            }

            class Inner : Module
            {
                private readonly Tensor<F32> scale;

                public Inner() => scale = Parameter("scale", Initializer.Ones, 4);

                public (Tensor<F32>, Memory) Step(Tensor<F32> x, Memory memory)
                {
                    using var scope = Enter(x);
                    var y = x * scale + memory.Keys;
                    return (y, memory with { Keys = y, Rest = (memory.Rest.Low + 1, memory.Rest.Count + 1) });
                }
            }
            """,
        ["a model that Create makes, with normalisation and a cache"] = """
            [CompiledModel("x: f32[N, 4], y: f32[N, 4]", Symbols = "N = 2..8", Training = "Objective")]
            partial class M : Module
            {
                private readonly BatchNorm1d norm;
                private readonly Tensor<F32> last;

                public M(double momentum)
                {
                    norm = Register("norm", new BatchNorm1d(4, momentum: momentum));
                    last = Cache<F32>("last", Initializer.Zeros, 4);
                }

                public static M Create() => new(0.2);

                public Tensor<F32> Forward(Tensor<F32> x, Tensor<F32> y)
                {
                    using var scope = Enter(x);
                    var z = norm.Call(norm.Call(x) + y);
                    var before = Latest(last);
                    Update(last, z.Mean(0));
                    return z + before;
                }

                private static TrainingObjective Objective()
                {
                    var model = Create();
                    var graph = new GraphBuilder(training: true);
                    var n = Symbol.Create("N", 2, 8);
                    var z = model.Forward(graph.Input<F32>("x", n, 4), graph.Input<F32>("y", n, 4));
                    var optimizer = new Sgd(0.1, momentum: 0.9) { Schedule = Schedules.Cosine(10) };
                    return new TrainingObjective((z * z.Tanh()).Mean(), optimizer, model.Parameters);
                }
            }
            """,
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_graph_read_is_the_graph_built(string name)
    {
        CSharpCompilation compilation = Source.Compile(Models[name]);
        Check(compilation);
        if (name.Contains("Create"))
        {
            Graph training = Source.Run(compilation, training: true);
            ModelReading reading = Source.Read(compilation);
            Assert.Equal(GraphPrinter.Print(training, GraphTextOptions.Paths), reading.Training?.ToString());
            Assert.Contains("momentum.norm.weight", reading.Training!.ToString());
            var kinds = training.Updates.Select(u => u.Parameter.Get<ParameterAttributes>().Declaration.Kind);
            Assert.Equal(7, kinds.Count(kind => kind != StateKind.Parameter));
        }
    }

    [Fact]
    public void Outputs_are_named_by_elements_and_properties()
    {
        Graph graph = Source.Run(Source.Compile(Models["records in and out, options, an overridden element type"]));
        Assert.Equal(
            ["value", "memory.keys", "memory.rest.low", "memory.rest.count"], graph.Outputs.Select(o => o.Name));
        Assert.Contains(graph.Nodes, node => node.ModulePath == "inner");
    }

    internal static void Check(CSharpCompilation compilation, params byte[][] libraries)
    {
        Graph built = Source.Run(compilation, libraries: libraries);
        ModelReading reading = Source.Read(compilation);
        Assert.True(reading.Problems.Count == 0, string.Join("\n", reading.Problems));
        Assert.Equal(GraphPrinter.Print(built, GraphTextOptions.Paths), reading.Graph?.ToString());
        Assert.Equal(FeatureTests.ProgramText(built), FeatureTests.GeneratedText(reading, "Compiled"));
        Assert.Equal(FeatureTests.CudaText(built), FeatureTests.GeneratedText(reading, "Compiled", "Cuda"));
    }
}
