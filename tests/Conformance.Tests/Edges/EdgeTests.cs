using Sinter.Reference;

namespace Sinter.Conformance.Tests.Edges;

public sealed class EdgeTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, EdgeCase>> Cases = new(() =>
        EdgeFolder.Names.ToDictionary(name => name, name => EdgeCase.Load(EdgeFolder.Path!, name)));

    private static readonly IReadOnlyDictionary<string, SharedRuns> Runs = SharedRuns.ForAll(() =>
        Cases.Value.Values.Where(data => data.Refusal is null).Select(data => (data.Name, EdgeGraphs.Build(data))));

    public static TheoryData<string, string> EnginesAndCases()
    {
        var rows = new TheoryData<string, string>();
        foreach (IEngine engine in Engines.All.Where(engine => engine is not CudaEngine))
        {
            foreach (string name in EdgeFolder.Names.Where(name => Engines.Takes(engine.Name, name)))
            {
                rows.Add(engine.Name, name);
            }
        }

        return rows;
    }

    [EdgeTheory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_gives_PyTorchs_values_or_those_of_the_table(string engine, string name)
    {
        string? difference = Difference(engine, Cases.Value[name]);
        if (EdgeChoices.All.TryGetValue(name, out EdgeChoice? choice))
        {
            Assert.True(difference is not null, $"{name} passes: take it from the table");
            string[] keys = [.. difference.Split('\n').Select(text => text.Split('[', ':')[0]).Order()];
            Assert.True(choice.Keys.Order().SequenceEqual(keys), $"chosen: {choice.Chosen}\n{difference}");
        }
        else
        {
            Assert.True(difference is null, difference);
        }
    }

    [EdgeFact]
    public void The_table_names_cases_that_exist() =>
        Assert.Subset(EdgeFolder.Names.ToHashSet(), EdgeChoices.All.Keys.ToHashSet());

    private static string? Difference(string engine, EdgeCase data)
    {
        if (data.Refusal is not null)
        {
            try
            {
                EdgeGraphs.Build(data);
                return "refusal: PyTorch refuses, this does not";
            }
            catch (GraphException)
            {
                return null;
            }
        }

        InterpreterResult result = Runs[engine].ResultOf(data.Name);
        string[] differences = [.. data.Tensors.Keys.Where(key => !key.StartsWith("input.", StringComparison.Ordinal))
            .Select(key => result.Outputs.TryGetValue(key, out TensorValue? actual)
                ? EdgeComparison.Difference(key, data.Tensors[key], actual)
                : key + ": not computed")
            .OfType<string>()];
        return differences.Length == 0 ? null : string.Join('\n', differences);
    }
}
