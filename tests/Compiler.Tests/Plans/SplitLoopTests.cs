using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>Loops are taken apart where positions divide their counters.</summary>
public sealed class SplitLoopTests
{
    [Fact]
    public void Heads_are_put_side_by_side_without_a_division()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 8, 4, 64, 32).Permute(0, 2, 1, 3).Reshape(512, 128);
        Plan plan = Pipeline.Compile(Graph.Of("heads", ("y", x.Node)), new PipelineOptions(Target.Wide, Check: true));
        Statement[] all = [.. All(Assert.Single(plan.Kernels).Body)];
        Assert.Contains(all, statement => statement.Values.Any(value => value is Load { Lanes: 16 }));
        Assert.All(Indices(all), index => Assert.All(
            index.Terms, term => Assert.True(term.Atom is not (QuotientAtom or RemainderAtom), $"{index}")));
    }

    // By two, which is a lane's form; by a number that leaves a rest; by two numbers; of more than a counter.
    [Fact]
    public void Other_divisions_stay()
    {
        var loop = new LoopVariable("i", 96);
        Index i = loop;
        Index[][] cases = [[i / 2, i % 2], [i / 36, i % 36], [i / 16, i % 32], [(i + 1) / 32], [i / 32, (i + 1) % 32]];
        Assert.All(cases, indices => Assert.Empty(Loops.Split([loop], indices).Map));
    }

    [Fact]
    public void A_counter_becomes_two()
    {
        var loop = new LoopVariable("i", 96);
        Index i = loop;
        var (loops, map) = Loops.Split([loop], [(i / 32) + ((i % 32) * 3), i]);
        Assert.Equal([3, 32], loops.Select(own => own.Extent.Value));
        Index at = Loops.Apply((i / 32) + ((i % 32) * 3), map);
        Assert.Equal((Index)loops[0] + ((Index)loops[1] * 3), at);
    }

    private static IEnumerable<Statement> All(IEnumerable<Statement> body) =>
        body.SelectMany(statement => new[] { statement }.Concat(All(statement.Nested)));

    private static IEnumerable<Index> Indices(IEnumerable<Statement> all) => all.SelectMany(
        statement => statement.Positions.Concat(statement.Values.SelectMany(value => value.Indices)));
}
