namespace Sinter.Reference;

/// <summary>Branches: one of the bodies, run once.</summary>
internal static class Branches
{
    /// <summary>The rules of this file.</summary>
    public static IEnumerable<(Op Op, Evaluator Evaluate)> Rows => [(Op.Cond, Cond)];

    private static TensorValue Cond(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var cond = node.Get<CondAttributes>();
        Graph body = (operands[0].Integers[0] != 0 ? cond.Then : cond.Otherwise).Graph;
        var inputs = new Dictionary<string, TensorValue>();
        for (int i = 0; i < body.Inputs.Count; i++)
        {
            inputs.Add(body.Inputs[i].Get<InputAttributes>().Name, operands[i + 1]);
        }

        Dictionary<Node, TensorValue> values = Interpreter.Evaluate(body, context with { Inputs = inputs });
        return new TensorValue([.. body.Outputs.Select(output => values[output.Node])]);
    }
}
