namespace Sinter;

/// <summary>Finds the sizes that a run computes, and an order in which each is known before anything names
/// it.</summary>
internal static class SizeOrder
{
    // Far above what a model has, far below what a stack holds.
    private const int Most = 1000;

    /// <summary>The nodes of <see cref="Op.SetSize"/> that results depend on, by an operand or by a symbol.</summary>
    /// <param name="roots">The results.</param>
    /// <param name="source">The node that sets a symbol; null where it is one of the inputs' shapes.</param>
    /// <exception cref="GraphException">A size depends on itself, or two have one symbol.</exception>
    public static Node[] Of(IEnumerable<Node> roots, Func<Symbol, Node?> source)
    {
        var order = new List<Node>();
        var met = new Dictionary<Symbol, Node>();
        void Require(Symbol symbol, Node size)
        {
            if (met.TryGetValue(symbol, out Node? known))
            {
                Check(known == size, $"two sizes are named {symbol}: name one, as in mask.NonZero(name: \"kept\")");
                Check(order.Contains(size), $"the size {symbol} depends on itself");
                return;
            }

            met.Add(symbol, size);
            Check(met.Count <= Most, FormattableString.Invariant($"a run of more than {Most} sizes"));
            Visit([size], size);
            order.Add(size);
        }

        void Visit(IEnumerable<Node> from, Node? self)
        {
            foreach (Node node in NodeOrder.Of(from))
            {
                if (node != self && node.Attributes is SetSizeAttributes own)
                {
                    Require(own.Symbol, node);
                }

                foreach (Symbol symbol in node.Symbols)
                {
                    if (source(symbol) is { } size)
                    {
                        Require(symbol, size);
                    }
                }
            }
        }

        Visit(roots, null);
        return [.. order];
    }

    private static void Check(bool condition, string reason)
    {
        if (!condition)
        {
            throw new GraphException(reason);
        }
    }
}
