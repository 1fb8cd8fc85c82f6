using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>
/// Makes a random graph that fails as small as it can while it still fails, so that a person can read it.
/// </summary>
public static class GraphShrinker
{
    /// <summary>
    /// Tries, again and again: fewer results, an operand as the result, an operand or a constant or a new input in
    /// place of a
    /// value, smaller extents. Keeps each change under which the graph still fails.
    /// </summary>
    /// <param name="random">A graph that fails.</param>
    /// <param name="fails">Whether a graph fails; an exception that it throws counts as failing.</param>
    /// <param name="budget">How many candidates are tried at most.</param>
    public static RandomGraph Shrink(RandomGraph random, Func<RandomGraph, bool> fails, int budget = 2000)
    {
        RandomGraph current = random;
        bool progress = true;
        while (progress && budget > 0)
        {
            progress = false;
            foreach (RandomGraph candidate in Candidates(current).Where(candidate => IsSmaller(candidate, current)))
            {
                if (--budget < 0)
                {
                    break;
                }

                if (Fails(candidate, fails))
                {
                    current = candidate;
                    progress = true;
                    break;
                }
            }
        }

        return current;
    }

    /// <summary>
    /// Fails with the smallest graph found where <paramref name="difference"/> gives a text for the graph.
    /// </summary>
    /// <param name="random">The graph to judge.</param>
    /// <param name="difference">What is wrong with a graph, or null.</param>
    /// <param name="budget">How many smaller graphs are tried at most.</param>
    public static void AssertNone(RandomGraph random, Func<RandomGraph, string?> difference, int budget = 2000)
    {
        string? found = Describe(random, difference);
        if (found is not null)
        {
            RandomGraph small = Shrink(random, candidate => difference(candidate) is not null, budget);
            Assert.Fail($"{Describe(small, difference)}\n{small}\nbefore shrinking: {found}");
        }
    }

    private static string? Describe(RandomGraph random, Func<RandomGraph, string?> difference)
    {
        try
        {
            return difference(random);
        }
        catch (Exception error)
        {
            return error.ToString();
        }
    }

    private static bool Fails(RandomGraph candidate, Func<RandomGraph, bool> fails)
    {
        try
        {
            // A candidate that the oracle itself refuses, by an index out of range for instance, says nothing.
            _ = candidate.Interpret();
        }
        catch (RunException)
        {
            return false;
        }

        try
        {
            return fails(candidate);
        }
        catch (Exception)
        {
            return true;
        }
    }

    // Fewer nodes, or as many with fewer elements in all: no sequence of steps goes on for ever.
    private static bool IsSmaller(RandomGraph candidate, RandomGraph current) =>
        Size(candidate).CompareTo(Size(current)) < 0;

    private static (int Nodes, long Elements) Size(RandomGraph random)
    {
        Graph graph = random.Graph;
        long elements = graph.Nodes.Sum(node => node.Shape.ElementCount.Max);
        long values = random.Inputs.Values.Sum(value => (long)value.Count);
        return (graph.Nodes.Count + graph.Outputs.Count + graph.Updates.Count, elements + values);
    }

    private static IEnumerable<RandomGraph> Candidates(RandomGraph random) =>
        FewerResults(random).Concat(EarlierResults(random)).Concat(Replacements(random)).Concat(SmallerExtents(random));

    private static IEnumerable<RandomGraph> FewerResults(RandomGraph random)
    {
        Graph graph = random.Graph;
        foreach (Output output in graph.Outputs)
        {
            yield return GraphRewriter.Rewrite(random, [output], []);
        }

        foreach (Update update in graph.Updates)
        {
            yield return GraphRewriter.Rewrite(random, graph.Outputs,
                graph.Updates.Where(other => other != update).ToArray());
        }

        foreach (Output output in graph.Outputs.Where(_ => graph.Outputs.Count > 1))
        {
            yield return GraphRewriter.Rewrite(random, graph.Outputs.Where(other => other != output).ToArray(),
                graph.Updates);
        }
    }

    private static IEnumerable<RandomGraph> EarlierResults(RandomGraph random)
    {
        foreach (Output output in random.Graph.Outputs)
        {
            foreach (Node operand in output.Node.Inputs)
            {
                var outputs = random.Graph.Outputs.Select(other => other == output
                    ? output with { Node = operand }
                    : other);
                yield return GraphRewriter.Rewrite(random, outputs.ToArray(), random.Graph.Updates);
            }
        }
    }

    private static IEnumerable<RandomGraph> Replacements(RandomGraph random)
    {
        foreach (Node node in random.Graph.Nodes.Reverse()
            .Where(node => node.Inputs.Count > 0 && node.Attributes is not BodyAttributes))
        {
            foreach (Node operand in node.Inputs.Where(operand => operand.Type == node.Type))
            {
                yield return GraphRewriter.Replace(random, node, operand);
            }

            yield return GraphRewriter.Replace(random, node, Constants.Splat(node.DType, node.Shape, 1));

            // No input is as long as a run says.
            if (!node.Shape.SelectMany(size => size.Symbols).Any(random.Graph.Computes))
            {
                yield return GraphRewriter.Cut(random, node);
            }
        }
    }

    private static IEnumerable<RandomGraph> SmallerExtents(RandomGraph random)
    {
        long[] extents = random.Graph.Nodes.SelectMany(node => node.Shape).Where(d => d.IsStatic && d.Value > 1)
            .Select(d => d.Value).Distinct().OrderDescending().ToArray();
        foreach (long extent in extents)
        {
            foreach (long smaller in new[] { 1, extent / 2, extent - 1 }.Distinct().Where(e => e > 0 && e < extent))
            {
                if (GraphRewriter.Resize(random, extent, smaller) is { } resized)
                {
                    yield return resized;
                }
            }
        }

        if (GraphRewriter.WithSymbolsAtOne(random) is { } single)
        {
            yield return single;
        }
    }
}
