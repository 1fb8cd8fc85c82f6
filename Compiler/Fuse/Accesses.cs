using Sinter.Compiler.Values;

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

    /// <summary>The reads, and the number of all values that they stand among.</summary>
    public static (IReadOnlyCollection<Access> Found, int Values) Counted(Value value)
    {
        var found = new HashSet<Access>();
        var seen = new HashSet<Value>();
        Walk(value, found, seen);
        return (found, seen.Count);
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
            foreach (Value data in index.DataValues())
            {
                Walk(data, found, seen);
            }
        }
    }
}
