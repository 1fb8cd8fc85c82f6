using System.Globalization;

namespace Sinter.Compiler.Differentiate;

/// <summary>
/// The gradient of branches: branches under the same predicate, each the gradient of the one that was taken. Values of
/// that one are computed again from the operands, since to keep them would mean memory, and zeros written, for those of
/// the other as well. What a branch does not read has the gradient zero there. Made of ordinary operations, it has a
/// gradient itself.
/// </summary>
internal sealed class CondGradients
{
    private readonly Node cond;
    private readonly Node?[] gradients;

    // By position among the inputs of the bodies: behind the predicate.
    private readonly int[] wanted;
    private readonly int[] given;

    private CondGradients(Node cond, Node?[] gradients, Func<Node, bool> isWanted)
    {
        this.cond = cond;
        this.gradients = gradients;
        wanted = [.. Enumerable.Range(0, cond.Inputs.Count - 1)
            .Where(i => cond.Inputs[i + 1].DType.IsFloat() && isWanted(cond.Inputs[i + 1]))];
        given = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null)];
    }

    /// <summary>The gradients of the operands of branches; null where none flows.</summary>
    /// <param name="builder">Where they are made.</param>
    /// <param name="cond">The branches.</param>
    /// <param name="gradients">Those of its results; null where there is none.</param>
    /// <param name="isWanted">Whether an operand's gradient is wanted.</param>
    public static Node?[] Operands(GraphBuilder builder, Node cond, Node?[] gradients, Func<Node, bool> isWanted) =>
        new CondGradients(cond, gradients, isWanted).Run(builder);

    private Node?[] Run(GraphBuilder builder)
    {
        var found = new Node?[cond.Inputs.Count];
        Branch[] branches = [.. cond.Get<CondAttributes>().Bodies.Select(Differentiate)];
        int[] reached = [.. wanted.Where(i => branches.Any(branch => branch.Gradients.ContainsKey(i)))];
        if (reached.Length == 0)
        {
            return found;
        }

        Body[] bodies = [.. branches.Select(branch => branch.Close(reached))];
        Node backward = builder.Make(
            Op.Cond, new CondAttributes(bodies[0], bodies[1]), [.. cond.Inputs, .. given.Select(i => gradients[i]!)]);
        for (int i = 0; i < reached.Length; i++)
        {
            found[reached[i] + 1] = builder.Make(Op.Result, new ResultAttributes(i), backward);
        }

        return found;
    }

    // The body again, over its inputs and the gradients of its outputs.
    private Branch Differentiate(Body body)
    {
        var work = new GraphBuilder(training: false, captureSource: false);
        var copies = body.Graph.Inputs.ToDictionary(
            node => node, node => work.Input(node.Get<InputAttributes>().Name, node.Type));
        foreach (Node node in body.Graph.Nodes.Where(node => !copies.ContainsKey(node)))
        {
            using IDisposable scope = work.EnterPath(node.ModulePath);
            copies.Add(node, work.Make(node.Op, node.Attributes, [.. node.Inputs.Select(input => copies[input])]));
        }

        var start = new Dictionary<Node, Node>();
        foreach (int i in given)
        {
            Node output = copies[body.Graph.Outputs[i].Node];
            Node seed = work.Input("g" + i.ToString(CultureInfo.InvariantCulture), output.Type);
            start[output] = start.TryGetValue(output, out Node? sum)
                ? work.Make(Op.Add, NoAttributes.Instance, sum, seed) : seed;
        }

        Node Input(int i) => copies[body.Graph.Inputs[i]];
        IReadOnlyDictionary<Node, Node> all = Differentiator.PullBack(work, start, [.. wanted.Select(Input)]);
        return new Branch(work, body.Graph, wanted.Where(i => all.ContainsKey(Input(i)))
            .ToDictionary(i => i, i => all[Input(i)]));
    }

    /// <summary>One of the branches.</summary>
    /// <param name="Builder">Where its gradients are made.</param>
    /// <param name="Forward">What it does.</param>
    /// <param name="Gradients">Those of its inputs that it reads.</param>
    private sealed record Branch(GraphBuilder Builder, Graph Forward, Dictionary<int, Node> Gradients)
    {
        /// <summary>The body that gives gradients, or zeros.</summary>
        public Body Close(int[] inputs) => new(new Graph("body", Builder.Inputs, [.. inputs.Select((input, i) =>
            new Output("y" + i.ToString(CultureInfo.InvariantCulture), Of(input)))], []));

        private Node Of(int input) => Gradients.TryGetValue(input, out Node? gradient)
            ? gradient
            : Builder.Make(Op.Constant, new ConstantAttributes(Forward.Inputs[input].Type, new long[] { 0 }));
    }
}
