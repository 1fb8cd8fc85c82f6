using Sinter.Backends.Printing;
using Sinter.Compiler.Kernels;
using Index = Sinter.Compiler.Kernels.Index;

namespace Sinter.Backends.CSharp;

/// <summary>The values of one kernel as C# expressions.</summary>
internal sealed class ValuePrinter
{
    private readonly CSharpTarget target;
    private readonly IndexPrinter indices;
    private readonly Func<Buffer, string> nameOf;

    /// <summary>A printer of one kernel's values.</summary>
    /// <param name="target">The vector width.</param>
    /// <param name="symbols">The plan's symbols.</param>
    /// <param name="nameOf">The pointer to a buffer.</param>
    public ValuePrinter(CSharpTarget target, IReadOnlyList<Symbol> symbols, Func<Buffer, string> nameOf)
    {
        this.target = target;
        this.nameOf = nameOf;
        indices = new IndexPrinter(symbols, value => "(long)" + Text(value), i => "n" + Number(i));
    }

    /// <summary>The kernel's positions.</summary>
    public IndexPrinter Indices => indices;

    /// <summary>A value where nothing around it binds.</summary>
    public string Bare(Value value) => Parentheses.Bare(Text(value));

    /// <summary>The address of an element.</summary>
    public string Address(Buffer buffer, Index index) => indices.Moved(nameOf(buffer), index);

    /// <summary>An element.</summary>
    public string Element(Buffer buffer, Index index) => $"{nameOf(buffer)}[{indices.Text(index)}]";

    /// <summary>A value.</summary>
    public string Text(Value value) => value switch
    {
        Literal literal => CSharpTarget.Literal(literal.Type, literal.Bits),
        Local local => local.Name,
        Load load => Text(load),
        GuardedLoad load => $"Lanes.LoadBorder{Bits}({Address(load.Buffer, load.Index)}, {indices.Text(load.Low)}, "
            + $"{indices.Text(load.High)}, {CSharpTarget.Literal(load.Type, load.Fill)})",
        Splat splat => Text(splat),
        MultiplyAdd m => m.Lanes == 1
            ? $"MathF.FusedMultiplyAdd({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})"
            : $"{target.Vector}.FusedMultiplyAdd({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})",
        Horizontal horizontal => $"Lanes.{HorizontalName(horizontal.Op)}({Bare(horizontal.Operands[0])})",
        IndexValue index => Text(index),
        Guard guard => $"({indices.All(guard.Conditions)} "
            + $"? {Text(guard.Operands[0])} : {Text(guard.Operands[1])})",
        CheckedIndex { Report: { } report } check =>
            $"Scalars.CheckIndex({Text(check.Operands[0])}, {indices.Text(check.Extent)}, "
            + $"{Number(report.Site)}, {indices.Text(report.Position)}, arguments->Fault)",
        CheckedIndex check => $"Scalars.SafeIndex({Text(check.Operands[0])}, {indices.Text(check.Extent)})",
        RandomWord word => $"RandomWords.{(word.Lanes == 1 ? "Word" : "Words" + Bits)}({Text(word.Operands[0])}, "
            + $"{Text(word.Operands[1])}, {Number(word.Stream)}, {indices.Text(word.Element)})",
        Apply apply => Text(apply),
        _ => throw new InvalidOperationException($"{value.GetType().Name} cannot be printed as C#"),
    };

    private string Bits => Number(target.VectorBits);

    private string Text(Load load)
    {
        if (load.Lanes == 1)
        {
            return Element(load.Buffer, load.Index);
        }

        string address = Address(load.Buffer, load.Index);
        if (load.Count is not null)
        {
            // Lanes that repeat elements are never counted.
            return load.Repeat != 1
                ? throw new InvalidOperationException("a load that counts and repeats lanes cannot be printed")
                : $"Lanes.LoadStrided{Bits}({address}, {Number(load.Stride)}, {indices.Text(load.Count)})";
        }

        return load.Stride switch
        {
            1 when load.Repeat == 1 => $"{target.Vector}.Load({address})",
            1 when load.Repeat == 2 => $"Lanes.LoadTwice{Bits}({address})",
            2 when load.Repeat == 1 => $"Lanes.LoadStride2_{Bits}({address})",
            _ => $"{target.Vector}.Create({Elements(load)})",
        };
    }

