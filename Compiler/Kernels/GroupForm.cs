using System.Globalization;
using System.Text;
using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>
/// What a group computes but for the names of nodes and counters, as text: groups of one form become kernels of one
/// text, on other buffers. Layers of a transformer, steps of a recurrent net and their gradients have few forms.
/// </summary>
internal sealed class GroupForm
{
    private readonly KernelContext context;
    private readonly StringBuilder text = new();
    private readonly Dictionary<LoopVariable, int> counters = [];
    private readonly Dictionary<Value, int> values = [];
    private readonly Dictionary<Node, int> numbers = [];
    private readonly Dictionary<Buffer, int> buffers = [];
    private bool isKnown = true;

    private GroupForm(KernelContext context) => this.context = context;

    /// <summary>The nodes, in the order in which the form meets them.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>The form as text; null where the group holds something that forms do not know.</summary>
    public string? Text => isKnown ? text.ToString() : null;

    /// <summary>The form of a group, for schedules that ask what <paramref name="context"/> tells.</summary>
    public static GroupForm Of(Group group, KernelContext context)
    {
        var form = new GroupForm(context);
        form.Add(group.GetType().Name);
        switch (group)
        {
            case LoopGroup loops:
                form.Add(loops.Outer);
                form.Add(loops.Stages);
                break;
            case ProductGroup product:
                form.Add(product.Node);
                form.Add(product.Batch);
                form.Add(product.Left);
                form.Add(product.Right);
                form.Add(product.Contracted);
                form.Add(product.LeftOperand);
                form.Add(product.RightOperand);
                product.Epilogue.ForEach(form.Add);
                form.Add(product.RowStages);
                break;
            default:
                form.isKnown = false;
                break;
        }

        return form;
    }

    private void Add(IEnumerable<Stage> stages)
    {
        foreach (Stage stage in stages)
        {
            Add("stage");
            Add(stage.Inner);
            stage.Items.ForEach(Add);
        }
    }

    private void Add(string word) => text.Append(word).Append(' ');

    private void Add(long number) => text.Append(number.ToString(CultureInfo.InvariantCulture)).Append(' ');

    private void Add(Dimension size)
    {
        if (size.IsStatic)
        {
            Add(size.Value);
        }
        else
        {
            Add(size.ToString());
        }
    }

    private void Add(IReadOnlyList<LoopVariable> loops)
    {
        Add("(");
        foreach (LoopVariable loop in loops)
        {
            Add(loop);
        }

        Add(")");
    }

    private void Add(LoopVariable counter)
    {
        if (counters.TryGetValue(counter, out int number))
        {
            Add(number);
            return;
        }

        counters.Add(counter, counters.Count);
        Add("counter");
        Add(counter.Name);
        Add(counter.Extent);
    }

    private void Add(ProductOperand operand)
    {
        Add(operand.IsStored ? "stored" : "computed");
        Add(operand.Axes);
        Add(operand.Element);
        Add(operand.Position);
    }

    private void Add(Item item)
    {
        Add("item");
        Add(item.Node);
        Add(item.Position);
        Add(item.Value);
        Add(item.Reduction is { } reduction ? (long)reduction : -1);
    }

    // All that schedules may ask of a node.
    private void Add(Node node)
    {
        if (numbers.TryGetValue(node, out int number))
        {
            Add(number);
            return;
        }

        numbers.Add(node, numbers.Count);
        Nodes.Add(node);
        Add("node");
        Add((long)node.Op);
        Add((long)node.DType);
        foreach (Dimension size in node.Shape)
        {
            Add(size);
        }

        Add(context.IsLive(node) ? "live" : "inside");
        Buffer buffer = context.BufferOf(node);
        Add(context.IsInvariant(buffer) ? "invariant" : "moves");

        // Two inputs of a body may be one memory outside.
        if (!buffers.TryGetValue(buffer, out int known))
        {
            buffers.Add(buffer, known = buffers.Count);
        }

        Add(known);
    }

    private void Add(IEnumerable<Index> position)
    {
        Add("[");
        foreach (Index index in position)
        {
            Add(index);
        }

        Add("]");
    }

    private void Add(Index index)
    {
        foreach (Term term in index.Terms)
        {
            Add("+");
            Add(term.Coefficient);
            switch (term.Atom)
            {
                case null:
                    break;
                case VariableAtom { Variable: var variable }:
                    Add(variable);
                    break;
                case QuotientAtom quotient:
                    Add("/");
                    Add(quotient.Divisor);
                    Add(quotient.Dividend);
                    break;
                case RemainderAtom remainder:
                    Add("%");
                    Add(remainder.Divisor);
                    Add(remainder.Dividend);
                    break;
                case DataAtom data:
                    Add("data");
                    Add(data.Extent);
                    Add(data.Value);
                    break;
                default:
                    isKnown = false;
                    break;
            }
        }

        Add(";");
    }

    private void Add(Value value)
    {
        if (values.TryGetValue(value, out int number))
        {
            Add("=");
            Add(number);
            return;
        }

        values.Add(value, values.Count);
        Add(value.GetType().Name);
        Add((long)value.Type);
        Add(value.Lanes);
        AddOwn(value);
        foreach (Value operand in value.Operands)
        {
            Add(operand);
        }

        Add(".");
    }

    private void AddOwn(Value value)
    {
        switch (value)
        {
            case Literal literal:
                Add(literal.Bits);
                break;
            case Access access:
                Add(access.Node);
                Add(access.Position);
                break;
            case Local local:
                Add(local.Name);
                break;
            case IndexValue { Index: var index }:
                Add(index);
                break;
            case Apply apply:
                Add((long)apply.Op);
                break;
            case CheckedIndex { Report: null } check:
                Add(check.Extent);
                break;
            case RandomWord word:
                Add(word.Stream);
                Add(word.Element);
                break;
            case Guard guard:
                foreach (Condition condition in guard.Conditions)
                {
                    Add(condition.Index);
                    Add(condition.Low);
                    Add(condition.High);
                    Add(condition.Step);
                }

                break;
            default:
                isKnown = false;
                break;
        }
    }
}
