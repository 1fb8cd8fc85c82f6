using System.Diagnostics;
using System.Globalization;
using Sinter.Backends.CSharp;
using Xunit.Abstractions;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>
/// Random graphs at the sizes that people use. A share runs with every test; the environment variable SINTER_FUZZ says
/// for how many minutes more are tried. A failure names its seed and the smallest graph that still shows it.
/// </summary>
public sealed class RealSizeGraphTests(ITestOutputHelper output)
{
    // Graphs of one compilation.
    private const int Batch = 12;
    private const int FirstLongSeed = 1_000_000;

    private static readonly IEngine[] Engines =
    [
        new JitEngine(CSharpTarget.Bits512, threads: 1),
        new JitEngine(CSharpTarget.Bits512, threads: 2),
        new JitEngine(CSharpTarget.Bits256, threads: 1),
        new JitEngine(CSharpTarget.Bits256, threads: 2),
        new JitEngine(CSharpTarget.Bits128, threads: 1),
        new JitEngine(CSharpTarget.Bits128, threads: 2),
    ];

    [Theory]
    [InlineData(0, 0)]
    public void Values_and_gradients_agree_with_the_oracle(int engine, int first) => Check(engine, first);

    [LongTheory]
    [InlineData(3, 100)]
    [InlineData(5, 200)]
    public void So_they_do_on_other_widths_and_threads(int engine, int first) => Check(engine, first);

    private static void Check(int engine, int first)
    {
        Values(Engines[engine], FuzzSeeds.Range(first, Batch));
        Gradients(Engines[engine], FuzzSeeds.Range(first, Batch));
    }

    [FuzzFact]
    public void Long_runs_find_nothing_more()
    {
        double minutes = double.Parse(
            Environment.GetEnvironmentVariable(FuzzFactAttribute.Variable)!, CultureInfo.InvariantCulture);
        string? seed = Environment.GetEnvironmentVariable("SINTER_FUZZ_FIRST");
        int next = seed is null ? FirstLongSeed : int.Parse(seed, CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        for (int round = 0; watch.Elapsed.TotalMinutes < minutes; round++)
        {
            IEngine engine = Engines[round % Engines.Length];
            Values(engine, Enumerable.Range(next, Batch));
            Gradients(engine, Enumerable.Range(next, Batch));
            next += Batch;
            output.WriteLine($"{watch.Elapsed.TotalMinutes:F1} min: seeds below {next} are clean");
        }
    }

    private static RandomGraph Generate(int seed) =>
        RandomGraphs.Generate(seed, RandomGraphOptions.AtRealSizes(seed));

    private static void Values(IEngine engine, IEnumerable<int> seeds)
    {
        foreach (int[] chunk in seeds.Chunk(Batch))
        {
            RandomBatches.Check(engine, chunk.Select(Generate), RandomBatches.Itself,
                (random, actual) => random.Difference(random.Interpret(), actual), ownSymbols: true);
        }
    }

    private static void Gradients(IEngine engine, IEnumerable<int> seeds)
    {
        foreach (int[] chunk in seeds.Chunk(Batch))
        {
            RandomGraph[] graphs = [.. chunk.Select(Generate).Where(random => RandomGradients.Of(random) is not null)];
            RandomBatches.Check(engine, graphs, random => RandomGradients.Of(random) ?? RandomBatches.Itself(random),
                (random, actual) =>
                    RandomGradients.Of(random) is null ? null : RandomGradients.Difference(random, actual),
                ownSymbols: true);
        }
    }
}
