namespace Sinter.Conformance.Tests.Edges;

/// <summary>A case in which Sinter does not give what PyTorch gives.</summary>
/// <param name="Keys">The results that differ.</param>
/// <param name="Chosen">What Sinter gives there.</param>
/// <param name="Reason">Why.</param>
public sealed record EdgeChoice(string[] Keys, string Chosen, string Reason);

/// <summary>The one table of what was chosen otherwise. A test fails where a case of the table passes.</summary>
public static class EdgeChoices
{
    public static IReadOnlyDictionary<string, EdgeChoice> All { get; } = new Dictionary<string, EdgeChoice>
    {
        ["edge_clamp_m1_3"] = new(
            ["grad_input.0"],
            "Slope 0 at both bounds.",
            "Against a constant the gradient flows where the result is strictly inside, as ReLU has it: "
            + "only the result is kept."),
        ["edge_clamp_min_0"] = new(
            ["grad_input.0"],
            "Slope 0 at the bound.",
            "As for clamp; this is ReLU."),
        ["edge_relu"] = new(
            ["grad_input.0"],
            "Slope 0 at NaN.",
            "The result, NaN itself, is not above 0; NaN shows in the result."),
        ["edge_relu6"] = new(
            ["grad_input.0"],
            "Slope 0 at NaN.",
            "As for ReLU."),
        ["edge_hardtanh"] = new(
            ["grad_input.0"],
            "Slope 0 at NaN.",
            "As for ReLU."),
        ["edge_elu_07"] = new(
            ["output.0", "grad_input.0"],
            "-0 at -0, -7e-9 at -1e-8, NaN at NaN.",
            "Computed with expm1, which keeps small numbers and the sign of 0; the slope of NaN is NaN."),
        ["edge_selu"] = new(
            ["output.0", "grad_input.0"],
            "-0 at -0, -1.76e-8 at -1e-8, NaN at NaN.",
            "As for ELU."),
        ["edge_gelu"] = new(
            ["output.0"],
            "-0 for all negative numbers that give 0; -0.00404969 at -3.",
            "The definition x (1 + erf) / 2; -0.0040496941 is exact, PyTorch is off by more."),
        ["edge_silu"] = new(
            ["grad_input.0"],
            "0 where PyTorch has -0.",
            "The gradient is a sum of two products that cancel, and rounds to 0."),
        ["edge_logsigmoid"] = new(
            ["output.0", "grad_input.0"],
            "-0 for large numbers, where PyTorch has 0.",
            "It is written -softplus(-x), and -0 is what log(1 - tiny) rounds to."),
        ["edge_hardswish"] = new(
            ["output.0"],
            "3e38 at 3e38.",
            "The curve ends at 3, beyond which x is itself; PyTorch multiplies by 6 first and overflows."),
        ["edge_log1p"] = new(
            ["output.0"],
            "88.6 at 3e38.",
            "That is the logarithm; PyTorch overflows."),
        ["edge_gelu_tanh"] = new(
            ["grad_input.0"],
            "1 and 0 at numbers so large that their cube overflows, and at the infinities.",
            "These are the limits; PyTorch multiplies infinity by 0 and has NaN."),
        ["edge_loss_bce_none"] = new(
            ["output.0"],
            "0 where PyTorch has -0.",
            "The loss is nothing less a sum of logarithms, and nothing less 0 is 0."),
        ["edge_fmod"] = new(
            ["output.0", "grad_input.1"],
            "The exact remainder of any two finite numbers; its slope -trunc(a / b) is infinite where that overflows.",
            "PyTorch gives NaN where the quotient overflows."),
        ["edge_remainder"] = new(
            ["output.0", "grad_input.1"],
            "The exact remainder; its slope -floor(a / b), infinite where the quotient overflows.",
            "PyTorch gives NaN there; by infinity it counts the quotient that moved the remainder over, a "
            + "/ b does not."),
        ["edge_maximum"] = new(
            ["output.0"],
            "Of two zeros the first.",
            "PyTorch gives the second; both are equal to the other."),
        ["edge_minimum"] = new(
            ["output.0"],
            "Of two zeros the first.",
            "As for maximum."),
        ["edge_rows_any"] = new(
            ["output.0"],
            "Minus infinity counts as true.",
            "It is not 0; this PyTorch converts it to an integer first."),
        ["edge_rows_all"] = new(
            ["output.0"],
            "Minus infinity and the smallest number count as true.",
            "As for any."),
        ["edge_rows_amax"] = new(
            ["grad_input.0"],
            "Slope 0 in rows with NaN.",
            "No element equals NaN; NaN shows in the result."),
        ["edge_rows_amin"] = new(
            ["grad_input.0"],
            "Slope 0 in rows with NaN.",
            "As for amax."),
        ["edge_rows_logsumexp"] = new(
            ["grad_input.0"],
            "Two equal largest elements share evenly: 0.5 each.",
            "The gradient is softmax, computed from shifted exponentials; PyTorch loses log 2 beside 3e38 "
            + "and gives 1 twice."),
        ["edge_rows_norm_half"] = new(
            ["grad_input.0"],
            "A component 0 has the slope 0; 2 where the sum of roots is finite.",
            "A power below 1 has no slope at 0, and 0 is what trains; PyTorch overflows on the way."),
        ["edge_rows_prod"] = new(
            ["grad_input.0"],
            "Quotient of the product by the element, where no element is 0.",
            "It takes one division an element; products of all others would take the square of their "
            + "number, and differ only where the product overflows or is NaN."),
        ["edge_rows_std"] = new(
            ["output.0", "grad_input.0"],
            "Infinity where the square of a deviation overflows, and NaN as its slope.",
            "Sums are in single precision; PyTorch computes this one in double."),
        ["edge_rows_var"] = new(
            ["grad_input.0"],
            "NaN in rows with infinity or overflow.",
            "The gradient passes through the mean, where infinity meets its opposite; PyTorch leaves that "
            + "part out."),
        ["edge_rows_var_0"] = new(
            ["grad_input.0"],
            "NaN in rows with infinity or overflow.",
            "As for var."),
        ["edge_empty_2x0_amax"] = new(
            ["refusal"],
            "Minus infinity.",
            "The maximum of nothing, so that batches may be empty; Op.Max documents it."),
        ["edge_empty_2x0_amin"] = new(
            ["refusal"],
            "Infinity.",
            "As for amax."),
        ["edge_loss_bce_logits_none"] = new(
            ["output.0"],
            "6e-39 at 88 with the target 1.",
            "The loss itself; PyTorch flushes it to 0."),
        ["edge_loss_cosine"] = new(
            ["grad_input.0", "grad_input.1"],
            "0 for vectors whose square overflows.",
            "Their length is infinity, divided by which nothing is left; the cosine is 0 as in PyTorch."),
    };
}
