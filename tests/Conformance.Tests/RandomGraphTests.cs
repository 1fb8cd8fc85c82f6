namespace Sinter.Conformance.Tests;

public sealed class RandomGraphTests
{
    // Engines differ in vector width; the same schedules fill most of their code.
    public static TheoryData<string, int> EnginesAndCounts() => new()
    {
        { "interpreter", 1000 },
        { "jit512x1", 500 },
        { "jit256x1", 250 },
        { "jit128x2", 250 },
        { "jitarm64x1", 60 },
        { "cuda-forward", 100 },
        { "cuda-backward", 100 },
    };

    [Theory]
    [MemberData(nameof(EnginesAndCounts))]
    public void Engine_stays_within_the_known_errors(string name, int count)
    {
        IEnumerable<RandomGraph> graphs = FuzzSeeds.Range(0, count).Select(seed => RandomGraphs.Generate(seed));
        RandomBatches.Check(Engines.Find(name), graphs, RandomBatches.Itself,
            (random, actual) => random.Difference(random.Interpret(), actual));
    }

    [Theory]
    [InlineData("jit512x1", 400)]
    [InlineData("jit256x1", 100)]
    [InlineData("cuda-forward", 50)]
    public void Engine_computes_the_same_gradients(string name, int count)
    {
        IEnumerable<RandomGraph> graphs = FuzzSeeds.Range(0, count).Select(seed => RandomGraphs.Generate(seed));
        RandomBatches.Check(Engines.Find(name), graphs.Where(random => RandomGradients.Of(random) is not null),
            random => RandomGradients.Of(random) ?? RandomBatches.Itself(random),
            (random, actual) => RandomGradients.Of(random) is null ? null : RandomGradients.Difference(random, actual));
    }

    // Larger graphs and values: loops that vectors fill, longer chains of fusion.
    [LongTheory]
    [InlineData("jit512x1", 100)]
    [InlineData("cuda-backward", 30)]
    public void Larger_graphs_stay_within_the_known_errors(string name, int count)
    {
        var options = new RandomGraphOptions(Operations: 30, MaxElements: 4096);
        IEnumerable<RandomGraph> graphs =
            FuzzSeeds.Range(0, count).Select(seed => RandomGraphs.Generate(seed, options));
        RandomBatches.Check(Engines.Find(name), graphs, RandomBatches.Itself,
            (random, actual) => random.Difference(random.Interpret(), actual));
    }

    [Fact]
    public void The_same_seed_gives_the_same_graph()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Assert.Equal(RandomGraphs.Generate(seed).ToString(), RandomGraphs.Generate(seed).ToString());
        }
    }

    [Fact]
    public void Every_operation_grows_somewhere()
    {
        var missing = new HashSet<Op>(Enum.GetValues<Op>());
        for (int seed = 0; seed < 2000 && missing.Count > 0; seed++)
        {
            missing.ExceptWith(RandomGraphs.Generate(seed).Graph.Nodes.Select(node => node.Op));
        }

        Assert.Empty(missing);
    }

    // Operands, the result, and an input that tells the batch are left. The pretended defect: every graph with a
    // convolution over two axes is said to fail.
    [Fact]
    public void Shrinking_leaves_little_beside_the_defect()
    {
        static bool IsDefect(Node node) => node.Op == Op.Convolution && node.Shape.Rank == 4;
        int shrunk = 0;
        for (int seed = 0; shrunk < 20; seed++)
        {
            RandomGraph random = RandomGraphs.Generate(seed);
            if (random.Graph.Nodes.Any(IsDefect))
            {
                shrunk++;
                RandomGraph small = GraphShrinker.Shrink(random, candidate => candidate.Graph.Nodes.Any(IsDefect));
                Assert.True(small.Graph.Nodes.Count <= 4, small.ToString());
            }
        }
    }

    [Fact]
    public void Shrinking_keeps_the_defect_and_a_graph_that_runs()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            RandomGraph random = RandomGraphs.Generate(seed, new RandomGraphOptions(Operations: 30));
            Op defect = random.Graph.Nodes[seed * 7919 % random.Graph.Nodes.Count].Op;
            bool Fails(RandomGraph candidate) => candidate.Graph.Nodes.Any(node => node.Op == defect);
            RandomGraph small = GraphShrinker.Shrink(random, Fails);
            Assert.True(Fails(small));
            Assert.Equal(small.Graph.Outputs.Count, small.Interpret().Outputs.Count);
        }
    }

    [Fact]
    public void A_failure_shows_the_seed_and_the_small_graph()
    {
        RandomGraph random = Enumerable.Range(0, 1000).Select(seed => RandomGraphs.Generate(seed))
            .First(candidate => candidate.Graph.Nodes.Any(node => node.Op == Op.Sum));
        var failure = Assert.ThrowsAny<Exception>(() => GraphShrinker.AssertNone(random, candidate =>
            candidate.Graph.Nodes.Any(node => node.Op == Op.Sum) ? "it has a sum" : null));
        Assert.Contains("it has a sum\nseed " + random.Seed, failure.Message);
        Assert.Contains("= sum(%0)", failure.Message);
    }
}
