namespace Sinter.Compiler.Values;

/// <summary>Every index that occurs in values: what decides whether loops may be joined.</summary>
internal static class IndexCollector
{
    public static List<Index> Of(IEnumerable<Value> values)
    {
        var result = new List<Index>();
        var seen = new HashSet<Value>();
        foreach (Value value in values)
        {
            Walk(value, result, seen);
        }

        return result;
    }

    private static void Walk(Value value, List<Index> result, HashSet<Value> seen)
    {
        if (!seen.Add(value))
        {
            return;
        }

        foreach (Index index in value.Indices)
        {
            result.Add(index);
            foreach (Value data in index.DataValues())
            {
                Walk(data, result, seen);
            }
        }

        foreach (Value operand in value.Operands)
        {
            Walk(operand, result, seen);
        }
    }
}
