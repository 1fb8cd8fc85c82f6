using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Elementwise gradient rules that need more than a line.</summary>
internal static class ElementwiseGradients
{
    /// <summary>The gradient of a in a ^ b.</summary>
    public static Expression Base(GradientContext c)
    {
        if (Constants.SplatValue(c.B.Node) is { } exponent)
        {
            return ConstantPower(c, exponent);
        }

        // As PyTorch: a ^ 0 is constant even where a ^ -1 is infinite.
        Expression slope = c.G * (c.B * c.A.Make(Op.Power, c.B + -1));
        return c.B.EqualTo(0).Where(0, slope);
    }

    /// <summary>
    /// The gradient of b in a ^ b: zero where a is 0 and b is not negative, as PyTorch, instead of 0 * log(0).
    /// </summary>
    public static Expression Exponent(GradientContext c)
    {
        Expression notNegative = c.B.Make(Op.GreaterEqual, c.B.Like(0));
        Expression constant = c.A.EqualTo(0).Make(Op.And, notNegative);
        return constant.Where(0, c.G * (c.Y * c.A.Make(Op.Log)));
    }

    /// <summary>
    /// Maximum and minimum. Against a constant (ReLU, clamp) the gradient flows where the result is strictly inside, so
    /// that only the result has to be kept: ReLU'(0) = 0. Between two values ties split evenly, and where one is NaN it
    /// flows to both, as torch.maximum.
    /// </summary>
    public static Expression Extreme(GradientContext c)
    {
        Expression own = c.Input(c.Operand);
        Expression other = c.Input(1 - c.Operand);
        Op wins = c.Node.Op == Op.Maximum ? Op.Greater : Op.Less;
        if (Constants.SplatValue(other.Node) is not null)
        {
            return c.Y.Make(wins, other).Where(c.G, 0);
        }

        Expression shared = own.EqualTo(other).Where(c.G * 0.5, c.G);
        return other.Make(wins, own).Where(0, shared);
    }

    private static Expression ConstantPower(GradientContext c, double exponent) => exponent switch
    {
        0 => c.G.Like(0),
        1 => c.G,
        2 => c.G * (c.A * 2),
        _ => c.G * (c.A.Power(exponent - 1) * exponent),
    };
}
