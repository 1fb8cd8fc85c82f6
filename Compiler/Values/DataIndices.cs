namespace Sinter.Compiler.Values;

/// <summary>Values inside indices: rows chosen by data, at the top of a sum or inside its quotients and
/// remainders.</summary>
internal static class DataIndices
{
    /// <summary>The values that an index reads; those inside the values' own indices are not entered.</summary>
    public static IEnumerable<Value> DataValues(this Index index) => index.Terms.SelectMany(term => term.Atom switch
    {
        DataAtom data => [data.Value],
        QuotientAtom quotient => quotient.Dividend.DataValues(),
        RemainderAtom remainder => remainder.Dividend.DataValues(),
        _ => Enumerable.Empty<Value>(),
    });

    /// <summary>Whether an index reads a value.</summary>
    public static bool HasData(this Index index) => index.DataValues().Any();

    /// <summary>The index with other values in place of those it reads.</summary>
    public static Index MapData(this Index index, Func<Value, Value> of)
    {
        if (!index.HasData())
        {
            return index;
        }

        Index result = Index.Zero;
        foreach (Term term in index.Terms)
        {
            Index part = term.Atom switch
            {
                DataAtom data => Index.Of(new DataAtom(of(data.Value), data.Extent)),
                QuotientAtom quotient => quotient.Dividend.MapData(of) / quotient.Divisor,
                RemainderAtom remainder => remainder.Dividend.MapData(of) % remainder.Divisor,
                { } atom => Index.Of(atom),
                null => 1,
            };
            result += part * term.Coefficient;
        }

        return result;
    }
}
