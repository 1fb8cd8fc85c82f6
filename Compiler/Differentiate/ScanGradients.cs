using System.Globalization;
using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>
/// The gradient of a scan: a scan the other way. It carries the gradients of carried values and, summed in that order,
/// those of what all iterations read; it gives the gradients of sequences slice by slice. Of the forward body it
/// computes elementwise operations and movement again, from carried values and results of dearer operations, which the
/// forward scan stacks for it. Being a scan of ordinary operations, it has a gradient itself.
/// </summary>
internal sealed class ScanGradients
{
    private readonly GraphBuilder builder;
    private readonly Node scan;
    private readonly ScanAttributes forward;
    private readonly Graph body;
    private readonly Node?[] gradients;
    private readonly int fixedFrom;
    private readonly bool[] wanted;

    // The forward body with its gradients, from which the backward body is taken.
    private readonly GraphBuilder work = new(training: false, captureSource: false);
    private readonly Dictionary<Node, Node> copies = [];
    private readonly Dictionary<Node, Node> seeds = [];
    private readonly HashSet<Node> ofForward;

    // What the backward scan takes, in order, and the input of its body that each becomes.
    private readonly List<(Node Work, Node Outer)> carried = [];
    private readonly List<(Node Work, Node Outer)> sequences = [];
    private readonly List<(Node Work, Node Outer)> captured = [];
    private readonly List<Node> kept = [];

    private ScanGradients(GraphBuilder builder, Node scan, Node?[] gradients, Func<Node, bool> isWanted)
    {
        this.builder = builder;
        this.scan = scan;
        this.gradients = gradients;
        forward = scan.Get<ScanAttributes>();
        body = forward.Body.Graph;
        fixedFrom = forward.Carried + forward.Sequences;
        wanted = [.. scan.Inputs.Select((operand, i) =>
            operand.DType.IsFloat() && (i < forward.Carried || isWanted(operand)))];
        foreach (Node node in body.Nodes)
        {
            copies.Add(node, node.Op == Op.Input
                ? work.Input(node.Get<InputAttributes>().Name, node.Type)
                : work.Make(node.Op, node.Attributes, [.. node.Inputs.Select(input => copies[input])]));
        }

        ofForward = [.. copies.Values];
    }

    /// <summary>The gradients of a scan's operands; null where none flows.</summary>
    /// <param name="builder">Where they are made.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="gradients">Those of its results; null where there is none.</param>
    /// <param name="isWanted">Whether an operand's gradient is wanted.</param>
    public static Node?[] Operands(GraphBuilder builder, Node scan, Node?[] gradients, Func<Node, bool> isWanted) =>
        new ScanGradients(builder, scan, gradients, isWanted).Run();

    private Node Input(int i) => copies[body.Inputs[i]];

    private Node Output(int i) => copies[body.Outputs[i].Node];

    private Node?[] Run()
    {
        Node?[] parts = Differentiate();
        Node[] roots = [.. parts.OfType<Node>()];
        CollectTaken(roots);
        return Make(parts);
    }

    // The gradient of each of the body's inputs, in terms of the forward body and of the gradients of its outputs.
    private Node?[] Differentiate()
    {
        var start = new Dictionary<Node, Node>();
        for (int i = 0; i < body.Outputs.Count; i++)
        {
            Node output = Output(i);
            if (!output.DType.IsFloat() || (i >= forward.Carried && gradients[i] is null))
            {
                continue;
            }

            Node seed = work.Input("g" + i.ToString(CultureInfo.InvariantCulture), output.Type);
            seeds.Add(seed, i < forward.Carried ? gradients[i] ?? Zero(output.Type) : gradients[i]!);
            (i < forward.Carried ? carried : sequences).Add((seed, seeds[seed]));
            start[output] = start.TryGetValue(output, out Node? sum)
                ? work.Make(Op.Add, NoAttributes.Instance, sum, seed) : seed;
        }

        Node[] sources = [.. Enumerable.Range(0, scan.Inputs.Count).Where(i => wanted[i]).Select(Input)];
        IReadOnlyDictionary<Node, Node> found = Differentiator.PullBack(work, start, sources);
        return [.. scan.Inputs.Select((_, i) =>
            wanted[i] && found.TryGetValue(Input(i), out Node? gradient) ? gradient : null)];
    }

    // What the gradients read of the forward body: its inputs, and the results of dear operations.
    private void CollectTaken(Node[] roots)
    {
        bool IsGiven(Node node) => ofForward.Contains(node) && (node.Op == Op.Input || IsDear(node));
        var taken = new HashSet<Node>(NodeOrder.Of(roots, node => !IsGiven(node)).Where(IsGiven));
        foreach (Node node in body.Nodes.Select(node => copies[node]).Where(taken.Contains).Distinct())
        {
            int input = Enumerable.Range(0, body.Inputs.Count).FirstOrDefault(i => Input(i) == node);
            bool isInput = node.Op == Op.Input;
            if (isInput && input >= fixedFrom)
            {
                captured.Add((node, scan.Inputs[input]));
            }
            else if (isInput && input >= forward.Carried)
            {
                sequences.Add((node, scan.Inputs[input]));
            }
            else
            {
                kept.Add(node);
            }
        }
    }

