using Sinter.Compiler.Decompose;
using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Memory;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Specs;

namespace Sinter.Compiler;

/// <summary>Settings of a compilation.</summary>
/// <param name="Target">The processor.</param>
/// <param name="Trace">Receives what each pass did, under the pass's name; null for none.</param>
/// <param name="Check">Whether each form is checked by its spec: for tests of the compiler.</param>
/// <param name="Guard">Whether buffers share no memory, and what lies around them is told: for tests of the
/// compiler.</param>
/// <param name="MemoryBudget">The bytes that a context may take beside the state; null for as many as it needs.</param>
public sealed record PipelineOptions(
    Target Target, Action<string, string>? Trace = null, bool Check = false, bool Guard = false,
    long? MemoryBudget = null);

/// <summary>Read this first: every pass from a graph to a plan, in order, with what it needs and what it
/// guarantees.</summary>
public static class Pipeline
{
    /// <summary>Compiles a graph.</summary>
    /// <param name="graph">Any graph; training steps are already differentiated.</param>
    /// <param name="options">The processor and the trace.</param>
    public static Plan Compile(Graph graph, PipelineOptions options)
    {
        var trace = new PipelineTrace(options.Trace);
        trace.Graph("input", graph);

        // Simplified: the same values with fewer nodes. Guarantees: canonical forms that the next passes look for.
        graph = Simplifier.Simplify(graph, trace.Rules);
        trace.Graph("simplify", graph);

        // Widened: types that are for memory only meet casts and movement alone. Guarantees: no arithmetic on them.
        graph = StorageTypes.Widen(graph);

        // Decomposed: convolutions and pooling become windows, products and reductions, which simplify once more; long
        // reductions become two.
        graph = Decomposer.Decompose(graph);
        graph = Simplifier.Simplify(graph, trace.Rules);
        graph = SplitReductions.Run(graph, trace.Rules);
        graph = Decomposer.Limit(graph, trace.Rules);
        trace.Graph("decompose", graph);
        if (options.Check)
        {
            GraphSpec.Check(graph, GraphStage.Decomposed);
        }

        trace.RuleCounts();

        // Stored: which nodes get memory. Guarantees: operands of products are plain reads; all else may be inlined.
        HashSet<Node> stored = Storage.Decide(graph);
        trace.Stored(graph, stored);

        // Fused: which stored nodes share loops. Guarantees: groups in execution order, reads before their group are
        // finished.
        var sites = new HashSet<Node>();
        List<Group> groups = Fusion.Run(graph, stored, sites);

        // Lowered: one kernel or two for each group, loops scheduled for the target; groups of one form share them.
        var buffers = new Buffers(graph, stored);
        IReadOnlyList<IndexCheck> checks = Checks.Of(graph, stored.Contains, sites);
        var context = new KernelContext(
            options.Target, buffers.Of, Liveness(graph, groups, checks), Settled(graph, buffers));
        var alike = new AlikeGroups(context);
        IReadOnlyList<Kernel> lowered =
            groups.SelectMany((group, i) => alike.Run(group, KernelNames.Of(group, i))).ToArray();
        trace.Paths(context.Paths);

        // Checked: indices from data are looked at before anything is changed.
        List<Step> steps = Checks.InFront(lowered, checks, context, out int firstChange);

        // Drafted: updates overwrite state where that is safe, and copies do the rest; what depends on state alone is
        // set apart.
        PlanDraft draft =
            PlanBuilder.Draft(graph, buffers, steps, firstChange, options.Target, options.Guard);

        // Ordered: launches come when they free memory. Guarantees: as much is alive at one time as before, or less.
        draft = LaunchOrder.Run(draft);

        // Recomputed: with a budget, values are computed again where they are wanted rather than kept.
        if (options.MemoryBudget is { } budget)
        {
            draft = Recomputation.Run(draft, budget, graph.Name);
        }

        // Placed: every buffer has an address.
        Plan plan = PlanBuilder.Place(graph, buffers, draft, checks, options.Guard);
        trace.Plan(plan);
        trace.Memory(plan, draft);
        if (options.Check)
        {
            KernelSpec.Check(plan);
        }

        return plan;
    }

    private static Func<Buffer, bool> Settled(Graph graph, Buffers buffers)
    {
        var updated = new HashSet<Node>(graph.Updates.Select(update => update.Parameter));
        return new HashSet<Buffer>(graph.Parameters.Where(p => !updated.Contains(p)).Select(buffers.Of)).Contains;
    }

    // A node must be written to memory where a result is wanted or another group reads it.
    private static Func<Node, bool> Liveness(
        Graph graph, List<Group> groups, IReadOnlyList<IndexCheck> checks)
    {
        var live = new HashSet<Node>(graph.Roots);
        foreach (Group group in groups)
        {
            live.UnionWith(group.Reads);
        }

        live.UnionWith(Checks.Reads(checks));

        return live.Contains;
    }
}
