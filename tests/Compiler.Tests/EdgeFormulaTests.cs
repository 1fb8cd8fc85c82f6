using Sinter.Compiler.Differentiate;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

/// <summary>Composed formulas at the places where a branch that is not taken overflows or has no slope.</summary>
public class EdgeFormulaTests
{
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(0, 1, 100, -1e12)]
    [InlineData(1, 0, 100, 1e12)]
    [InlineData(0.25, 1, 1.3862943611198906, -4)]
    [InlineData(1e-30, 0, 0, 1e-18)]
    public void Binary_cross_entropy_has_the_bounded_slope_of_PyTorch(double p, double t, double loss, double slope)
    {
        var (value, gradient) = At(p, x => Losses.BinaryCrossEntropy(x, Tensor<F32>.Scalar(t)));
        Assert.Equal(loss, value, 1e-6);
        Assert.Equal(slope, gradient, Math.Abs(slope) * 1e-6);
    }

    [Fact]
    public void Robust_losses_have_the_slope_of_their_line_where_the_square_overflows()
    {
        Tensor<F32> target = Tensor<F32>.Scalar(-3e38);
        Assert.Equal(1, At(3e38, x => Losses.HuberLoss(x, target)).Gradient);
        Assert.Equal(1, At(3e38, x => Losses.SmoothL1Loss(x, target)).Gradient);
    }

    [Fact]
    public void Gelu_by_tanh_has_the_slope_1_where_the_cube_overflows()
    {
        Assert.Equal(1, At(3e38, x => x.Gelu(approximateTanh: true)).Gradient, 1e-6);
        Assert.Equal(0, At(-3e38, x => x.Gelu(approximateTanh: true)).Gradient, 1e-6);
    }

    [Fact]
    public void Clamp_has_the_slope_1_at_both_bounds_and_0_outside()
    {
        Assert.Equal((-1, 1), At(-1, x => x.Clamp(-1, 3)));
        Assert.Equal((3, 1), At(3, x => x.Clamp(-1, 3)));
        Assert.Equal((3, 0), At(4, x => x.Clamp(-1, 3)));
        Assert.Equal((-2, 0), At(0, x => x.Clamp(1, -2)));
    }

    [Fact]
    public void Deviations_and_norms_of_equal_or_no_numbers_have_the_slope_0()
    {
        Assert.Equal((0, 0), At(5, x => Tensor.Stack(0, x, x).Std()));
        Assert.Equal((0, 0), At(0, x => x.Reshape(1).Norm(0.5)));
        Assert.Equal((0, 0), At(0, x => x.Reshape(1).Norm(2)));
        Assert.Equal((0, 0), At(0, x => x.Reshape(1).Norm(1.5)));
    }

    [Fact]
    public void The_logarithm_of_a_sum_of_infinities_is_infinite()
    {
        double lowest = double.NegativeInfinity;
        Assert.Equal(lowest, At(lowest, x => Tensor.Stack(0, x, x).LogSumExp(0)).Value);
        Assert.Equal(-lowest, At(-lowest, x => Tensor.Stack(0, x, x * 0.5).LogSumExp(0)).Value);
    }

    [Fact]
    public void Variance_of_fewer_numbers_than_its_correction_is_no_number() =>
        Assert.True(double.IsNaN(At(4, x => x.Reshape(1).Variance(correction: 2)).Value));

    private static (double Value, double Gradient) At(double at, Func<Tensor<F32>, Tensor<F32>> function)
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x");
        Tensor<F32> y = function(x);
        Node gradient = Differentiator.Gradient(y.Node, [x.Node])[x.Node];
        var inputs = new Dictionary<string, TensorValue> { ["x"] = TensorValue.Scalar(DType.F32, at) };
        InterpreterResult result = Interpreter.Run(
            Graph.Of("edge", ("y", y.Node), ("g", gradient)), inputs, new Dictionary<string, TensorValue>());
        return (result.Outputs["y"].Number(0), result.Outputs["g"].Number(0));
    }
}
