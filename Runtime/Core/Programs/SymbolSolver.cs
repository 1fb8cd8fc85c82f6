namespace Sinter.Runtime.Programs;

/// <summary>Finds the values of symbolic dimensions from the extents of inputs: an input of the extent T + 1 tells
/// T.</summary>
public static class SymbolSolver
{
    /// <summary>The value of each symbol of a program.</summary>
    /// <param name="table">The program.</param>
    /// <param name="shapes">The extents of inputs, by name; inputs may be missing.</param>
    /// <param name="given">The values of symbols that no input tells, by position.</param>
    /// <exception cref="RunException">An input has another rank, or extents that no values of the symbols
    /// give.</exception>
    public static long[] Solve(
        ProgramTable table, IReadOnlyDictionary<string, long[]> shapes, ReadOnlySpan<long> given)
    {
        var extents = new List<(PortEntry Port, int Axis, long Value)>();
        foreach (PortEntry port in table.Inputs.Where(port => shapes.ContainsKey(port.Name)))
        {
            long[] shape = shapes[port.Name];
            if (shape.Length != port.Shape.Length)
            {
                throw new RunException($"'{port.Name}' has {port.Shape.Length} axes, got {shape.Length}");
            }

            extents.AddRange(shape.Select((value, axis) => (port, axis, value)));
        }

        var values = new long?[table.Symbols.Length];

        // A product of symbols tells one of them once the others are known, so several rounds may be needed.
        while (extents.Any(extent => Tell(extent.Port.Shape[extent.Axis], extent.Value, values)))
        {
        }

        var all = new long[values.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = values[i] ?? given[i];
        }

        foreach (var (port, axis, value) in extents)
        {
            Check(table, port, axis, value, all);
        }

        return all;
    }

    private static bool Tell(Size size, long value, long?[] values)
    {
        int[] open = size.AllSymbols.Where(symbol => values[symbol] is null).Distinct().Take(2).ToArray();
        if (open.Length != 1 || size.Linear(open[0], values) is not { Slope: not 0 } line
            || (value - line.Constant) % line.Slope != 0)
        {
            return false;
        }

        values[open[0]] = (value - line.Constant) / line.Slope;
        return true;
    }

    private static void Check(ProgramTable table, PortEntry port, int axis, long value, long[] symbols)
    {
        for (int i = 0; i < symbols.Length; i++)
        {
            SymbolEntry symbol = table.Symbols[i];
            if (symbols[i] < symbol.Min || symbols[i] > symbol.Max)
            {
                throw new RunException(
                    $"{symbol.Name} = {symbols[i]} is outside its declared range {symbol.Min}..{symbol.Max}");
            }
        }

        Size size = port.Shape[axis];
        long expected = size.Evaluate(symbols);
        if (expected != value)
        {
            var known = size.AllSymbols.Distinct().Select(i => $"{table.Symbols[i].Name} = {symbols[i]}");
            string where = size.IsFixed ? "" : $", which is {expected} with {string.Join(", ", known)}";
            throw new RunException($"axis {axis} of '{port.Name}' is {size.Text(table.Symbols)}{where}, got {value}");
        }
    }
}
