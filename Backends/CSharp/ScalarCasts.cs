using Sinter.Backends.Printing;

namespace Sinter.Backends.CSharp;

/// <summary>Conversions of single elements, as <see cref="Op.Cast"/> says.</summary>
internal static class ScalarCasts
{
    /// <summary>A value of one type as one of another.</summary>
    public static string Cast(string value, DType from, DType to)
    {
        if (from == to)
        {
            return value;
        }

        if (from.IsStorage())
        {
            return Cast($"Scalars.From{from}({Parentheses.Bare(value)})", DType.F32, to);
        }

        if (to.IsStorage())
        {
            // Half precision is rounded to once, also from doubles; all else goes by way of single precision.
            bool once = from == DType.F64 && to == DType.F16;
            return $"Scalars.To{to}({Parentheses.Bare(once ? value : Cast(value, from, DType.F32))})";
        }

        if (from == DType.Bool)
        {
            string one = CSharpTarget.Literal(to, Constants.Bits(to, 1));
            return $"({value} ? {one} : {CSharpTarget.Literal(to, 0)})";
        }

        if (to == DType.Bool)
        {
            return $"({value} != 0)";
        }

        // C# refuses constants that do not fit, and leaves open what numbers become that no integer holds.
        if (from.IsFloat() && !to.IsFloat())
        {
            return $"Scalars.To{to}({Parentheses.Bare(value)})";
        }

        string cast = $"(({CSharpTarget.Scalar(to)}){value})";
        bool widens = DTypes.SizeOf(to) > DTypes.SizeOf(from) && to != DType.U32;
        return to.IsFloat() || widens ? cast : "unchecked" + cast;
    }
}
