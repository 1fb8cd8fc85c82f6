namespace Sinter.Reference;

/// <summary>Finds the values of symbolic dimensions from the shapes of the inputs.</summary>
internal static class SymbolBinding
{
    /// <summary>The value of each symbol of the graph but those that the run computes.</summary>
    /// <exception cref="RunException">
    /// An input is missing or has another rank or type, a symbol has two values, none, or one outside its declared
    /// range.
    /// </exception>
    public static Dictionary<Symbol, long> Bind(Graph graph, IReadOnlyDictionary<string, TensorValue> inputs)
    {
        var extents = graph.Inputs.SelectMany(node => Extents(node, inputs)).ToList();
        var symbols = new Dictionary<Symbol, long>();

        // A product of symbols gives one of them once the others are known, so several rounds may be needed.
        while (extents.Any(extent => Solve(extent, symbols)))
        {
        }

        foreach (Symbol symbol in graph.Symbols.Where(symbol => !graph.Computes(symbol)))
        {
            if (!symbols.ContainsKey(symbol))
            {
                throw new RunException($"no input tells the value of symbol {symbol}{Untold(symbol, extents)}");
            }
        }

        foreach (InputExtent extent in extents)
        {
            Check(extent, symbols);
        }

        return symbols;
    }

    // Where a symbol occurs without being told.
    private static string Untold(Symbol symbol, List<InputExtent> extents)
    {
        var places = extents.Where(extent => extent.Dimension.Symbols.Contains(symbol)).Select(
            extent => $"axis {extent.Axis} of input '{extent.Input}' is {extent.Dimension}, and got {extent.Actual}");
        string text = string.Join("; ", places);
        return text.Length == 0 ? "" : ": " + text;
    }

    private static IEnumerable<InputExtent> Extents(Node node, IReadOnlyDictionary<string, TensorValue> inputs)
    {
        string name = node.Get<InputAttributes>().Name;
        if (!inputs.TryGetValue(name, out TensorValue? value))
        {
            throw new RunException($"input '{name}' has no value");
        }

        if (value.Type != node.DType || value.Shape.Length != node.Shape.Rank)
        {
            throw new RunException($"input '{name}' is {node.Type}, got {value.TypeText}");
        }

        return node.Shape.Select((dimension, axis) => new InputExtent(name, axis, dimension, value.Shape[axis]));
    }

    private static bool Solve(InputExtent extent, Dictionary<Symbol, long> symbols)
    {
        if (extent.Dimension.Solve(extent.Actual, known => symbols.TryGetValue(known, out long v) ? v : null)
            is not var (bound, value))
        {
            return false;
        }

        if (value < bound.Min || value > bound.Max)
        {
            string where = $"axis {extent.Axis} of input '{extent.Input}'";
            throw new RunException($"symbol {bound} is {value}, outside its range {bound.Min}..{bound.Max} ({where})");
        }

        symbols.Add(bound, value);
        return true;
    }

    private static void Check(InputExtent extent, Dictionary<Symbol, long> symbols)
    {
        long expected = extent.Dimension.Evaluate(symbol => symbols[symbol]);
        if (expected != extent.Actual)
        {
            string values = string.Concat(
                extent.Dimension.Symbols.Select(symbol => $", and {symbol} is {symbols[symbol]}"));
            throw new RunException(
                $"axis {extent.Axis} of input '{extent.Input}' is {extent.Dimension}{values}, but got {extent.Actual}");
        }
    }

    private sealed record InputExtent(string Input, int Axis, Dimension Dimension, long Actual);
}
