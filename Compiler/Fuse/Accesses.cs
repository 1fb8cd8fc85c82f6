using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Fuse;

/// <summary>Finds the unresolved reads inside a value, those inside data indices included.</summary>
internal static class Accesses
{
    public static IReadOnlyCollection<Access> In(Value value)
    {
        var found = new HashSet<Access>();
        Walk(value, found, []);
        return found;
    }

    private static void Walk(Value value, HashSet<Access> found, HashSet<Value> seen)
    {
        if (!seen.Add(value))
        {
            return;
        }

        if (value is Access access)
        {
            found.Add(access);
        }

        foreach (Value operand in value.Operands)
        {
            Walk(operand, found, seen);
        }

        foreach (Index index in value.Indices)
        {
            Walk(index, found, seen);
        }
    }

    private static void Walk(Index index, HashSet<Access> found, HashSet<Value> seen)
    {
        foreach (Term term in index.Terms)
        {
            switch (term.Atom)
            {
                case DataAtom data:
                    Walk(data.Value, found, seen);
                    break;
                case QuotientAtom quotient:
                    Walk(quotient.Dividend, found, seen);
                    break;
                case RemainderAtom remainder:
                    Walk(remainder.Dividend, found, seen);
                    break;
            }
        }
    }
}
