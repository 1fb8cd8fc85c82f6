namespace Sinter.Compiler.Rewriting;

/// <summary>
/// Applies rules to a whole graph, operands before users, until none applies to any node. What a rule builds is
/// rewritten like the rest. Every node is taken once, so the time is linear in the nodes seen.
/// </summary>
public sealed class Rewriter
{
    // Far above any honest chain of rules; reached only when two rules undo each other.
    private const int MaxChain = 200;

    private readonly RuleSet rules;
    private readonly GraphBuilder builder;
    private readonly RewriteTrace? trace;
    private readonly Dictionary<Node, Node> rewritten = [];
    private readonly Dictionary<Body, Body> bodies = [];
    private readonly HashSet<Node> waiting = [];
    private readonly Stack<Step> work = new();

    private Rewriter(RuleSet rules, GraphBuilder builder, RewriteTrace? trace)
    {
        this.rules = rules;
        this.builder = builder;
        this.trace = trace;
    }

    private enum Stage
    {
        /// <summary>Not looked at yet.</summary>
        Enter,

        /// <summary>The operands are done.</summary>
        Operands,

        /// <summary>What the node was rewritten to is done.</summary>
        Replacement,
    }

    /// <summary>
    /// The graph after rewriting: the same inputs, output names and state, in the same builder. Nodes that changed keep
    /// the module path of those they replace. Bodies of loops and branches are rewritten too.
    /// </summary>
    /// <exception cref="InvalidOperationException">Rules undo each other, or one changes a type: an error in the
    /// rules.</exception>
    public static Graph Rewrite(Graph graph, RuleSet rules, RewriteTrace? trace = null)
    {
        GraphBuilder builder = Builders.Of(graph.Nodes);
        var rewriter = new Rewriter(rules, builder, trace);
        Node[] sizes = graph.Sizes.Select(rewriter.Settle).ToArray();
        Output[] outputs = graph.Outputs.Select(o => o with { Node = rewriter.Settle(o.Node) }).ToArray();
        Update[] updates = graph.Updates
            .Select(u => new Update(Builders.Own(builder, u.Parameter), rewriter.Settle(u.Value)))
            .ToArray();
        return new Graph(graph.Name, graph.Inputs, outputs, updates, sizes);
    }

    private Node Settle(Node root)
    {
        work.Push(new Step(root, Stage.Enter, root, 0));
        while (work.Count > 0)
        {
            Step step = work.Pop();
            switch (step.Stage)
            {
                case Stage.Enter:
                    Enter(step);
                    break;
                case Stage.Operands:
                    ApplyRules(step);
                    break;
                default:
                    Record(step.Node, rewritten[step.Target]);
                    break;
            }
        }

        return rewritten[root];
    }

    private void Enter(Step step)
    {
        Node node = step.Node;
        if (rewritten.ContainsKey(node))
        {
            return;
        }

        if (step.Chain > MaxChain || !waiting.Add(node))
        {
            throw new InvalidOperationException(
                $"internal error: rewrite rules undo each other at {node} in {node.ModulePath}");
        }

        work.Push(step with { Stage = Stage.Operands });
        for (int i = node.Inputs.Count - 1; i >= 0; i--)
        {
            work.Push(new Step(node.Inputs[i], Stage.Enter, node.Inputs[i], step.Chain));
        }
    }

    private void ApplyRules(Step step)
    {
        Node node = step.Node;
        using IDisposable scope = builder.EnterPath(node.ModulePath);
        Node current = Rebuild(node);
        if (current != node && rewritten.TryGetValue(current, out Node? known))
        {
            Record(node, known);
            return;
        }

        if (rules.Apply(builder, current) is not { } applied)
        {
            rewritten[current] = current;
            Record(node, current);
            return;
        }

        trace?.Add(applied.Rule);
        Node target = Builders.Own(builder, applied.Result);
        work.Push(new Step(node, Stage.Replacement, target, step.Chain));
        work.Push(new Step(current, Stage.Replacement, target, step.Chain));
        work.Push(new Step(target, Stage.Enter, target, step.Chain + 1));
    }

    private void Record(Node node, Node result)
    {
        rewritten[node] = result;
        rewritten[result] = result;
        waiting.Remove(node);
    }

    // The node on its rewritten operands: itself where they did not change.
    private Node Rebuild(Node node)
    {
        Attributes attributes = WithRewrittenBodies(node.Attributes);
        bool same = node.Owner == builder && ReferenceEquals(attributes, node.Attributes);
        var operands = new Node[node.Inputs.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = rewritten[node.Inputs[i]];
            same &= operands[i] == node.Inputs[i];
        }

        return same || node.Op == Op.Input ? node : builder.Make(node.Op, attributes, operands);
    }

    // What is inside a loop or a branch is rewritten by the same rules.
    private Attributes WithRewrittenBodies(Attributes attributes)
    {
        if (attributes is not BodyAttributes inside)
        {
            return attributes;
        }

        Body[] rewritten = [.. inside.Bodies.Select(Rewritten)];
        bool same = !rewritten.Where((body, i) => !ReferenceEquals(body, inside.Bodies[i])).Any();
        return same ? inside : inside.With(rewritten);
    }

    private Body Rewritten(Body body)
    {
        if (!bodies.TryGetValue(body, out Body? result))
        {
            Graph before = body.Graph;
            Graph after = Rewrite(before, rules, trace);
            bool changed = before.Outputs.Where((output, i) => output.Node != after.Outputs[i].Node).Any();
            result = changed ? new Body(after) : body;
            bodies.Add(body, result);
        }

        return result;
    }

    private readonly record struct Step(Node Node, Stage Stage, Node Target, int Chain);
}
