using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>The reads that values make, each place once.</summary>
internal static class Reads
{
    /// <summary>All of them.</summary>
    public static List<Load> All(IEnumerable<Value> values) => Of(values, underGuards: true);

    /// <summary>Those that are made whatever else holds, not those under a guard.</summary>
    public static List<Load> Plain(IEnumerable<Value> values) => Of(values, underGuards: false);

    /// <summary>Whether both read one place.</summary>
    public static bool AreSame(Load a, Load b) => a.Buffer == b.Buffer && a.Index.Equals(b.Index);

    private static List<Load> Of(IEnumerable<Value> values, bool underGuards)
    {
        var seen = new HashSet<Value>();
        var loads = new List<Load>();
        void Walk(Value value)
        {
            if (!seen.Add(value) || (value is Guard && !underGuards))
            {
                return;
            }

            if (value is Load load && !loads.Any(other => AreSame(load, other)))
            {
                loads.Add(load);
            }

            foreach (Value operand in value.Operands)
            {
                Walk(operand);
            }
        }

        foreach (Value value in values)
        {
            Walk(value);
        }

        return loads;
    }
}
