using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Scans;

/// <summary>
/// Leaves in a loop only what its iterations need of one another. Products and rows chosen by data that no carried
/// value reaches are computed for all slices at once in front of it, such as those of inputs with weights; those that
/// reach no carried value, such as gradients of inputs, at once behind it. A value that only adds up is the sum of all
/// at the end: the gradient of a weight becomes one product, contracted along time too.
/// </summary>
internal static class ScanSplitting
{
    /// <summary>The same function.</summary>
    public static Graph Run(Graph graph)
    {
        if (!graph.Nodes.Any(node => node.Attributes is BodyAttributes))
        {
            return graph;
        }

        var rebuilding = new Rebuilding(graph);
        var splits = new Dictionary<Node, Split>();
        return rebuilding.Run((node, operands) =>
        {
            if (node.Attributes is ScanAttributes scan)
            {
                var split = new Split(rebuilding.Builder, scan, operands);
                splits.Add(node, split);
                return split.Scan;
            }

            if (node.Attributes is CondAttributes cond)
            {
                return rebuilding.Builder.Make(
                    Op.Cond, cond.With([.. cond.Bodies.Select(body => new Body(Run(body.Graph)))]), operands);
            }

            return node.Op == Op.Result && splits.TryGetValue(node.Inputs[0], out Split? from)
                ? from.Result(node.Get<ResultAttributes>().Index) : null;
        });
    }

    private sealed class Split
    {
        private readonly GraphBuilder builder;
        private readonly ScanAttributes scan;
        private readonly Graph body;
        private readonly Node[] operands;
        private readonly int fixedFrom;

        // What is there for all slices before the loop, and whether it differs from slice to slice.
        private readonly Dictionary<Node, bool> early = [];

        // What any carried value needs that does more than add up.
        private readonly HashSet<Node> carriedNeeds;
        private readonly Dictionary<int, Node> sums;
        private readonly Batching before;
        private readonly List<Node> stacked = [];
        private readonly Dictionary<int, Func<Node>> results = [];

        public Split(GraphBuilder builder, ScanAttributes original, Node[] operands)
        {
            this.builder = builder;
            Graph inside = ScanSplitting.Run(original.Body.Graph);
            scan = ReferenceEquals(inside, original.Body.Graph) ? original : original with { Body = new Body(inside) };
            body = scan.Body.Graph;
            this.operands = operands;
            fixedFrom = scan.Carried + scan.Sequences;
            before = new Batching(builder, scan.Length);
            FindEarly();
            sums = Enumerable.Range(0, scan.Carried).Select(i => (i, Term: Summed(i)))
                .Where(pair => pair.Term is not null).ToDictionary(pair => pair.i, pair => pair.Term!);
            carriedNeeds = [.. NodeOrder.Of(Enumerable.Range(0, scan.Carried).Where(i => !sums.ContainsKey(i))
                .Select(i => body.Outputs[i].Node))];
            stacked.AddRange(body.Outputs.Skip(scan.Carried).Select(output => output.Node));
            for (int i = 0; i < body.Outputs.Count; i++)
            {
                Plan(i);
            }

            Scan = Make();
        }

        /// <summary>The loop that is left.</summary>
        public Node Scan { get; }

        /// <summary>What stands for one of the results.</summary>
        public Node Result(int index) => results.TryGetValue(index, out Func<Node>? make) ? make() : Choose(index);

        private Node Choose(int index) => builder.Make(Op.Result, new ResultAttributes(index), Scan);

        private void FindEarly()
        {
            for (int i = scan.Carried; i < operands.Length; i++)
            {
                early.Add(body.Inputs[i], i < fixedFrom);
                before.Give(body.Inputs[i], operands[i], i < fixedFrom);
            }

            foreach (Node node in body.Nodes.Where(node => node.Op != Op.Input))
            {
                if (node.Inputs.All(early.ContainsKey) && Batching.CanDo(node, input => early[input]))
                {
                    early.Add(node, node.Inputs.Any(input => early[input]));
                }
            }
        }

        // The term of a carried value that does nothing but add up.
        private Node? Summed(int i)
        {
            Node next = body.Outputs[i].Node;
            Node own = body.Inputs[i];
            bool isSum = next.Op == Op.Add && next.DType.IsFloat() && next.Inputs.Count(input => input == own) == 1
                && body.Nodes.Count(node => node.Inputs.Contains(own)) == 1
                && body.Outputs.Count(output => output.Node == own || output.Node == next) == 1
                && !body.Nodes.Any(node => node.Inputs.Contains(next));
            return isSum ? next.Inputs.First(input => input != own) : null;
        }

