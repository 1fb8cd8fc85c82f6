using System.Text.RegularExpressions;
using Sinter.Backends.Cuda;
using Sinter.Backends.Tests;
using Sinter.Compiler;
using Sinter.Compiler.Values;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Every wait of a golden kernel is needed, for other threads or for copies: without it, one of the two orders
/// of threads computes something else.</summary>
public sealed class BarrierTests
{
    private static readonly Regex Waits = new(@"sn_barrier\(\);|sn_copy_wait<\d+>\(\);");

    private static readonly Dictionary<string, Func<Graph>> Graphs = new()
    {
        ["linear"] = GoldenGraphs.Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer,
        ["convolution"] = GoldenGraphs.A_convolution_reads_its_windows_in_place_and_pooling_follows,
        ["adam"] = GoldenGraphs.Adam_is_in_the_epilogue_of_the_gradient,
        ["rows"] = GoldenGraphs.Rows_are_shared_by_the_threads_of_a_block,
        ["product"] = GoldenGraphs.A_product_has_tiles_of_threads_and_of_blocks,
        ["aligned"] = GoldenGraphs.A_product_of_aligned_operands,
        ["channels"] = GoldenGraphs.A_convolution_of_several_channels,
        ["large"] = () => GoldenGraphs.LargeProduct(400),
    };

    public static TheoryData<string, ProductPrecision> Rows()
    {
        var rows = new TheoryData<string, ProductPrecision>
        {
            { "product", ProductPrecision.Tf32 },
            { "product", ProductPrecision.F16 },
            { "aligned", ProductPrecision.Tf32 },
            { "channels", ProductPrecision.Tf32 },
            { "channels", ProductPrecision.Bf16 },
            { "large", ProductPrecision.Bf16 },
        };
        foreach (string name in Graphs.Keys)
        {
            rows.Add(name, ProductPrecision.Exact);
        }

        return rows;
    }

    [LongTheory]
    [MemberData(nameof(Rows))]
    public void A_missing_wait_shows(string name, ProductPrecision products)
    {
        Graph graph = Graphs[name]();
        var random = new Random(5);
        var inputs = graph.Inputs.ToDictionary(
            input => input.Get<InputAttributes>().Name, input => Draw(input.Type, random));
        var parameters = graph.Parameters.ToDictionary(
            parameter => parameter.Get<ParameterAttributes>().Declaration.FullName,
            parameter => Draw(parameter.Type, random));
        InterpreterResult expected = Interpreter.Run(graph, inputs, parameters);
        CudaProgram program = Compile(graph, products, largeTiles: name == "large");
        Assert.True(Agrees(program), "the kernels are wrong as they are");
        int waits = 0;
        for (int kernel = 0; kernel < program.Kernels.Count; kernel++)
        {
            string text = program.Kernels[kernel];
            foreach (Match wait in Waits.Matches(text))
            {
                waits++;
                Assert.False(
                    Agrees(new Mutant(program, kernel, text.Remove(wait.Index, wait.Length))),
                    $"nothing shows that {wait.Value} is missing, the wait {waits} of\n{text}");
            }
        }

        Assert.True(waits > 0, "there is nothing to wait for");

        bool Agrees(CudaProgram candidate) => new[] { "cuda-forward", "cuda-backward" }.All(order =>
        {
            try
            {
                var engine = (CudaEngine)Engines.Find(order);
                Comparison.AssertClose(expected, engine.Run(candidate, inputs, parameters), 1e-4);
                return true;
            }
            catch (Exception error) when (error is CudaException or Xunit.Sdk.XunitException)
            {
                return false;
            }
        });
    }

    // One processor takes the tiles of the golden kernel for less.
    private static CudaProgram Compile(Graph graph, ProductPrecision products, bool largeTiles)
    {
        BlockFacts blocks = CudaTarget.Processor.Blocks!;
        Target target = CudaTarget.Processor with
        {
            Blocks = largeTiles ? blocks with { Processors = 1 } : blocks,
            Products = products,
        };
        return JitCompiler.CompileCuda(Pipeline.Compile(graph, new PipelineOptions(target)));
    }

    // Numbers that no precision rounds.
    private static TensorValue Draw(TensorType type, Random random)
    {
        long[] shape = type.Shape.Select(extent => extent.Value).ToArray();
        long count = shape.Aggregate(1L, (n, extent) => n * extent);
        if (type.Type.IsInteger())
        {
            return new TensorValue(type.Type, shape, Enumerable.Range(1, (int)count).Select(i => (long)i).ToArray());
        }

        var values = Enumerable.Range(0, (int)count).Select(_ => random.Next(1, 65) / 64.0);
        return new TensorValue(type.Type, shape, values.ToArray());
    }

    private sealed class Mutant(CudaProgram program, int kernel, string text) : CudaProgram(
        program.Table, [.. program.Threads], [.. program.SharedBytes], program.Prelude,
        [.. program.Kernels.Select((original, i) => i == kernel ? text : original)]);
}
