using System.Globalization;

namespace Sinter;

/// <summary>
/// Writes an operation of which one of two branches is done. What a branch makes is its body; what was there before is
/// computed once, outside, and is an operand of both.
/// </summary>
internal sealed class BranchBuilder
{
    private const string Operation = "cond";

    private readonly GraphBuilder builder;
    private readonly Node predicate;
    private readonly Update[] updates;

    // What comes later was made for a branch.
    private readonly int first;

    // What the branches read of the world around them.
    private readonly List<Node> captured = [];
    private readonly HashSet<Node> known = [];

    /// <summary>Branches of the graph that predicate and operands belong to.</summary>
    public BranchBuilder(Node predicate, params Node[] operands)
    {
        builder = GraphBuilder.Of([predicate, .. operands]);
        this.predicate = builder.Adopt(predicate);
        Operands = [.. operands.Select(builder.Adopt)];
        updates = [.. builder.Updates];
        first = builder.NodeCount;
    }

    /// <summary>The operands as the branches are to use them.</summary>
    public IReadOnlyList<Node> Operands { get; }

    /// <summary>What either branch gives.</summary>
    /// <param name="then">Makes the values where the predicate holds.</param>
    /// <param name="otherwise">Makes the values where it does not.</param>
    /// <exception cref="GraphException">The branches give other types, change state, or belong to another
    /// graph.</exception>
    public Node[] Run(Func<Node[]> then, Func<Node[]> otherwise)
    {
        Node[][] results = [Own(then()), Own(otherwise())];
        HashSet<Node>[] inside = [.. results.Select(Inside)];
        for (int i = 0; i < results.Length; i++)
        {
            Capture(results[i], inside[i]);
        }

        Body[] bodies = [.. results.Select((values, i) => Make(values, inside[i]))];
        Node cond = builder.Make(Op.Cond, new CondAttributes(bodies[0], bodies[1]), [predicate, .. captured]);
        return [.. results[0].Select((_, i) => builder.Make(Op.Result, new ResultAttributes(i), cond))];
    }

    private Node[] Own(Node[] results)
    {
        if (GraphBuilder.Of([predicate, .. results]) != builder)
        {
            throw builder.Error(
                "neither predicate nor operand belong to the graph that the branches read: give a value of it as an "
                    + "operand",
                Operation, [predicate, .. results]);
        }

        if (builder.Updates.Except(updates).FirstOrDefault() is { } update)
        {
            throw builder.Error(
                $"a branch updates '{update.Parameter.Get<ParameterAttributes>().Declaration.FullName}': let the "
                    + "branches give its next value, and update behind them",
                Operation, predicate);
        }

        return [.. results.Select(builder.Adopt)];
    }

    // Inputs and state are given, whoever met them first.
    private HashSet<Node> Inside(Node[] results)
    {
        bool IsMade(Node node) => node.Id >= first && node.Op is not (Op.Input or Op.Parameter);
        var inside = new HashSet<Node>(NodeOrder.Of(results, IsMade).Where(IsMade));
        if (builder.IsImplicit && inside.FirstOrDefault(node => node.Op == Op.RandomBits) is { } draw)
        {
            throw builder.Error("a branch draws for a graph that is not known: give a value of it as an operand",
                Operation, predicate, draw);
        }

        return inside;
    }

    private void Capture(Node[] results, HashSet<Node> inside)
    {
        foreach (Node node in NodeOrder.Of(results, inside.Contains))
        {
            if (inside.Contains(node) || IsCopied(node) || !known.Add(node))
            {
                continue;
            }

            if (node.Attributes is ParameterAttributes { Declaration: var state } && state == Parameter.IsTraining)
            {
                throw builder.Error(
                    "a branch depends on whether a graph is in training that is not known: give a value of it as an "
                        + "operand",
                    Operation, predicate);
            }

            captured.Add(node);
        }
    }

    private Body Make(Node[] results, HashSet<Node> inside)
    {
        var body = new GraphBuilder(builder.IsTraining, captureSource: false);
        var copies = captured.ToDictionary(node => node, node =>
            body.Input("x" + body.Inputs.Count.ToString(CultureInfo.InvariantCulture), node.Type));
        foreach (Node node in NodeOrder.Of(results, node => inside.Contains(node)))
        {
            if (!copies.ContainsKey(node))
            {
                using IDisposable scope = body.EnterPath(node.ModulePath);
                copies.Add(node, body.Make(node.Op, node.Attributes, [.. node.Inputs.Select(input => copies[input])]));
            }
        }

        return new Body(new Graph("body", body.Inputs, [.. results.Select((node, i) =>
            new Output("y" + i.ToString(CultureInfo.InvariantCulture), copies[node]))], []));
    }

    private static bool IsCopied(Node node) =>
        node.Op == Op.Iota || node.Attributes is ConstantAttributes { IsSplat: true };
}
