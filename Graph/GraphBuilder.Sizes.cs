using System.Globalization;

namespace Sinter;

public sealed partial class GraphBuilder
{
    // What sets each symbol whose value a run computes: the first that was made. Passes make others for their graphs.
    private readonly Dictionary<Symbol, Node> sizes = [];
    private readonly HashSet<Node> absorbedSizes = [];

    /// <summary>The node that sets a symbol, or null. What is made of parameters alone comes from a builder that nobody
    /// has asked for.</summary>
    internal Node? SizeOf(Symbol symbol)
    {
        if (!sizes.TryGetValue(symbol, out Node? size) && symbol.Source is { Owner.IsDetached: true } source)
        {
            size = source.Owner == this ? source : Adopt(source);
        }

        return size;
    }

    /// <summary>A size that a run computes. The same count with the same bound is the same size, unless it is given
    /// another name.</summary>
    /// <param name="count">A scalar of I64.</param>
    /// <param name="bound">Its largest value.</param>
    /// <param name="name">The symbol's name; null for one that is free here.</param>
    /// <param name="what">What is counted, for errors.</param>
    internal Symbol Size(Node count, Dimension bound, string? name, string what)
    {
        Node own = Adopt(count);
        Node? known = sizes.Values.FirstOrDefault(size => size.Inputs[0] == own
            && size.Get<SetSizeAttributes>() is var (symbol, max, _) && max == bound
            && (name is null || name == symbol.Name));
        if (known is not null)
        {
            return known.Get<SetSizeAttributes>().Symbol with { Source = known };
        }

        if (name is not null && sizes.Keys.Any(symbol => symbol.Name == name))
        {
            throw Error($"there is another size named {name}", what, own);
        }

        var symbol = Symbol.Create(name ?? FreeName(own), 0, bound.Max);
        return symbol with { Source = MakeOf(Op.SetSize, new SetSizeAttributes(symbol, bound, what), [own]) };
    }

    // What is made of parameters alone may meet others of its kind, which were numbered without knowledge of each other
    // and are held by their users under these names: there the name tells what is counted.
    private string FreeName(Node count)
    {
        if (IsImplicit)
        {
            return "count_" + Hash(GraphPrinter.Print(Graph.Of("", ("count", count))));
        }

        int number = sizes.Count;
        string name;
        do
        {
            name = "count" + number++.ToString(CultureInfo.InvariantCulture);
        }
        while (sizes.Keys.Any(symbol => symbol.Name == name));
        return name;
    }

    // Fowler, Noll and Vo's: the same everywhere.
    private static string Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>The builder of results: of what is made of parameters alone, that of a size it is cut to.</summary>
    internal static GraphBuilder OfResults(Node[] results)
    {
        GraphBuilder builder = Of(results);
        return !builder.IsDetached ? builder : NodeOrder.Of(results).SelectMany(node => node.Symbols)
            .Select(symbol => symbol.Source?.Owner).FirstOrDefault(owner => owner is { IsDetached: false }) ?? builder;
    }

    // What names a symbol does not lead to what sets it, so that comes along.
    private void AbsorbSizes(GraphBuilder other)
    {
        foreach (Node size in other.sizes.Values.Where(size => absorbedSizes.Add(size)).ToArray())
        {
            Symbol symbol = size.Get<SetSizeAttributes>().Symbol;
            Node own = Adopt(size);
            if (SizeOf(symbol) != own)
            {
                throw Error($"two sizes are named {symbol}: name one", size.Get<SetSizeAttributes>().What, own);
            }
        }
    }
}
