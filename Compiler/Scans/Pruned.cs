namespace Sinter.Compiler.Scans;

/// <summary>What is left of a scan, or of branches, of which only some results are read.</summary>
/// <param name="IsWhole">Whether that is all of it.</param>
/// <param name="Inputs">The operands that are left.</param>
/// <param name="Outputs">The results that are left.</param>
/// <param name="Attributes">The settings.</param>
internal sealed record Pruned(bool IsWhole, List<int> Inputs, List<int> Outputs, BodyAttributes Attributes)
{
    /// <summary>What is left where only these results are read.</summary>
    public static Pruned Of(BodyAttributes attributes, HashSet<int> used) => attributes switch
    {
        ScanAttributes scan => Of(scan, used),
        CondAttributes cond => Of(cond, used),
        _ => throw new InvalidOperationException($"internal error: {attributes.GetType().Name} cannot be pruned"),
    };

    private static Pruned Of(ScanAttributes scan, HashSet<int> used)
    {
        Graph body = scan.Body.Graph;
        var live = new HashSet<int>(used);
        HashSet<Node> reached;
        do
        {
            reached = [.. NodeOrder.Of(live.Select(i => body.Outputs[i].Node))];
        }
        while (Enumerable.Range(0, scan.Carried).Where(i => reached.Contains(body.Inputs[i])).ToArray()
            .Count(live.Add) > 0);

        List<int> outputs = [.. Enumerable.Range(0, body.Outputs.Count).Where(live.Contains)];
        List<int> inputs = [.. Enumerable.Range(0, body.Inputs.Count).Where(i =>
            i < scan.Carried ? live.Contains(i) : reached.Contains(body.Inputs[i]))];

        // An operation has an operand.
        bool isWhole = inputs.Count == 0
            || (outputs.Count == body.Outputs.Count && inputs.Count == body.Inputs.Count);
        int sequencesEnd = scan.Carried + scan.Sequences;
        return new Pruned(isWhole, inputs, outputs, isWhole ? scan : new ScanAttributes(
            scan.Length, outputs.Count(i => i < scan.Carried),
            inputs.Count(i => i >= scan.Carried && i < sequencesEnd), scan.IsReversed,
            Part(body, inputs, outputs)));
    }

    private static Pruned Of(CondAttributes cond, HashSet<int> used)
    {
        Graph then = cond.Then.Graph;
        List<int> outputs = [.. Enumerable.Range(0, cond.Results).Where(used.Contains)];
        var reached = new HashSet<Node>(
            cond.Bodies.SelectMany(body => NodeOrder.Of(outputs.Select(i => body.Graph.Outputs[i].Node))));
        List<int> inputs = [.. Enumerable.Range(0, then.Inputs.Count)
            .Where(i => cond.Bodies.Any(body => reached.Contains(body.Graph.Inputs[i])))];
        bool isWhole = outputs.Count == cond.Results && inputs.Count == then.Inputs.Count;

        // The predicate is the first operand, and no input.
        return new Pruned(isWhole, [0, .. inputs.Select(i => i + 1)], outputs, isWhole
            ? cond
            : cond.With([.. cond.Bodies.Select(body => Part(body.Graph, inputs, outputs))]));
    }

    private static Body Part(Graph body, List<int> inputs, List<int> outputs) => new(new Graph(
        body.Name, [.. inputs.Select(i => body.Inputs[i])], [.. outputs.Select(i => body.Outputs[i])], []));
}
