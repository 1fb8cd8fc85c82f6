using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Products of rounded operands: what the oracle computes from operands that were rounded before. Large and
/// small tiles, threads in both orders.</summary>
public sealed class WarpProductTests
{
    public static TheoryData<ProductPrecision, string, bool> Rows()
    {
        var rows = new TheoryData<ProductPrecision, string, bool>();
        foreach (ProductPrecision precision in Enum.GetValues<ProductPrecision>())
        {
            // What waits are missing shows in BarrierTests, in both orders.
            rows.Add(precision, "cuda-forward", true);
            rows.Add(precision, "cuda-backward", false);
        }

        return rows;
    }

    [LongTheory]
    [MemberData(nameof(Rows))]
    public void Operands_are_rounded_and_sums_are_not(ProductPrecision precision, string order, bool largeTiles)
    {
        BuiltCase built = RoundedProducts.Build();
        CudaProgram program = Compile(built.Graph, precision, largeTiles);
        int packed = program.Table.Kernels.Count(name => name.Contains("_pack_", StringComparison.Ordinal));
        int products = program.Kernels.Count(text => text.Contains("contraction", StringComparison.Ordinal)) - packed;
        int matrices = program.Kernels.Count(text => text.Contains("sn_mma_", StringComparison.Ordinal));
        Assert.Equal(precision == ProductPrecision.Exact ? 0 : products, matrices);

        // Of nine products with many small tiles both operands are packed; with the largest, none has many.
        bool packs = !largeTiles && precision is (ProductPrecision.Bf16 or ProductPrecision.F16);
        Assert.True(packs ? packed >= 18 : packed == 0, $"{packed} operands are packed");
        var engine = (CudaEngine)Engines.Find(order);
        InterpreterResult actual = engine.Run(program, built.Inputs, built.Parameters);
        Comparison.AssertClose(RoundedProducts.Expected(built, precision), actual, RoundedProducts.Tolerance);
    }

    [Fact]
    public void Tiny_products_stay_exact()
    {
        var c = new CaseBuilder(3);
        Tensor<F32> product = c.Fixed("a", Draws.Any, 5, 20).MatMul(c.Fixed("b", Draws.Any, 20, 30));
        Graph graph = Graph.Of("tiny", ("y", product.Node));
        Assert.All(
            Compile(graph, ProductPrecision.Bf16, false).Kernels,
            text => Assert.DoesNotContain("sn_mma_", text, StringComparison.Ordinal));
    }

    // One processor takes the largest tiles that are not mostly empty.
    private static CudaProgram Compile(Graph graph, ProductPrecision precision, bool largeTiles)
    {
        Target target = CudaTarget.Processor;
        BlockFacts blocks = target.Blocks! with { Processors = largeTiles ? 1 : target.Blocks!.Processors };
        return JitCompiler.CompileCuda(Pipeline.Compile(
            graph, new PipelineOptions(target with { Blocks = blocks, Products = precision }, Check: true)));
    }
}