    private string Elements(Load load) => string.Join(
        ", ", Enumerable.Range(0, load.Lanes)
            .Select(l => Element(load.Buffer, load.Index + (l / load.Repeat * load.Stride))));

    private string Text(Splat splat)
    {
        Value scalar = splat.Operands[0];
        if (scalar is Literal { Bits: 0, Type: not DType.Bool })
        {
            return target.TypeOf(splat.Type, splat.Lanes) + ".Zero";
        }

        return scalar.Type == DType.Bool
            ? $"{target.Vector}.Create({Text(scalar)} ? -1 : 0)"
            : $"{target.Vector}.Create({Bare(scalar)})";
    }

    private string Text(IndexValue index)
    {
        string scalar = Cut(index.Type, indices.Text(index.Index));
        if (index.Lanes == 1)
        {
            return scalar;
        }

        string type = CSharpTarget.Scalar(index.Type);
        string counts = string.Join(", ", Enumerable.Range(0, index.Lanes)
            .Select(l => CSharpTarget.Literal(index.Type, Constants.Bits(index.Type, index.Lane(l)))));
        return $"({target.Vector}.Create({scalar}) + {target.Vector}.Create<{type}>([{counts}]))";
    }

    private string Text(Apply apply)
    {
        DType from = apply.Operands[0].Type;
        if (apply.Op == Op.Cast)
        {
            return apply.Lanes == 1 ? ScalarCast(apply, from) : VectorCast(apply, from);
        }

        if (apply.Op == Op.Where)
        {
            return Where(apply);
        }

        bool shift = apply.Op is Op.ShiftLeft or Op.ShiftRight;
        if (shift && apply.Lanes > 1)
        {
            var count = (Literal)((Splat)apply.Operands[1]).Operands[0];
            string name = apply.Op == Op.ShiftLeft ? "ShiftLeft" : apply.Type == DType.U32
                ? "ShiftRightLogical" : "ShiftRightArithmetic";
            return $"{target.Vector}.{name}({Bare(apply.Operands[0])}, {Number(count.Bits & 31)})";
        }

        string text = Operations.Format(apply, from).Replace("{V}", target.Vector);
        bool isCall = char.IsLetter(text.TrimStart('~')[0]) && !text.StartsWith("unchecked", StringComparison.Ordinal);
        for (int i = 0; i < apply.Operands.Count; i++)
        {
            Value operand = apply.Operands[i];
            string inner = isCall || BindsTighter(operand, apply.Op, i) ? Bare(operand) : Text(operand);
            text = text.Replace("{" + Number(i) + "}", text[0] == '-' && inner[0] == '-' ? $"({inner})" : inner);
        }

        bool mask = apply.Lanes > 1 && apply.Type == DType.Bool && from is DType.F32 or DType.U32
            && apply.Operands[0].Lanes > 1;
        if (mask)
        {
            return Parentheses.Postfix(text) + ".AsInt32()";
        }

        // Small integers compute as int in C#; their results are cut back.
        bool small = apply.Lanes == 1 && apply.Type is DType.U8 or DType.I8 or DType.I16;
        return small ? Cut(apply.Type, Parentheses.Bare(text)) : text;
    }

    // The low bits of an integer, whether C# knows its value or not.
    private static string Cut(DType type, string text)
    {
        string cast = $"({CSharpTarget.Scalar(type)})({text})";
        return type is DType.U8 or DType.I8 or DType.I16 ? $"unchecked({cast})" : cast;
    }

    // Whether an operand of an arithmetic operation means the same without its parentheses.
    private static bool BindsTighter(Value operand, Op op, int position) =>
        operand is Apply { Op: var inner, Type: var type }
        && type is DType.F32 or DType.F64 && (op, position, inner) switch
        {
            (Op.Add or Op.Subtract, 0, Op.Add or Op.Subtract or Op.Multiply or Op.Divide) => true,
            (Op.Add or Op.Subtract, 1, Op.Multiply or Op.Divide) => true,
            (Op.Multiply or Op.Divide, 0, Op.Multiply or Op.Divide) => true,
            _ => false,
        };

