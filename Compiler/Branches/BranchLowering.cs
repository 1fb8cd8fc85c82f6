using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Branches;

/// <summary>
/// From branches of a graph to a branch of a plan. Each body is lowered like any graph, over the memory that stands
/// outside: it reads operands where they are and writes results where they are wanted. Kernels that depend on invariant
/// state alone, such as those that pack weights, come in front, and from there to what is prepared once.
/// </summary>
internal sealed class BranchLowering
{
    private readonly Node node;
    private readonly CondAttributes cond;
    private readonly Surroundings around;
    private readonly Buffer[] operands;
    private readonly Buffer?[] results;
    private readonly HashSet<Buffer> invariant;
    private readonly List<Step> before = [];
    private bool hasChecks;

    private BranchLowering(BodyGroup group, Graph graph, Buffers buffers, Surroundings around)
    {
        node = group.Node;
        cond = node.Get<CondAttributes>();
        this.around = around;
        operands = [.. node.Inputs.Select(buffers.Of)];
        results = new Buffer?[cond.Results];
        invariant = [.. operands.Where(around.IsInvariant(buffers))];
        foreach (Node result in graph.Nodes.Where(n => n.Op == Op.Result && n.Inputs[0] == node))
        {
            results[result.Get<ResultAttributes>().Index] = buffers.Of(result);
        }
    }

    /// <summary>The steps of branches: what either may do once for many runs, then the branch.</summary>
    /// <param name="group">The branches.</param>
    /// <param name="graph">The graph around them.</param>
    /// <param name="buffers">The memory of that graph.</param>
    /// <param name="around">What that graph is lowered with.</param>
    /// <param name="lower">How a graph becomes steps: those of the bodies, too.</param>
    public static IEnumerable<Step> Run(
        BodyGroup group, Graph graph, Buffers buffers, Surroundings around, Func<Graph, Surroundings, Lowered> lower)
    {
        var lowering = new BranchLowering(group, graph, buffers, around);
        List<Step>[] bodies = [.. lowering.cond.Bodies.Select(body => lowering.Steps(body.Graph, lower))];
        var branch = new Branch(
            lowering.operands[0], bodies[0], bodies[1], [.. lowering.results.OfType<Buffer>()], lowering.hasChecks);
        return [.. lowering.before, branch];
    }

    private List<Step> Steps(Graph body, Func<Graph, Surroundings, Lowered> lower)
    {
        var given = new Dictionary<Node, Buffer>();
        for (int i = 0; i < body.Inputs.Count; i++)
        {
            given.Add(body.Inputs[i], operands[i + 1]);
        }

        // What is given already, or goes to two places, is copied at the end.
        var copied = new List<int>();
        for (int i = 0; i < results.Length; i++)
        {
            Node output = body.Outputs[i].Node;
            if (results[i] is { } place && !Storage.IsGiven(output) && !given.ContainsKey(output))
            {
                given.Add(output, place);
            }
            else if (results[i] is not null)
            {
                copied.Add(i);
            }
        }

        string Source(Node input) => around.Source(node.Inputs[body.InputPosition(input) + 1]);
        Lowered lowered = lower(
            body, around with { Given = given, Source = Source, IsInvariant = _ => invariant.Contains });
        hasChecks |= lowered.Checks > 0;
        List<Step> steps = lowered.Steps;
        steps.AddRange(copied.Select(i => Lowering.Copy(
            lowered.Buffers.Of(body.Outputs[i].Node), results[i]!, "copy_result", around.Target)));
        HoistInvariant(steps);
        return steps;
    }

    private void HoistInvariant(List<Step> steps)
    {
        var counts = steps.SelectMany(step => step.Written).GroupBy(buffer => buffer)
            .ToDictionary(group => group.Key, group => group.Count());
        foreach (Step step in steps.ToArray())
        {
            bool isFixed = step is Kernel && step.Written.Count > 0 && step.Read.Count > 0
                && step.Read.All(invariant.Contains)
                && step.Written.All(buffer => counts[buffer] == 1 && !results.Contains(buffer));
            if (isFixed)
            {
                before.Add(step);
                steps.Remove(step);
                invariant.UnionWith(step.Written);
            }
        }
    }
}
