using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Scans;

/// <summary>
/// Makes scans smaller: those over the same operands that carry the same values become one, such as a forward scan and
/// the one that keeps values for its gradient; results that nothing reads are not computed, and what only they need is
/// neither carried nor read. Branches lose such results, too. Outer ones first, as they decide what inner ones are for.
/// </summary>
internal static class ScanPruning
{
    /// <summary>The same function.</summary>
    public static Graph Run(Graph graph)
    {
        if (!graph.Nodes.Any(node => node.Attributes is BodyAttributes))
        {
            return graph;
        }

        return Inside(Prune(Merge(graph)));
    }

    private static Graph Inside(Graph graph)
    {
        var rebuilding = new Rebuilding(graph);
        return rebuilding.Run((node, operands) =>
            node.Attributes is BodyAttributes bodies && bodies.Bodies.Any(HasBodies)
                ? rebuilding.Builder.Make(
                    node.Op, bodies.With([.. bodies.Bodies.Select(body => new Body(Run(body.Graph)))]), operands)
                : null);
    }

    private static bool HasBodies(Body body) => body.Graph.Nodes.Any(node => node.Attributes is BodyAttributes);

    private static Graph Merge(Graph graph)
    {
        var first = new List<(Node Scan, List<Node> Others)>();
        foreach (Node node in graph.Nodes.Where(node => node.Op == Op.Scan))
        {
            var (_, others) = first.FirstOrDefault(known => AreAlike(known.Scan, node));
            if (others is null)
            {
                first.Add((node, []));
            }
            else
            {
                others.Add(node);
            }
        }

        var joined = new Dictionary<Node, Joined>();
        foreach (var (scan, others) in first.Where(known => known.Others.Count > 0))
        {
            var join = new Joined(scan);
            foreach (Node member in others.Where(join.TryAdd).Append(scan).ToArray())
            {
                joined.Add(member, join);
            }
        }

        var rebuilding = new Rebuilding(graph);
        return joined.Count == 0 ? graph : rebuilding.Run((node, operands) =>
        {
            if (node.Op == Op.Scan && joined.TryGetValue(node, out Joined? join))
            {
                return rebuilding.Builder.Make(Op.Scan, join.Attributes, operands);
            }

            return node.Op == Op.Result && joined.TryGetValue(node.Inputs[0], out join)
                ? rebuilding.Builder.Make(
                    Op.Result, new ResultAttributes(join.Index(node.Inputs[0], node.Get<ResultAttributes>().Index)),
                    operands)
                : null;
        });
    }

    private static bool AreAlike(Node left, Node right)
    {
        var a = left.Get<ScanAttributes>();
        var b = right.Get<ScanAttributes>();
        return a.Length == b.Length && a.Carried == b.Carried && a.Sequences == b.Sequences
            && a.IsReversed == b.IsReversed && left.Inputs.SequenceEqual(right.Inputs);
    }

    private static Graph Prune(Graph graph)
    {
        var used = graph.Nodes.Where(node => node.Op == Op.Result)
            .GroupBy(node => node.Inputs[0])
            .ToDictionary(group => group.Key, group => new HashSet<int>(
                group.Select(node => node.Get<ResultAttributes>().Index)));
        var pruned = graph.Nodes.Where(node => node.Attributes is BodyAttributes)
            .ToDictionary(node => node, node => Pruned.Of(node.Get<BodyAttributes>(), used[node]));
        var rebuilding = new Rebuilding(graph);
        return pruned.Values.All(one => one.IsWhole) ? graph : rebuilding.Run((node, operands) =>
        {
            if (node.Attributes is BodyAttributes && !pruned[node].IsWhole)
            {
                return rebuilding.Builder.Make(
                    node.Op, pruned[node].Attributes, [.. pruned[node].Inputs.Select(i => operands[i])]);
            }

            return node.Op != Op.Result || pruned[node.Inputs[0]].IsWhole ? null : rebuilding.Builder.Make(
                Op.Result, new ResultAttributes(
                    pruned[node.Inputs[0]].Outputs.IndexOf(node.Get<ResultAttributes>().Index)), operands);
        });
    }

    // Bodies over the same inputs, written into one.
    private sealed class Joined
    {
        private readonly ScanAttributes scan;
        private readonly GraphBuilder builder = new(training: false, captureSource: false);
        private readonly List<Node> outputs = [];
        private readonly Dictionary<Node, int[]> indices = [];

        public Joined(Node first)
        {
            scan = first.Get<ScanAttributes>();
            foreach (Node input in scan.Body.Graph.Inputs)
            {
                builder.Input(input.Get<InputAttributes>().Name, input.Type);
            }

            outputs.AddRange(Copied(scan.Body.Graph));
            indices.Add(first, [.. Enumerable.Range(0, outputs.Count)]);
        }

        public ScanAttributes Attributes => scan with
        {
            Body = new Body(new Graph(
                "body", builder.Inputs,
                [.. outputs.Select((node, i) => new Output(FormattableString.Invariant($"y{i}"), node))], [])),
        };

        public int Index(Node member, int result) => indices[member][result];

        /// <summary>Adds a scan that carries the same values.</summary>
        public bool TryAdd(Node member)
        {
            Node[] own = Copied(member.Get<ScanAttributes>().Body.Graph);
            if (!own.Take(scan.Carried).SequenceEqual(outputs.Take(scan.Carried)))
            {
                return false;
            }

            var found = new List<int>(Enumerable.Range(0, scan.Carried));
            foreach (Node node in own.Skip(scan.Carried))
            {
                int at = outputs.FindIndex(scan.Carried, output => output == node);
                found.Add(at >= 0 ? at : outputs.Count);
                if (at < 0)
                {
                    outputs.Add(node);
                }
            }

            indices.Add(member, [.. found]);
            return true;
        }

        private Node[] Copied(Graph body)
        {
            var copies = new Dictionary<Node, Node>();
            for (int i = 0; i < body.Inputs.Count; i++)
            {
                copies.Add(body.Inputs[i], builder.Inputs[i]);
            }

            foreach (Node node in body.Nodes.Where(node => !copies.ContainsKey(node)))
            {
                using IDisposable scope = builder.EnterPath(node.ModulePath);
                copies.Add(node, builder.Make(node.Op, node.Attributes, [.. node.Inputs.Select(i => copies[i])]));
            }

            return [.. body.Outputs.Select(output => copies[output.Node])];
        }
    }
}