    private string Where(Apply apply)
    {
        string condition = Text(apply.Operands[0]);
        if (apply.Lanes == 1)
        {
            return $"({condition} ? {Text(apply.Operands[1])} : {Text(apply.Operands[2])})";
        }

        string a = Bare(apply.Operands[1]);
        string b = Bare(apply.Operands[2]);

        string mask = apply.Type switch
        {
            DType.F32 => Parentheses.Postfix(condition) + ".AsSingle()",
            DType.U32 => Parentheses.Postfix(condition) + ".AsUInt32()",
            DType.I32 or DType.Bool => condition,
            _ => throw new InvalidOperationException($"no choice between vectors of {apply.Type}"),
        };
        return $"{target.Vector}.ConditionalSelect({mask}, {a}, {b})";
    }

    private string ScalarCast(Apply apply, DType from)
    {
        string value = Text(apply.Operands[0]);
        if (from == DType.Bool)
        {
            string one = CSharpTarget.Literal(apply.Type, Constants.Bits(apply.Type, 1));
            string zero = CSharpTarget.Literal(apply.Type, 0);
            return apply.Type == DType.Bool ? value : $"({value} ? {one} : {zero})";
        }

        if (apply.Type == DType.Bool)
        {
            return $"({value} != 0)";
        }

        // C# refuses constants that do not fit, and leaves open what numbers become that no integer holds.
        if (from.IsFloat() && !apply.Type.IsFloat())
        {
            return $"Scalars.To{apply.Type}({Parentheses.Bare(value)})";
        }

        string cast = $"(({CSharpTarget.Scalar(apply.Type)}){value})";
        bool widens = DTypes.SizeOf(apply.Type) > DTypes.SizeOf(from) && apply.Type != DType.U32;
        return apply.Type.IsFloat() || widens ? cast : "unchecked" + cast;
    }

    private string VectorCast(Apply apply, DType from)
    {
        string value = Text(apply.Operands[0]);
        return (from, apply.Type) switch
        {
            _ when from == apply.Type => value,
            (DType.I32, DType.F32) => $"{target.Vector}.ConvertToSingle({value})",
            (DType.U32, DType.F32) => $"{target.Vector}.ConvertToSingle({value})",
            (DType.F32, DType.I32) => $"{target.Vector}.ConvertToInt32({value})",
            (DType.F32, DType.U32) => $"{target.Vector}.ConvertToUInt32({value})",
            (DType.I32, DType.U32) => Parentheses.Postfix(value) + ".AsUInt32()",
            (DType.U32, DType.I32) => Parentheses.Postfix(value) + ".AsInt32()",
            (DType.Bool, DType.F32) => $"({Parentheses.Postfix(value)}.AsSingle() & {target.Vector}<float>.One)",
            (DType.Bool, DType.I32) => $"({value} & {target.Vector}<int>.One)",
            (DType.Bool, DType.U32) => $"({Parentheses.Postfix(value)}.AsUInt32() & {target.Vector}<uint>.One)",
            (DType.F32, DType.Bool) => $"(~{target.Vector}.Equals({value}, {target.Vector}<float>.Zero)).AsInt32()",
            (DType.I32, DType.Bool) => $"~{target.Vector}.Equals({value}, {target.Vector}<int>.Zero)",
            (DType.U32, DType.Bool) => $"(~{target.Vector}.Equals({value}, {target.Vector}<uint>.Zero)).AsInt32()",
            _ => throw new InvalidOperationException($"no vector cast from {from} to {apply.Type}"),
        };
    }

    private static string HorizontalName(Op op) => op switch
    {
        Op.Add => "Sum",
        Op.Multiply => "Product",
        Op.Maximum => "Max",
        Op.Minimum => "Min",
        _ => throw new InvalidOperationException($"lanes cannot be combined by {op}"),
    };

    private static string Number(long value) => IndexPrinter.Number(value);
}
