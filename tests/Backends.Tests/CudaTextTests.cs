using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Testing;

namespace Sinter.Backends.Tests;

/// <summary>Golden kernels in CUDA C.</summary>
public sealed class CudaTextTests
{
    public static TheoryData<string> ReviewedNames =>
    [
        .. GoldenGraphs.OfEveryTarget,
        nameof(GoldenGraphs.Rows_are_shared_by_the_threads_of_a_block),
        nameof(GoldenGraphs.Elements_are_computed_side_by_side),
        nameof(GoldenGraphs.Elements_are_computed_four_neighbours_at_a_time),
        nameof(GoldenGraphs.A_product_has_tiles_of_threads_and_of_blocks),
        nameof(GoldenGraphs.A_large_product_takes_rows_and_columns_in_fours),
    ];

    [Theory]
    [MemberData(nameof(ReviewedNames))]
    public void Kernels_are_the_reviewed_ones(string name) =>
        Golden.Verify(Print(GoldenGraphs.Of(name)), method: name);

    public static TheoryData<string> GraphNames => [.. GoldenGraphs.Names];

    [ClangTheory]
    [MemberData(nameof(GraphNames))]
    public void Printed_text_is_CUDA_to_clang(string name)
    {
        string text = Prelude.Text + Print(GoldenGraphs.Of(name));
        Assert.Contains(".entry ", Clang.Compile(text, "sm_80"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_of_tf32_copies_aligned_operands_ahead() =>
        Golden.Verify(Print(GoldenGraphs.A_product_of_aligned_operands(), ProductPrecision.Tf32));

    [Fact]
    public void A_product_of_f16_fetches_its_operands_into_registers() =>
        Golden.Verify(Print(GoldenGraphs.A_product_has_tiles_of_threads_and_of_blocks(), ProductPrecision.F16));

    [Fact]
    public void A_large_product_of_bf16_packs_its_operands_first() => Golden.Verify(
        Print(GoldenGraphs.A_large_product_takes_rows_and_columns_in_fours(), ProductPrecision.Bf16));

    [Fact]
    public void A_convolution_of_bf16_packs_its_windows() =>
        Golden.Verify(Print(GoldenGraphs.A_convolution_of_several_channels(), ProductPrecision.Bf16));

    [Fact]
    public void No_line_of_the_text_ends_the_literal_that_holds_it() =>
        Assert.DoesNotContain("\"\"\"", Prelude.Text, StringComparison.Ordinal);

    private static string Print(Graph graph, ProductPrecision products = ProductPrecision.Exact) =>
        CudaProgramPrinter.PrintKernels(Pipeline.Compile(
            graph, new PipelineOptions(CudaTarget.Processor with { Products = products }, Check: true)));
}
