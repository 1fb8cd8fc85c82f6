using Sinter.Backends.Tests;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Every wait of a golden kernel is needed: without it, one of the two orders of threads computes something
/// else.</summary>
public sealed class BarrierTests
{
    private const string Barrier = "sn_barrier();";

    private static readonly Dictionary<string, Func<Graph>> Graphs = new()
    {
        ["linear"] = GoldenGraphs.Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer,
        ["convolution"] = GoldenGraphs.A_convolution_reads_its_windows_in_place_and_pooling_follows,
        ["adam"] = GoldenGraphs.Adam_is_in_the_epilogue_of_the_gradient,
        ["rows"] = GoldenGraphs.Rows_are_shared_by_the_threads_of_a_block,
        ["product"] = GoldenGraphs.A_product_has_tiles_of_threads_and_of_blocks,
    };

    public static TheoryData<string> Names() => [.. Graphs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_missing_barrier_shows(string name)
    {
        Graph graph = Graphs[name]();
        var random = new Random(5);
        var inputs = graph.Inputs.ToDictionary(
            input => input.Get<InputAttributes>().Name, input => Draw(input.Type, random));
        var parameters = graph.Parameters.ToDictionary(
            parameter => parameter.Get<ParameterAttributes>().Declaration.FullName,
            parameter => Draw(parameter.Type, random));
        InterpreterResult expected = Interpreter.Run(graph, inputs, parameters);
        CudaProgram program = JitCompiler.CompileCuda(graph, new JitOptions { CacheDirectory = null });
        Assert.True(Agrees(program), "the kernels are wrong as they are");
        int barriers = 0;
        for (int kernel = 0; kernel < program.Kernels.Count; kernel++)
        {
            string text = program.Kernels[kernel];
            for (int at = text.IndexOf(Barrier, StringComparison.Ordinal); at >= 0;
                at = text.IndexOf(Barrier, at + 1, StringComparison.Ordinal))
            {
                barriers++;
                Assert.False(
                    Agrees(new Mutant(program, kernel, text.Remove(at, Barrier.Length))),
                    $"nothing shows that barrier {barriers} is missing from\n{text}");
            }
        }

        Assert.True(barriers > 0, "there is no barrier to miss");

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

    private static TensorValue Draw(TensorType type, Random random)
    {
        long[] shape = type.Shape.Select(extent => extent.Value).ToArray();
        long count = shape.Aggregate(1L, (n, extent) => n * extent);
        var values = Enumerable.Range(0, (int)count).Select(_ => (double)(float)random.NextDouble());
        return new TensorValue(type.Type, shape, values.ToArray());
    }

    private sealed class Mutant(CudaProgram program, int kernel, string text) : CudaProgram(
        program.Table, [.. program.Threads], program.Prelude,
        [.. program.Kernels.Select((original, i) => i == kernel ? text : original)]);
}
