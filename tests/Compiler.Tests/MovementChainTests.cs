using Sinter.Compiler.Rewriting;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Specs;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

/// <summary>Long random chains of movement and reductions, where index functions compose in every order.</summary>
public class MovementChainTests
{
    [Fact]
    public void Simplified_chains_move_the_same_elements()
    {
        var trace = new RewriteTrace();
        for (int seed = 0; seed < 5000; seed++)
        {
            Graph graph = Chain(new Random(seed));
            Graph simplified = Simplifier.Simplify(graph, trace);
            GraphSpec.Check(simplified);
            Dictionary<string, TensorValue> values = Running.Draw(graph.Inputs, -2, 2, seed);
            double[] expected = Running.Output(graph, values, "y");
            Running.AssertClose(expected, Running.Output(simplified, values, "y"), 1e-9, $"seed {seed}");
        }

        // The chains are worth running only as long as they reach these rules often.
        string[] chains =
        [
            "slice(slice(x)) → slice(x)", "pad(pad(x)) → pad(x)", "permute(permute(x)) → permute(x)",
            "slice(pad(x)) inside x → slice(x)", "pad that cuts → slice", "reduce(reduce(x)) → reduce(x)",
            "reshape(broadcast(x)) of unit axes → broadcast(reshape(x))", "sum(broadcast(x)) → sum(x) * extent",
            "reduce(reshape(x)) of unit axes → reshape(reduce(x))", "f(broadcast(x)) → broadcast(f(x))",
            "max(broadcast(x)) → max(x)", "permute of unit axes → reshape",
        ];
        Assert.All(chains, rule => Assert.True(trace.Counts.TryGetValue(rule, out int count) && count >= 20, rule));
    }

    [Fact]
    public void Sums_of_random_products_stay_the_same_as_contractions()
    {
        var trace = new RewriteTrace();
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var builder = new GraphBuilder();
            int rank = random.Next(2, 6);
            long[] full = Enumerable.Range(0, rank).Select(_ => (long)random.Next(1, 4)).ToArray();
            Dimension[] SomeOnes() => full.Select(n => (Dimension)(random.Next(3) == 0 ? 1 : n)).ToArray();
            Tensor<F32> a = builder.Input<F32>("a", SomeOnes());
            Tensor<F32> b = builder.Input<F32>("b", SomeOnes());
            int[] axes = Enumerable.Range(0, rank).Where(_ => random.Next(2) == 0).ToArray();
            Graph graph = Graph.Of("g", ("y", (a * b).Sum(axes).Node));
            Graph simplified = Simplifier.Simplify(graph, trace);
            Dictionary<string, TensorValue> values = Running.Draw(graph.Inputs, -2, 2, seed);
            double[] expected = Running.Output(graph, values, "y");
            Running.AssertClose(expected, Running.Output(simplified, values, "y"), 1e-9, $"seed {seed}");
        }

        Assert.InRange(trace.Counts["sum(broadcast(x) * broadcast(y)) → contraction(x, y)"], 20, 2000);
    }

    private static Graph Chain(Random random)
    {
        var builder = new GraphBuilder();
        int rank = random.Next(1, 4);
        Dimension[] shape = Enumerable.Range(0, rank).Select(_ => (Dimension)random.Next(1, 5)).ToArray();
        Tensor<F32> x = builder.Input<F32>("x", shape);
        int steps = random.Next(4, 16);
        for (int i = 0; i < steps; i++)
        {
            Tensor<F32> next = Step(random, x);
            bool small = next.Rank <= 5 && next.Shape.ElementCount.Value is > 0 and <= 2000;
            x = small ? next : x;
        }

        return Graph.Of("chain", ("y", x.Node));
    }

    private static Tensor<F32> Step(Random random, Tensor<F32> x)
    {
        if (x.Rank == 0)
        {
            return random.Next(2) == 0 ? x * 2 : x.Reshape(1, 1);
        }

        int axis = random.Next(x.Rank);
        long extent = x.Shape[axis].Value;
        return random.Next(11) switch
        {
            0 => x.Permute(Enumerable.Range(0, x.Rank).OrderBy(_ => random.Next()).ToArray()),
            1 => x.Unsqueeze(random.Next(x.Rank + 1)),
            2 => x.Flatten(axis),
            3 => x.Expand(new Shape(x.Shape.Select(d => d == 1 && random.Next(2) == 0 ? random.Next(2, 4) : d))),
            4 => SliceAxis(random, x, axis, extent),
            5 => x.Flip(axis),
            6 => x.Pad(axis, random.Next(extent > 1 ? -1 : 0, 3), random.Next(-1, 3), random.Next(2)),
            7 => x.Sum(axis),
            8 => random.Next(2) == 0 ? x.Max(axis) : x.Min(axis),
            9 => (x * 0.5) + 1,
            _ => SplitAxis(random, x, axis, extent),
        };
    }

    private static Tensor<F32> SliceAxis(Random random, Tensor<F32> x, int axis, long extent)
    {
        long start = random.NextInt64(extent);
        return x.Slice(axis, start, start + random.NextInt64(1, extent + 1), random.NextInt64(1, 3));
    }

    private static Tensor<F32> SplitAxis(Random random, Tensor<F32> x, int axis, long extent)
    {
        long[] divisors = Enumerable.Range(1, (int)extent).Select(n => (long)n).Where(n => extent % n == 0).ToArray();
        long first = divisors[random.Next(divisors.Length)];
        return x.Reshape(new Shape([.. x.Shape.Take(axis), first, extent / first, .. x.Shape.Skip(axis + 1)]));
    }
}
