using Sinter.Compiler.Branches;
using Sinter.Compiler.Decompose;
using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Memory;
using Sinter.Compiler.Scans;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Sizes;
using Sinter.Compiler.Specs;
using Sinter.Compiler.Values;

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

        // Scans joined, pruned and split: loops do only what iterations need of one another, branches what is read.
        graph = ScanPasses.Run(graph, trace.Rules);
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

        // Lowered: steps, which read and write buffers.
        var around = new Surroundings(
            options, trace, new Dictionary<Node, Buffer>(), Surroundings.NameOf, Invariant(graph));
        Lowered lowered = Lower(graph, around);
        trace.Paths(around.Paths);

        // Drafted: updates overwrite state where that is safe, and copies do the rest; what depends on state alone is
        // set apart.
        PlanDraft draft = PlanBuilder.Draft(graph, lowered, around.Constants, options);

        // Ordered: launches come when they free memory. Guarantees: as much is alive at one time as before, or less.
        draft = LaunchOrder.Run(draft);

        // Recomputed: with a budget, values are computed again where they are wanted rather than kept.
        if (options.MemoryBudget is { } budget)
        {
            draft = Recomputation.Run(draft, budget, graph.Name);
        }

        // Joined: small launches that are independent run beside each other. Guarantees: the peak of memory stays, but
        // for a small share; with a budget it stays within that.
        draft = Concurrency.Run(draft, options);

        // Placed: every buffer has an address.
        Plan plan = PlanBuilder.Place(graph, lowered.Buffers, draft, around, options.Guard);
        trace.Plan(plan);
        trace.Memory(plan, draft);
        if (options.Check)
        {
            KernelSpec.Check(plan);
        }

        // Hoisted: what loops do not change is done in front of them, and positions become pointers. Guarantees: the
        // same buffers; statements are what printers print.
        plan = Hoisting.Run(plan);
        if (options.Check)
        {
            KernelSpec.Check(plan);
        }

        return plan;
    }

    /// <summary>From a decomposed graph, a program's or that of a body, to steps.</summary>
    private static Lowered Lower(Graph graph, Surroundings around)
    {
        // Stored: which nodes get memory; what loops and branches read lies as it is. All else is computed inside the
        // kernels that use it, operands of products included.
        HashSet<Node> stored = Storage.Decide(graph, around.Target);
        around.Trace.Stored(graph, stored);

        // Fused: which stored nodes share loops. Guarantees: groups in execution order, reads before their group are
        // finished.
        var sites = new HashSet<Node>();
        List<Group> groups = Fusion.Run(graph, stored, sites, around.Target);

        // Lowered: one kernel or two for each group, loops scheduled for the target; groups of one form share them. A
        // scan is a loop, whose body comes the same way; so do those of branches. Sizes that the run computes are set
        // before what names them.
        var buffers = new Buffers(graph, stored, around.Given);
        around.Constants.AddRange(graph.Nodes.Where(node => node.Op == Op.Constant && Storage.IsGiven(node))
            .Select(node => new ConstantData(buffers.Of(node), node.Get<ConstantAttributes>())));
        IReadOnlyList<IndexCheck> checks = Checks.Of(graph, stored.Contains, sites, around.Source);
        var context = new KernelContext(
            around.Target, buffers.Of, Liveness(graph, groups, checks), around.IsInvariant(buffers))
        {
            Paths = around.Paths,
        };
        var alike = new AlikeGroups(context);
        var lowered = SizeSteps.Between(graph, groups, buffers, around.Sites, (group, i) => group switch
        {
            BodyGroup { Node.Op: Op.Scan } scan => LoopLowering.Run(scan, graph, buffers, around, Lower),
            BodyGroup cond => BranchLowering.Run(cond, graph, buffers, around, Lower),
            _ => alike.Run(group, KernelNames.Of(group, i)),
        });

        // Checked: indices from data are looked at before anything is changed.
        List<Step> steps = Checks.InFront(lowered, checks, context, around.Sites, out int firstChange);
        return new Lowered(buffers, steps, firstChange);
    }

    private static Func<Buffers, Func<Buffer, bool>> Invariant(Graph graph)
    {
        var updated = new HashSet<Node>(graph.Updates.Select(update => update.Parameter));
        return buffers =>
            new HashSet<Buffer>(graph.Parameters.Where(p => !updated.Contains(p)).Select(buffers.Of)).Contains;
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
