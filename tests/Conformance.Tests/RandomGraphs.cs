using System.Globalization;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>How large and how varied random graphs are.</summary>
/// <param name="Operations">How many growth steps are tried; a step adds one to four nodes.</param>
/// <param name="MaxElements">No value has more elements.</param>
/// <param name="Symbols">Whether some graphs have symbolic extents.</param>
/// <param name="Real">Whether extents are those that people use, up to hundreds, along up to eight axes and with
/// several symbols; values and errors may then be larger.</param>
public sealed record RandomGraphOptions(
    int Operations = 12, int MaxElements = 256, bool Symbols = true, bool Real = false)
{
    /// <summary>Graphs at real sizes; values of a million elements are rare, because the oracle is slow.</summary>
    /// <param name="seed">The graph's seed.</param>
    public static RandomGraphOptions AtRealSizes(int seed) => new(
        Operations: 4 + (seed % 9),
        MaxElements: seed % 16 == 0 ? 1 << 20 : seed % 4 == 0 ? 1 << 18 : 1 << 15,
        Real: true);

    /// <summary>Terms of sums and products that a node may have altogether.</summary>
    public double MaxTerms => Real ? 1 << 24 : double.PositiveInfinity;

    /// <summary>No inexact element is larger.</summary>
    public double MaxBound => Real ? 1e5 : 1000;

    /// <summary>No error is larger.</summary>
    public double MaxError => Real ? 0.1 : 1e-3;

    /// <summary>No value has more axes.</summary>
    public int MaxRank => Real ? 8 : 5;
}

/// <summary>A graph with values for its inputs and state, and what is known about its rounding errors.</summary>
/// <param name="Seed">The seed it was grown from.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Inputs">Its inputs by name.</param>
/// <param name="Parameters">Its parameters by full name.</param>
/// <param name="Errors">
/// For each result, how far single precision may be from the real number; 0 where every way to compute it is exact.
/// </param>
public sealed record RandomGraph(
    int Seed,
    Graph Graph,
    IReadOnlyDictionary<string, TensorValue> Inputs,
    IReadOnlyDictionary<string, TensorValue> Parameters,
    IReadOnlyDictionary<Node, double> Errors)
{
    /// <summary>
    /// Describes the first result in which two runs differ by more than <paramref name="scale"/> times its error, or
    /// null.
    /// </summary>
    /// <param name="expected">The results of <see cref="Graph"/>.</param>
    /// <param name="actual">Those of the same graph, or of one that must agree with it, under the same names.</param>
    /// <param name="scale">1 where single precision was used; far less between two runs in double precision.</param>
    public string? Difference(InterpreterResult expected, InterpreterResult actual, double scale = 1)
    {
        foreach (Output output in Graph.Outputs)
        {
            TensorValue wanted = expected.Outputs[output.Name];
            if (Difference(wanted, actual.Outputs[output.Name], scale * ErrorOf(output.Node)) is { } difference)
            {
                return $"output {output.Name}: {difference}";
            }
        }

        foreach (Update update in Graph.Updates)
        {
            string name = update.Parameter.Get<ParameterAttributes>().Declaration.FullName;
            double error = scale * ErrorOf(update.Value);
            if (Difference(expected.Updates[name], actual.Updates[name], error) is { } difference)
            {
                return $"update {name}: {difference}";
            }
        }

        return null;
    }

    // The next random state, which every graph that draws has, is exact.
    private double ErrorOf(Node node) => Errors.TryGetValue(node, out double error) ? error : 0;

    /// <summary>The oracle's results, in double precision.</summary>
    public InterpreterResult Interpret() => Interpreter.Run(Graph, Inputs, Parameters);

    /// <summary>The seed and the graph as text.</summary>
    public override string ToString() =>
        $"seed {Seed.ToString(CultureInfo.InvariantCulture)}\n" + GraphDump.Print(this);

    private static string? Difference(TensorValue expected, TensorValue actual, double error)
    {
        if (expected.Type != actual.Type || !expected.Shape.SequenceEqual(actual.Shape))
        {
            return $"wanted {expected}, got {actual}";
        }

        for (int i = 0; i < expected.Count; i++)
        {
            // Written so that a NaN fails: random graphs stay finite. Smaller ones may not, for the oracle too.
            bool close = Math.Abs(expected.Number(i) - actual.Number(i)) <= error
                || (double.IsNaN(expected.Number(i)) && double.IsNaN(actual.Number(i)));
            if (!close)
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"element {i}: wanted {expected.Number(i):R}, got {actual.Number(i):R}, allowed error {error:R}");
            }
        }

        return null;
    }
}

/// <summary>
/// Random well-typed graphs whose values are tame: finite, small, and known to a bounded error in single precision.
/// </summary>
public static class RandomGraphs
{
    /// <summary>The graph that belongs to a seed: always the same one.</summary>
    public static RandomGraph Generate(int seed, RandomGraphOptions? options = null) =>
        new GraphGrower(seed, options ?? new RandomGraphOptions()).Grow();
}
