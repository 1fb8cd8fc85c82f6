using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Holds an engine to random graphs, hundreds in one compilation; a graph that fails is run alone and
/// shrunk.</summary>
internal static class RandomBatches
{
    private const int Size = 250;

    // Every candidate is compiled.
    private const int ShrinkBudget = 250;

    /// <summary>Fails where the engine's result for a graph is called different.</summary>
    /// <param name="engine">What is tested.</param>
    /// <param name="graphs">The graphs.</param>
    /// <param name="subject">What is run of each graph: the graph itself, or one derived from it.</param>
    /// <param name="difference">What is wrong with a result, or null.</param>
    /// <param name="ownSymbols">Whether no two graphs share a symbol, so that all fit one program.</param>
    public static void Check(
        IEngine engine,
        IEnumerable<RandomGraph> graphs,
        Func<RandomGraph, BuiltCase> subject,
        Func<RandomGraph, InterpreterResult, string?> difference,
        bool ownSymbols = false)
    {
        var origin = graphs.ToDictionary(subject, random => random);
        IEnumerable<CaseBatch> batches =
            ownSymbols ? [new CaseBatch([.. origin.Keys])] : CaseBatch.Of(origin.Keys, Size);
        foreach (CaseBatch batch in batches)
        {
            InterpreterResult? whole = TryRun(engine, batch.Whole, out Exception? error);
            for (int i = 0; i < batch.Parts.Count; i++)
            {
                RandomGraph random = origin[batch.Parts[i]];
                string? found = whole is null ? "the batch failed" : difference(random, batch.ResultOf(i, whole));
                if (found is null)
                {
                    continue;
                }

                GraphShrinker.AssertNone(
                    random, candidate => difference(candidate, Run(engine, subject(candidate))), ShrinkBudget);
                if (whole is not null)
                {
                    Assert.Fail($"{found}, but only among others\n{random}");
                }
            }

            if (whole is null)
            {
                Assert.Fail($"{error}\nonly together:\n{Culprits(engine, batch, origin)}");
            }
        }
    }

    /// <summary>The graph itself with its values.</summary>
    public static BuiltCase Itself(RandomGraph random) => new(random.Graph, random.Inputs, random.Parameters);

    // Leaves out what the failure does not need, in ever smaller runs.
    private static string Culprits(IEngine engine, CaseBatch batch, Dictionary<BuiltCase, RandomGraph> origin)
    {
        var parts = batch.Parts.ToList();
        for (int size = parts.Count / 2; size > 0; size /= 2)
        {
            for (int start = 0; start < parts.Count;)
            {
                var fewer = parts.Take(start).Concat(parts.Skip(start + size)).ToList();
                bool stillFails = fewer.Count > 0 && TryRun(engine, new CaseBatch(fewer).Whole, out _) is null;
                parts = stillFails ? fewer : parts;
                start += stillFails ? 0 : size;
            }
        }

        return string.Join("\n", parts.Select(part => origin[part]));
    }

    private static InterpreterResult Run(IEngine engine, BuiltCase built) =>
        engine.Run(built.Graph, built.Inputs, built.Parameters);

    private static InterpreterResult? TryRun(IEngine engine, BuiltCase built, out Exception? error)
    {
        error = null;
        try
        {
            return Run(engine, built);
        }
        catch (Exception caught)
        {
            // Which graph is to blame shows when each runs alone.
            error = caught;
            return null;
        }
    }
}
