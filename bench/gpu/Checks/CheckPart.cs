using System.Globalization;
using System.Reflection;
using Sinter.Backends.Tests;
using Sinter.Compiler;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Conformance.Tests;
using Sinter.Reference;

namespace Sinter.GpuBench.Checks;

/// <summary>A graph to run, and how its result is judged.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Case">The graph with all values.</param>
/// <param name="Difference">What is wrong with a result, or null.</param>
internal sealed record CheckItem(string Name, BuiltCase Case, Func<InterpreterResult, string?> Difference);

/// <summary>Graphs of one kind, made one by one: a process that checks a few does not build all.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Item">One of them by position; null where that position has none.</param>
/// <param name="Products">How they multiply.</param>
internal sealed record CheckPart(
    string Name, int Count, Func<int, CheckItem?> Item, ProductPrecision Products = ProductPrecision.Exact)
{
    private const double GradientTolerance = 1e-4;

    private static readonly OpCase[] Differentiable = [.. OpCases.All.Where(row => row.CheckGradient)];

    private static readonly MethodInfo[] Golden = [.. typeof(GoldenGraphs)
        .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
        .OrderBy(method => method.Name, StringComparer.Ordinal)];

    /// <summary>All parts: what the conformance tests hold every engine to.</summary>
    public static IReadOnlyList<CheckPart> All { get; } =
    [
        new("golden", Golden.Length, i => OfGolden(Golden[i])),
        new("ops", OpCases.All.Count, i => OfOp(OpCases.All.ElementAt(i))),
        .. new[] { ProductPrecision.Tf32, ProductPrecision.Bf16, ProductPrecision.F16 }.Select(OfRounded),
        new("gradients", Differentiable.Length, i => OfGradient(Differentiable[i])),
        new("random", 300, i => OfRandom(RandomGraphs.Generate(i))),
        new("random-gradients", 150, OfRandomGradient),
        new("large", 60, i => OfRandom(RandomGraphs.Generate(i, new RandomGraphOptions(30, 4096)))),
    ];

    /// <summary>The graphs of a range.</summary>
    public IEnumerable<CheckItem> Items(int first, int count) =>
        Enumerable.Range(first, Math.Min(count, Count - first)).Select(Item).OfType<CheckItem>();

    // Uniform numbers, and small indices where the graph takes integers.
    private static CheckItem OfGolden(MethodInfo method)
    {
        var graph = (Graph)method.Invoke(null, null)!;
        var random = new Random(5);
        TensorValue Draw(TensorType type)
        {
            long[] shape = [.. type.Shape.Select(extent => extent.Value)];
            var positions = Enumerable.Range(0, (int)shape.Aggregate(1L, (n, extent) => n * extent));
            return type.Type.IsFloat()
                ? new TensorValue(type.Type, shape, positions.Select(_ => (double)random.NextSingle()).ToArray())
                : new TensorValue(type.Type, shape, positions.Select(_ => random.NextInt64(5)).ToArray());
        }

        var inputs = graph.Inputs.ToDictionary(
            input => input.Get<InputAttributes>().Name, input => Draw(input.Type));
        var parameters = graph.Parameters.ToDictionary(
            parameter => parameter.Get<ParameterAttributes>().Declaration.FullName, parameter => Draw(parameter.Type));
        return Compared(method.Name, new BuiltCase(graph, inputs, parameters), GradientTolerance);
    }

    private static CheckPart OfRounded(ProductPrecision precision)
    {
        string name = precision.ToString().ToLowerInvariant();
        return new CheckPart(name, 1, _ =>
        {
            BuiltCase built = RoundedProducts.Build();
            return new CheckItem(name, built, actual => Comparison.Difference(
                RoundedProducts.Expected(built, precision), actual, RoundedProducts.Tolerance));
        }, precision);
    }

    private static CheckItem OfOp(OpCase row) => Compared(row.FullName, row.Construct(), row.Tolerance);

    private static CheckItem OfGradient(OpCase row)
    {
        LossCase loss = GradientCheck.LossOf(row);
        Graph graph = GradientCheck.GradientGraph(loss, Differentiator.Gradient);
        return Compared(row.FullName, new BuiltCase(graph, loss.Inputs, loss.Parameters), GradientTolerance);
    }

    private static CheckItem OfRandom(RandomGraph random) => new(
        "seed " + random.Seed.ToString(CultureInfo.InvariantCulture),
        new BuiltCase(random.Graph, random.Inputs, random.Parameters),
        actual => random.Difference(random.Interpret(), actual) is { } found ? $"{found}\n{random}" : null);

    private static CheckItem? OfRandomGradient(int seed)
    {
        RandomGraph random = RandomGraphs.Generate(seed);
        return RandomGradients.Of(random) is not { } built
            ? null
            : new CheckItem(
                "seed " + seed.ToString(CultureInfo.InvariantCulture), built,
                actual => RandomGradients.Difference(random, actual) is { } found ? $"{found}\n{random}" : null);
    }

    private static CheckItem Compared(string name, BuiltCase built, double tolerance) => new(
        name, built, actual => Comparison.Difference(
            Interpreter.Run(built.Graph, built.Inputs, built.Parameters), actual, tolerance));
}
