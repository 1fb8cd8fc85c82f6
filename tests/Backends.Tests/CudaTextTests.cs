using System.Reflection;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Testing;

namespace Sinter.Backends.Tests;

/// <summary>Golden kernels in CUDA C.</summary>
public sealed class CudaTextTests
{
    [Fact]
    public void Softmax_over_rows_is_one_kernel() => Golden.Verify(Print(GoldenGraphs.Softmax_over_rows_is_one_kernel()));

    [Fact]
    public void Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer() => Golden.Verify(Print(GoldenGraphs.Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer()));

    [Fact]
    public void A_convolution_reads_its_windows_in_place_and_pooling_follows() => Golden.Verify(Print(GoldenGraphs.A_convolution_reads_its_windows_in_place_and_pooling_follows()));

    [Fact]
    public void Adam_is_in_the_epilogue_of_the_gradient() => Golden.Verify(Print(GoldenGraphs.Adam_is_in_the_epilogue_of_the_gradient()));

    [Fact]
    public void Pooling_and_its_gradient_compare_windows() => Golden.Verify(Print(GoldenGraphs.Pooling_and_its_gradient_compare_windows()));

    [Fact]
    public void Rows_are_gathered_and_their_gradients_scattered() => Golden.Verify(Print(GoldenGraphs.Rows_are_gathered_and_their_gradients_scattered()));

    [Fact]
    public void Cross_entropy_and_its_gradient_share_the_exponentials() => Golden.Verify(Print(GoldenGraphs.Cross_entropy_and_its_gradient_share_the_exponentials()));

    [Fact]
    public void Dropout_makes_its_mask_where_it_is_used() => Golden.Verify(Print(GoldenGraphs.Dropout_makes_its_mask_where_it_is_used()));

    [Fact]
    public void Long_sums_are_cut_for_threads() => Golden.Verify(Print(GoldenGraphs.Long_sums_are_cut_for_threads()));

    [Fact]
    public void Rows_are_shared_by_the_threads_of_a_block() => Golden.Verify(Print(GoldenGraphs.Rows_are_shared_by_the_threads_of_a_block()));

    [Fact]
    public void Elements_are_computed_side_by_side() => Golden.Verify(Print(GoldenGraphs.Elements_are_computed_side_by_side()));

    [Fact]
    public void A_product_has_tiles_of_threads_and_of_blocks() => Golden.Verify(Print(GoldenGraphs.A_product_has_tiles_of_threads_and_of_blocks()));

    // The graphs of the golden files, each a module.
    public static TheoryData<string> GraphNames => [.. typeof(GoldenGraphs)
        .GetMethods(BindingFlags.Static | BindingFlags.Public)
        .Where(method => method.ReturnType == typeof(Graph) && method.GetParameters().Length == 0)
        .Select(method => method.Name)];

    [ClangTheory]
    [MemberData(nameof(GraphNames))]
    public void Printed_text_is_CUDA_to_clang(string name)
    {
        var graph = (Graph)typeof(GoldenGraphs).GetMethod(name)!.Invoke(null, null)!;
        Assert.Contains(".entry ", Clang.Compile(Prelude.Text + Print(graph), "sm_80"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_of_tf32_copies_aligned_operands_ahead() =>
        Golden.Verify(Print(GoldenGraphs.A_product_of_aligned_operands(), ProductPrecision.Tf32));

    [Fact]
    public void A_product_of_f16_fetches_its_operands_into_registers() =>
        Golden.Verify(Print(GoldenGraphs.A_product_has_tiles_of_threads_and_of_blocks(), ProductPrecision.F16));

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
