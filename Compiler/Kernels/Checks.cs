using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Blocks;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>One check of indices from data.</summary>
/// <param name="Site">What an error says about it.</param>
/// <param name="Loops">The counters of the indices' axes.</param>
/// <param name="Value">The index at a position.</param>
/// <param name="Position">The row-major position that an error names.</param>
internal sealed record IndexCheck(CheckSite Site, IReadOnlyList<LoopVariable> Loops, Value Value, Index Position);

/// <summary>
/// Kernels that only look at indices, each once. They stand in front of every kernel that a run could change state
/// with: a run with a bad index is told, and has changed nothing. Other kernels only replace a bad index, so that
/// memory is safe.
/// </summary>
internal static class Checks
{
    private const long Grain = 1 << 14;

    /// <summary>The checks of a graph, those of inner indices first.</summary>
    /// <param name="graph">The graph as it was fused.</param>
    /// <param name="isStored">Whether a node's elements are read rather than recomputed.</param>
    /// <param name="sites">The nodes whose kernels meet an index from data.</param>
    /// <param name="source">How errors name an input or state; empty where they say nothing of it.</param>
    public static IReadOnlyList<IndexCheck> Of(
        Graph graph, Func<Node, bool> isStored, HashSet<Node> sites, Func<Node, string> source)
    {
        var evaluator = new Evaluator(isStored, []);
        return graph.Nodes.Where(sites.Contains).Select(node => Of(node, evaluator, source))
            .Where(check => check.Site.Shape.ElementCount != 0).ToArray();
    }

    /// <summary>The nodes in memory that checks read.</summary>
    public static IEnumerable<Node> Reads(IEnumerable<IndexCheck> checks) =>
        checks.SelectMany(check => Accesses.In(check.Value).Select(access => access.Node));

    /// <summary>The steps in an order in which all checks come before everything that they do not need.</summary>
    /// <param name="steps">All other steps, in order.</param>
    /// <param name="checks">The checks.</param>
    /// <param name="context">What schedules may ask.</param>
    /// <param name="sites">The checks of the program so far.</param>
    /// <param name="first">How many steps come before the end of the last check.</param>
    public static List<Step> InFront(
        IReadOnlyList<Step> steps, IReadOnlyList<IndexCheck> checks, KernelContext context, List<CheckSite> sites,
        out int first)
    {
        Kernel[] own = checks.Select((check, i) => Lower(check, sites.Count + i, context)).ToArray();
        sites.AddRange(checks.Select(check => check.Site));
        var wanted = new HashSet<Buffer>(own.SelectMany(kernel => kernel.Read));
        var needed = new HashSet<Step>();
        foreach (Step step in steps.Reverse().Where(step => wanted.Overlaps(step.Written) || HasChecks(step)))
        {
            needed.Add(step);
            wanted.UnionWith(step.Read);
            wanted.UnionWith(step.Written);
        }

        first = needed.Count + own.Length;
        return first == 0 ? [.. steps]
            : [.. steps.Where(needed.Contains), .. own, .. steps.Where(step => !needed.Contains(step))];
    }

    private static bool HasChecks(Step step) =>
        step is SetSize or Loop { HasChecks: true } or Branch { HasChecks: true };

    private static IndexCheck Of(Node node, Evaluator evaluator, Func<Node, string> sourceOf)
    {
        var (what, extent, indices) = node.Attributes switch
        {
            CheckIndexAttributes check => (check.What, check.Extent, node.Inputs[0]),
            ScatterAttributes scatter => ("row", scatter.Extent, node.Inputs[1]),
            AxisAttributes update when node.Op == Op.UpdateRows => ("row", node.Shape[update.Axis], node.Inputs[2]),
            AxisAttributes gather => ("row", node.Inputs[0].Shape[gather.Axis], node.Inputs[1]),
            _ => throw new InvalidOperationException($"{node.Op} checks no index"),
        };
        LoopVariable[] loops = indices.Shape.Select(size => new LoopVariable("i", size)).ToArray();
        var position = new EquatableArray<Index>(loops.Select(loop => (Index)loop));
        Value value = evaluator.At(indices, position);
        string source = "";
        Shape shape = indices.Shape;
        Index at = Evaluator.Linear(position, shape);
        if (Given(value) is { } access && sourceOf(access.Node) is { Length: > 0 } name)
        {
            source = name;
            shape = access.Node.Shape;
            at = Evaluator.Linear(access.Position, shape);
        }

        return new IndexCheck(new CheckSite(what, extent, node.ModulePath, source, shape), loops, value, at);
    }

    // The element that an index is, however it was moved or its type changed.
    private static Access? Given(Value value) => value switch
    {
        Access access => access.Node.Op is Op.Input or Op.Parameter ? access : null,
        CheckedIndex check => Given(check.Operands[0]),
        Apply { Op: Op.Cast } cast => Given(cast.Operands[0]),
        _ => null,
    };

    private static Kernel Lower(IndexCheck check, int site, KernelContext context)
    {
        const string Name = "check_index";
        Value value = Resolver.ToMemory(
            new CheckedIndex(check.Value, check.Site.Extent, new IndexReport(site, check.Position)), context,
            _ => null);
        LoopVariable[] loops = check.Loops.Where(loop => loop.Extent != 1).ToArray();
        var local = new Local("index", value.Type);
        if (context.Target.Blocks is { } blocks)
        {
            return FlattenedLoops.Elements(Name, [], loops, blocks, 0, map =>
                [new Declare(local, value.Map(index => Loops.Apply(index, map), _ => null, []))]);
        }

        LoopVariable? first = loops.FirstOrDefault();
        double row = loops.Skip(1).Aggregate(1.0, (n, loop) => n * Math.Max(1, loop.Extent.Max));
        Share share = Loops.Cut(first?.Extent ?? 1, Math.Max(1, (long)(Grain / row)));
        IReadOnlyList<Statement> body = Loops.Nest(loops.Skip(1), [new Declare(local, value)]);
        body = first is null ? body : [share, new For(first, share.First, share.Last, 1, body)];
        return new Kernel(Name, [], share.Piece, body, 0);
    }
}