        private void Plan(int i)
        {
            Node node = body.Outputs[i].Node;
            if (i >= scan.Carried)
            {
                if (early.TryGetValue(node, out _))
                {
                    results.Add(i, () => before.All(node));
                }
                else if (Late(node) is { } late)
                {
                    results.Add(i, () => late().All(node));
                }
            }
            else if (sums.TryGetValue(i, out Node? term) && Late(term) is { } late)
            {
                results.Add(i, () => builder.Make(Op.Add, NoAttributes.Instance, operands[i], late().Sum(term)));
            }
        }

        // How a value that no iteration needs is computed behind the loop: null where that is not worth it, or cannot
        // be.
        private Func<Batching>? Late(Node root)
        {
            var bounds = new List<Node>();
            var isBatched = new Dictionary<Node, bool>(early);
            bool isDear = false;
            foreach (Node node in NodeOrder.Of([root]))
            {
                if (early.ContainsKey(node))
                {
                    continue;
                }

                bool isOwn = !carriedNeeds.Contains(node) && node.Op != Op.Input
                    && Batching.CanDo(node, input => isBatched[input]);
                isBatched[node] = !isOwn || node.Inputs.Any(input => isBatched[input]);
                isDear |= isOwn && IsDear(node);
                if (!isOwn)
                {
                    bounds.Add(node);
                }
            }

            // Of what stands at the border only what is read across it.
            var inner = new HashSet<Node>(isBatched.Keys.Where(node => !early.ContainsKey(node)).Except(bounds));
            Node[] read = bounds.Where(bound => inner.Any(node => node.Inputs.Contains(bound))).ToArray();
            if (!isDear || !inner.Contains(root) || read.Length == 0
                || read.Any(node => node.Op != Op.Input && !carriedNeeds.Contains(node)))
            {
                return null;
            }

            int[] at = [.. read.Select(Stacked)];
            return () =>
            {
                var behind = new Batching(builder, scan.Length);
                foreach (var pair in early)
                {
                    if (pair.Key.Op == Op.Input)
                    {
                        behind.Give(pair.Key, operands[body.Inputs.ToList().IndexOf(pair.Key)], pair.Value);
                    }
                }

                for (int k = 0; k < read.Length; k++)
                {
                    behind.Give(read[k], Choose(at[k]), isBatched: true);
                }

                return behind;
            };
        }

        private int Stacked(Node node)
        {
            int at = stacked.IndexOf(node);
            if (at < 0)
            {
                at = stacked.Count;
                stacked.Add(node);
            }

            return scan.Carried + at;
        }

        private static bool IsDear(Node node) => node.Op is Op.Contraction or Op.Gather;

        private bool IsWorthEarly(Node node) =>
            early.TryGetValue(node, out bool isBatched) && isBatched && node.Op != Op.Input && worth.Contains(node);

        private readonly HashSet<Node> worth = [];

        private Node Make()
        {
            foreach (Node node in body.Nodes.Where(early.ContainsKey))
            {
                if (IsDear(node) || node.Op == Op.CheckIndex || node.Inputs.Any(worth.Contains))
                {
                    worth.Add(node);
                }
            }

            // What the loop still computes reads these.
            IEnumerable<Node> readers = body.Nodes.Where(node => !early.ContainsKey(node));
            Node[] given = readers.SelectMany(node => node.Inputs).Concat(body.Outputs.Take(scan.Carried)
                .Select(output => output.Node)).Where(IsWorthEarly).Distinct().ToArray();
            var inside = new GraphBuilder(training: false, captureSource: false);
            Node In(TensorType type) => inside.Input(FormattableString.Invariant($"x{inside.Inputs.Count}"), type);
            Node[] old = [.. body.Inputs.Take(fixedFrom).Select(input => In(input.Type))];
            var copies = given.ToDictionary(node => node, node => In(node.Type));
            for (int i = 0; i < operands.Length; i++)
            {
                copies.Add(body.Inputs[i], i < fixedFrom ? old[i] : In(body.Inputs[i].Type));
            }

            Node[] outputs = [.. body.Outputs.Take(scan.Carried).Select(output => output.Node), .. stacked];
            foreach (Node node in body.Nodes.Where(node => !copies.ContainsKey(node)))
            {
                using IDisposable scope = inside.EnterPath(node.ModulePath);
                copies.Add(node, inside.Make(node.Op, node.Attributes, [.. node.Inputs.Select(i => copies[i])]));
            }

            var graph = new Graph("body", inside.Inputs, [.. outputs.Select((node, i) =>
                new Output(FormattableString.Invariant($"y{i}"), copies[node]))], []);
            return builder.Make(
                Op.Scan, scan with { Sequences = scan.Sequences + given.Length, Body = new Body(graph) },
                [.. operands.Take(fixedFrom), .. given.Select(before.All), .. operands.Skip(fixedFrom)]);
        }
    }
}
