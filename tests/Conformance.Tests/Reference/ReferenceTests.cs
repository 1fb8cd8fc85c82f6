using Xunit.Abstractions;

namespace Sinter.Conformance.Tests.Reference;

public sealed class ReferenceTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> EnginesAndCases()
    {
        var rows = new TheoryData<string, string>();
        foreach (IEngine engine in Engines.All)
        {
            bool isSlow = engine is InterpreterEngine && Engines.All.Count > 1;
            foreach (ReferenceRow row in ReferenceModels.All.Values.Where(row => !(isSlow && row.IsHeavy)))
            {
                rows.Add(engine.Name, row.Name);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EnginesAndCases))]
    public void Engine_computes_what_PyTorch_computes(string engine, string name)
    {
        if (ReferenceFolder.Path is not { } folder)
        {
            output.WriteLine(ReferenceFolder.Missing);
            return;
        }

        ReferenceCase data = ReferenceCase.Load(folder, name);
        var differences = ReferenceRunner.Differences(Engines.Find(engine), data, ReferenceModels.All[name].Build);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Every_case_is_covered_or_waits_for_something_named()
    {
        Assert.Empty(ReferenceModels.All.Keys.Intersect(ReferenceWaiting.Reasons.Keys));
        if (ReferenceFolder.Path is not { } folder)
        {
            output.WriteLine(ReferenceFolder.Missing);
            return;
        }

        var known = ReferenceModels.All.Keys.Concat(ReferenceWaiting.Reasons.Keys);
        Assert.Equal(ReferenceFolder.Names(folder).Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }
}
