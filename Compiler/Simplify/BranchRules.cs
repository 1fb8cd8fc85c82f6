using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>Rules of branches: where there is nothing to decide, the branch takes the place of its results.</summary>
internal static class BranchRules
{
    public static IReadOnlyList<Rule> Table { get; } =
    [
        new("cond(true, a, b) → a", Op.Result, match => Constant(match) is 1 ? Inline(match, 0) : null),
        new("cond(false, a, b) → b", Op.Result, match => Constant(match) is 0 ? Inline(match, 1) : null),
        new("cond(p, a, a) → a", Op.Result, match =>
            Cond(match) is { } cond && cond.Then.Equals(cond.Otherwise) ? Inline(match, 0) : null),
        new("a result that both branches only pass on → it", Op.Result, Passed),
    ];

    private static CondAttributes? Cond(Match match) => match.Root.Inputs[0].Attributes as CondAttributes;

    private static double? Constant(Match match) =>
        Cond(match) is null ? null : Constants.SplatValue(match.Root.Inputs[0].Inputs[0]);

    // The nodes of one branch, in the graph around it.
    private static Node Inline(Match match, int branch)
    {
        Graph body = Cond(match)!.Bodies[branch].Graph;
        var copies = new Dictionary<Node, Node>();
        for (int i = 0; i < body.Inputs.Count; i++)
        {
            copies.Add(body.Inputs[i], match.Root.Inputs[0].Inputs[i + 1]);
        }

        Node result = Output(body, match);
        foreach (Node node in NodeOrder.Of([result]).Where(node => !copies.ContainsKey(node)))
        {
            using IDisposable scope = match.Builder.EnterPath(node.ModulePath);
            copies.Add(node, match.Builder.Make(
                node.Op, node.Attributes, [.. node.Inputs.Select(input => copies[input])]));
        }

        return copies[result];
    }

    private static Node? Passed(Match match)
    {
        if (Cond(match) is not { } cond)
        {
            return null;
        }

        Node then = Output(cond.Then.Graph, match);
        Node otherwise = Output(cond.Otherwise.Graph, match);
        int input = cond.Then.Graph.InputPosition(then);
        bool isInput = input >= 0 && cond.Otherwise.Graph.Inputs[input] == otherwise;
        bool isConstant = then.Op == Op.Constant && then.Attributes.Equals(otherwise.Attributes);
        return isInput || isConstant ? Inline(match, 0) : null;
    }

    private static Node Output(Graph body, Match match) =>
        body.Outputs[match.Root.Get<ResultAttributes>().Index].Node;
}
