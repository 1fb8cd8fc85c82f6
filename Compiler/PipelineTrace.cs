using System.Text;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Memory;
using Sinter.Compiler.Rewriting;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>Tells what each pass did, in lines for people.</summary>
internal sealed class PipelineTrace(Action<string, string>? write)
{
    public void Graph(string pass, Graph graph) =>
        write?.Invoke("passes",
            $"{pass}: {graph.Nodes.Count} nodes, {graph.Parameters.Count} parameters, {graph.Updates.Count} updates");

    /// <summary>Counts the rules that simplification applies.</summary>
    public RewriteTrace? Rules { get; } = write is null ? null : new RewriteTrace();

    public void RuleCounts()
    {
        if (Rules is { Total: > 0 })
        {
            write?.Invoke("passes", "rules applied:\n" + Rules);
        }
    }

    public void Stored(Graph graph, HashSet<Node> stored) =>
        write?.Invoke(
            "passes", $"store: {graph.Nodes.Count(stored.Contains)} of {graph.Nodes.Count} nodes have memory");

    /// <summary>The ways that schedules took, under <c>paths</c>.</summary>
    public void Paths(IEnumerable<SchedulePath> paths)
    {
        foreach (SchedulePath path in paths)
        {
            write?.Invoke("paths", path.ToString());
        }
    }

    public void Plan(Plan plan)
    {
        if (write is null)
        {
            return;
        }

        write("passes", $"lower: {Count(plan.Prepare)} kernels at load, {Count(plan.Run)} kernels a run");
        foreach (Kernel kernel in plan.Kernels)
        {
            write("kernels", Describe(kernel));
        }

        foreach (Concurrent group in plan.Run.SelectMany(step => step.WithInner).OfType<Concurrent>())
        {
            write("kernels", "beside each other: " + string.Join(", ", group.Launches));
        }
    }

    /// <summary>Where buffers lie, and how far the arena is from what is alive at one time.</summary>
    public void Memory(Plan plan, PlanDraft draft)
    {
        if (write is null)
        {
            return;
        }

        foreach (var pair in plan.Placements.Where(p => p.Value.Space == Space.Arena).OrderBy(p => p.Value.Offset))
        {
            write("memory", $"{pair.Value.Offset,12} {pair.Key}");
        }

        write("memory", $"prepared from state: {plan.Prepared.Sum(BufferPlanner.Bytes)} bytes");
        write("memory", $"alive at one time: {draft.LeastBytes()} bytes");
        write("memory", $"arena: {plan.ArenaBytes} bytes");
    }

    private static int Count(IEnumerable<Step> steps) => steps.Sum(step => step.Kernels.Count());

    private static string Describe(Kernel kernel)
    {
        var text = new StringBuilder($"{kernel.Name}: {kernel.Pieces} pieces, {kernel.Operations} operations;");
        text.Append(" reads ").Append(string.Join(", ", kernel.Read.Select(b => b.Name)));
        text.Append("; writes ").Append(string.Join(", ", kernel.Written.Select(b => b.Name)));
        return text.ToString();
    }
}
