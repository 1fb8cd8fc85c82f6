using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>
/// Results of many cases on one engine, computed when the first is asked for, hundreds in one compilation. Where a
/// batch fails, each of its cases runs alone and keeps its own error.
/// </summary>
internal sealed class SharedRuns
{
    private const int Size = 250;

    private readonly IEngine engine;
    private readonly Lazy<Dictionary<string, Func<InterpreterResult>>> results;

    public SharedRuns(IEngine engine, Func<IEnumerable<(string Name, BuiltCase Case)>> cases)
    {
        this.engine = engine;
        results = new Lazy<Dictionary<string, Func<InterpreterResult>>>(() => Run(cases()));
    }

    /// <summary>One set of runs for each engine.</summary>
    public static IReadOnlyDictionary<string, SharedRuns> ForAll(
        Func<IEnumerable<(string Name, BuiltCase Case)>> cases) =>
        Engines.All.ToDictionary(
            engine => engine.Name,
            engine => new SharedRuns(engine, () => cases().Where(row => Engines.Takes(engine.Name, row.Name))));

    /// <summary>The result of a case.</summary>
    public InterpreterResult ResultOf(string name) => results.Value[name]();

    private Dictionary<string, Func<InterpreterResult>> Run(IEnumerable<(string Name, BuiltCase Case)> cases)
    {
        // Cases are told apart by reference: two may be equal.
        var names = new Dictionary<BuiltCase, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, built) in cases)
        {
            names.Add(built, name);
        }

        var found = new Dictionary<string, Func<InterpreterResult>>();
        foreach (CaseBatch batch in CaseBatch.Of(names.Keys, Size))
        {
            InterpreterResult? whole = TryRun(batch.Whole);
            for (int i = 0; i < batch.Parts.Count; i++)
            {
                int part = i;
                BuiltCase built = batch.Parts[i];
                found.Add(names[built], whole is null ? () => Run(built) : () => batch.ResultOf(part, whole));
            }
        }

        return found;
    }

    private InterpreterResult Run(BuiltCase built) => engine.Run(built.Graph, built.Inputs, built.Parameters);

    private InterpreterResult? TryRun(BuiltCase built)
    {
        try
        {
            return Run(built);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
