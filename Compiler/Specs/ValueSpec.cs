using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Specs;

/// <summary>Checks values and indices, and holds what is in scope where they stand.</summary>
/// <param name="kernel">The kernel, for messages.</param>
internal sealed class ValueSpec(Kernel kernel)
{
    private readonly HashSet<Value> done = [];
    private Known? known;
    private int guards;

    /// <summary>Buffers, scratch and pointers in scope.</summary>
    public Known Memory => known ??= new Known(this);

    /// <summary>Registers in scope.</summary>
    public HashSet<Registers> Registers { get; } = [];

    /// <summary>Counters in scope.</summary>
    public HashSet<LoopVariable> Counters { get; } = [];

    /// <summary>Locals in scope by name; null for pointers, which share the names.</summary>
    public Dictionary<string, Local?> Locals { get; } = [];

    public void Require(bool condition, Func<string> reason)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"internal error: kernel {kernel.Name}: {reason()}");
        }
    }

    public void RequireSame(Local local, Value value, string verb) => Require(
        local.Type == value.Type && local.Lanes == value.Lanes,
        () =>
            $"{local.Name}: {local.Type} in {local.Lanes} lanes is {verb} with {value.Type} in {value.Lanes} ({Describe(value)})");

    /// <summary>How many of the blocks around never run, whatever the symbols are: what stands there is never
    /// inside.</summary>
    public int Unreached { get; set; }

    /// <summary>Requires that an index may be inside a buffer, by declared ranges. Loops over an empty buffer never
    /// run, pointers have no size of their own, and a guard that never holds may stand in front of a read.</summary>
    public void RequireInside(Buffer buffer, Index index) => Require(
        guards + Unreached > 0 || buffer is Pointer || buffer.Size.Max == 0
            || (index.Min < buffer.Size.Max && index.Max >= 0),
        () => $"{index} is never inside {buffer}");

    /// <summary>Checks a value with everything below it.</summary>
    public void Check(Value value)
    {
        // What was in scope once may not be any more, so nothing is remembered from one statement to the next.
        done.Clear();
        Walk(value);
    }

    public void Check(Index index)
    {
        foreach (Term term in index.Terms)
        {
            switch (term.Atom)
            {
                case VariableAtom { Variable: var counter }:
                    Require(Counters.Contains(counter), () => $"counter {counter} is not in scope");
                    break;
                case QuotientAtom quotient:
                    Check(quotient.Dividend);
                    break;
                case RemainderAtom remainder:
                    Check(remainder.Dividend);
                    break;
                case DataAtom data:
                    Require(data.Value is { Lanes: 1 } && data.Value.Type.IsInteger(), () =>
                        $"{Describe(data.Value)} is no index");
                    Walk(data.Value);
                    break;
            }
        }
    }

    private void Walk(Value value)
    {
        if (!done.Add(value))
        {
            return;
        }

        Require(value is not Access, () => $"a read of {(value as Access)?.Node} is unresolved");
        foreach (Index index in value.Indices)
        {
            Check(index);
        }

        guards += value is Guard ? 1 : 0;
        foreach (Value operand in value.Operands)
        {
            Walk(operand);
        }

        guards -= value is Guard ? 1 : 0;
        Own(value);
    }

    private void Own(Value value)
    {
        switch (value)
        {
            case Local local:
                bool declared = Locals.TryGetValue(local.Name, out Local? own) && own is not null;
                Require(declared, () => $"{local.Name} is not in scope");
                Require(own!.Type == local.Type && own.Lanes == local.Lanes, () =>
                    $"{local.Name} is used as {local.Type} in {local.Lanes} lanes");
                break;
            case Load load:
                Memory.Require(load.Buffer);
                RequireInside(load.Buffer, load.Index);
                break;
            case GuardedLoad load:
                Memory.Require(load.Buffer);
                Require(load.Lanes > 1, () => "a guarded load of one element");
                break;
            case Register register:
                Require(Registers.Contains(register.Registers), () => $"{register.Registers} are not in scope");
                bool exists = register.Row.Max < register.Registers.Rows && register.Row.Min >= 0
                    && register.Column.Max < register.Registers.Width && register.Column.Min >= 0;
                Require(exists, () => $"{register.Row}, {register.Column} is not always among {register.Registers}");
                break;
            case Rounded rounded:
                Require(
                    rounded.Precision != ProductPrecision.Exact
                    && value.Operands.Count == Rounded.InWord(rounded.Precision)
                    && value.Operands.All(operand => operand is { Type: DType.F32, Lanes: 1 }),
                    () => $"{Describe(value)} is no word of {rounded.Precision}");
                break;
            case Splat or CheckedIndex:
                Require(value.Operands[0].Lanes == 1, () => $"{Describe(value)} wants a scalar");
                break;
            case Horizontal:
                Require(value.Operands[0].Lanes > 1, () => $"{Describe(value)} wants a vector");
                break;
            case RandomWord:
                Require(value.Operands.All(operand => operand.Lanes == 1), () => "a random word's state is a scalar");
                break;
            default:
                Require(value.Operands.All(operand => operand.Lanes == value.Lanes), () =>
                    $"{Describe(value)} mixes lanes");
                Types(value);
                break;
        }
    }

    private void Types(Value value)
    {
        bool fits = value switch
        {
            Guard => value.Operands.All(operand => operand.Type == value.Type),
            MultiplyAdd => value.Operands.All(operand => operand.Type == DType.F32),
            Apply { Op: Op.Where } =>
                value.Operands[0].Type == DType.Bool && value.Operands.Skip(1).All(o => o.Type == value.Type),
            Apply { Op: Op.Cast } => true,
            Apply => value.Operands.All(operand => operand.Type == value.Operands[0].Type),
            _ => true,
        };
        Require(fits, () => $"{Describe(value)} mixes types");
    }

    private static string Describe(Value value)
    {
        string name = value is Apply apply ? OpTable.Row(apply.Op).Name : value.GetType().Name;
        string operands = string.Join(", ", value.Operands.Select(operand => $"{operand.Type} x {operand.Lanes}"));
        return $"{name}({operands})";
    }

    /// <summary>The memory in scope; pointers are known by their name, which is unique in a kernel.</summary>
    public sealed class Known(ValueSpec owner)
    {
        private readonly HashSet<object> buffers = [];

        public void Add(Buffer buffer) => buffers.Add(Key(buffer));

        public void Remove(Buffer buffer) => buffers.Remove(Key(buffer));

        public void Require(Buffer buffer) =>
            owner.Require(buffers.Contains(Key(buffer)), () => $"{buffer} is not in scope");

        private static object Key(Buffer buffer) => buffer is Pointer pointer ? pointer.Name : buffer;
    }
}