    // A scan's results are kept, but never what it is: a result is a value.
    private static bool IsDear(Node node) => OpTable.Row(node.Op).Kind
        is OpKind.Reduction or OpKind.Product or OpKind.Indexed || node.Op == Op.Result;

    private Node?[] Make(Node?[] parts)
    {
        Node stacks = Keeping();
        sequences.AddRange(kept.Select((node, i) =>
            (node, builder.Make(Op.Result, new ResultAttributes(body.Outputs.Count + i), stacks))));
        int[] Found(int first, int count) =>
            [.. Enumerable.Range(first, count).Where(i => parts[i] is not null)];
        int[] summed = Found(fixedFrom, scan.Inputs.Count - fixedFrom);
        int[] sliced = Found(forward.Carried, forward.Sequences);

        var back = new GraphBuilder(training: false, captureSource: false);
        var map = new Dictionary<Node, Node>();
        foreach (var (node, outer) in carried)
        {
            map.Add(node, In(back, outer.Type));
        }

        Node[] sums = [.. summed.Select(i => In(back, scan.Inputs[i].Type))];
        foreach (var (node, outer) in sequences)
        {
            map.Add(node, In(back, outer.Type with { Shape = outer.Shape.Range(1, outer.Shape.Rank - 1) }));
        }

        foreach (var (node, outer) in captured)
        {
            map.Add(node, In(back, outer.Type));
        }

        Node Of(Node? part, TensorType type) => part is null ? Zero(type) : Copy(back, part, map);
        Node[] outputs =
        [
            .. Carries().Select(i => Of(parts[i], scan.Inputs[i].Type)),
            .. summed.Select((i, k) =>
                back.Make(Op.Add, NoAttributes.Instance, sums[k], Of(parts[i], scan.Inputs[i].Type))),
            .. sliced.Select(i => Of(parts[i], body.Inputs[i].Type)),
        ];
        var graph = new Graph("body", back.Inputs, [.. outputs.Select((node, i) =>
            new Output("y" + i.ToString(CultureInfo.InvariantCulture), node))], []);
        var attributes = new ScanAttributes(
            forward.Length, carried.Count + sums.Length, sequences.Count, !forward.IsReversed, new Body(graph));
        if (outputs.Length == 0)
        {
            return new Node?[scan.Inputs.Count];
        }

        Node backward = builder.Make(Op.Scan, attributes,
        [
            .. carried.Select(pair => pair.Outer), .. summed.Select(i => Zero(scan.Inputs[i].Type)),
            .. sequences.Select(pair => pair.Outer), .. captured.Select(pair => pair.Outer),
        ]);
        var found = new Node?[scan.Inputs.Count];
        int[] order = [.. Carries(), .. summed, .. sliced];
        for (int i = 0; i < order.Length; i++)
        {
            found[order[i]] = builder.Make(Op.Result, new ResultAttributes(i), backward);
        }

        return found;
    }

    // The carried values that have gradients.
    private IEnumerable<int> Carries() =>
        Enumerable.Range(0, forward.Carried).Where(i => scan.Inputs[i].DType.IsFloat());

    // The forward scan, with what the backward one reads stacked behind its results.
    private Node Keeping()
    {
        if (kept.Count == 0)
        {
            return scan;
        }

        var originals = new Dictionary<Node, Node>();
        foreach (var pair in copies)
        {
            originals[pair.Value] = pair.Key;
        }

        Output[] outputs =
        [
            .. body.Outputs,
            .. kept.Select((node, i) => new Output(
                "kept" + (body.Outputs.Count + i).ToString(CultureInfo.InvariantCulture), originals[node])),
        ];
        var keeping = new Body(new Graph("body", body.Inputs, outputs, []));
        return builder.Make(Op.Scan, forward with { Body = keeping }, [.. scan.Inputs]);
    }

    private static Node Copy(GraphBuilder back, Node root, Dictionary<Node, Node> map)
    {
        foreach (Node node in NodeOrder.Of([root], node => !map.ContainsKey(node)))
        {
            if (!map.ContainsKey(node))
            {
                using IDisposable scope = back.EnterPath(node.ModulePath);
                map.Add(node, back.Make(node.Op, node.Attributes, [.. node.Inputs.Select(input => map[input])]));
            }
        }

        return map[root];
    }

    private static Node In(GraphBuilder back, TensorType type) =>
        back.Input("x" + back.Inputs.Count.ToString(CultureInfo.InvariantCulture), type);

    private static Node Zero(TensorType type) => Constants.Splat(type.Type, type.Shape, 0);
}
