using Sinter.Conformance.Tests;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>Plans of random graphs: lawful kernels that stay inside their memory and read only what is
/// settled.</summary>
public sealed class RandomPlanTests
{
    public static TheoryData<string> Targets() => new("wide", "medium", "narrow");

    [Theory]
    [MemberData(nameof(Targets))]
    public void Kernels_are_lawful_and_touch_only_settled_memory(string name)
    {
        Target target = name switch
        {
            "wide" => Target.Wide,
            "medium" => Target.Medium,
            _ => Target.Narrow,
        };
        foreach (int seed in FuzzSeeds.Range(0, count: 300))
        {
            GraphShrinker.AssertNone(RandomGraphs.Generate(seed), random =>
            {
                Simulate(random.Graph, target);
                return null;
            });
        }
    }

    private static void Simulate(Graph graph, Target target)
    {
        Plan plan = Pipeline.Compile(graph, new PipelineOptions(target, Check: true));
        Func<Symbol, long>[] choices = [s => s.Max, s => s.Min, s => (s.Min + s.Max) / 2];
        foreach (Func<Symbol, long> value in choices)
        {
            PlanSimulator.Run(plan, value, backwards: false);
            PlanSimulator.Run(plan, value, backwards: true);
            if (plan.Symbols.Count == 0)
            {
                break;
            }
        }
    }
}
