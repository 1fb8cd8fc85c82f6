using Sinter.Compiler.Decompose;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Specs;
using Sinter.Conformance.Tests;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

/// <summary>Passes on random graphs: what comes out computes the same, and satisfies the spec.</summary>
public class RandomGraphPassTests
{
    private const int Seeds = 10_000;

    // Both sides compute in double precision: what single precision may lose, a millionth of it may be lost here.
    private const double DoubleScale = 1e-6;

    [Fact]
    public void Simplified_equals_original() => Check(Simplified);

    [Fact]
    public void Decomposed_equals_original() => Check(Decomposed);

    [Fact]
    public void All_passes_together_equal_the_original() => Check(graph => Simplified(Decomposed(Simplified(graph))));

    [Fact]
    public void Simplification_is_at_its_fixpoint_after_one_pass()
    {
        foreach (int seed in FuzzSeeds.Range(0, Seeds / 10))
        {
            Graph once = Simplifier.Simplify(RandomGraphs.Generate(seed).Graph);
            var trace = new Rewriting.RewriteTrace();
            Simplifier.Simplify(once, trace);
            Assert.True(trace.Total == 0, $"seed {seed}: {trace}");
        }
    }

    private static void Check(Func<Graph, Graph> pass)
    {
        foreach (int seed in FuzzSeeds.Range(0, Seeds))
        {
            GraphShrinker.AssertNone(InDouble.Of(RandomGraphs.Generate(seed)), random => random.Difference(
                random.Interpret(), Interpreter.Run(pass(random.Graph), random.Inputs, random.Parameters),
                DoubleScale));
        }
    }

    private static Graph Simplified(Graph graph)
    {
        Graph result = Simplifier.Simplify(graph);
        GraphSpec.Check(result);
        return result;
    }

    private static Graph Decomposed(Graph graph)
    {
        Graph result = Decomposer.Decompose(graph);
        GraphSpec.Check(result, GraphStage.Decomposed);
        return result;
    }
}
