namespace Sinter.Compiler.Rewriting;

/// <summary>
/// Rules in order, found by the operation at their root: a node that no rule asks for costs one look-up.
/// </summary>
public sealed class RuleSet
{
    private readonly Rule[][] byOp;

    /// <summary>A set of rules; of several that apply, the first wins.</summary>
    public RuleSet(IEnumerable<Rule> rules)
    {
        Rules = rules.ToArray();
        var ops = (Op[])Enum.GetValues(typeof(Op));
        byOp = ops.Select(op => Rules.Where(rule => rule.Root is null || rule.Root == op).ToArray()).ToArray();
    }

    /// <summary>All rules, in order.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>The first rule that applies and what it gives, or null.</summary>
    public (Rule Rule, Node Result)? Apply(GraphBuilder builder, Node node)
    {
        foreach (Rule rule in byOp[(int)node.Op])
        {
            if (rule.Apply(builder, node) is { } result)
            {
                return (rule, result);
            }
        }

        return null;
    }
}
