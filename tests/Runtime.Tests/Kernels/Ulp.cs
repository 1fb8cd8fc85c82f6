namespace Sinter.Runtime.Tests.Kernels;

/// <summary>Errors in units in the last place of the exact result.</summary>
internal static class Ulp
{
    private const double Wrong = double.PositiveInfinity;

    public static double Error(float got, double want)
    {
        if (double.IsNaN(want) || float.IsNaN(got))
        {
            return double.IsNaN(want) && float.IsNaN(got) ? 0 : Wrong;
        }
        if (float.IsInfinity(got) || float.IsInfinity((float)want))
        {
            // At the largest float either side of the border counts as one unit.
            bool near = Math.Abs(want) >= float.MaxValue && MathF.Abs(got) >= float.MaxValue && got > 0 == want > 0;
            return got == (float)want ? 0 : near ? 1 : Wrong;
        }
        int exponent = want == 0 ? -126 : Math.Max(-126, Math.ILogB(want));
        return Math.Abs(got - want) / Math.ScaleB(1, exponent - 23);
    }
}
