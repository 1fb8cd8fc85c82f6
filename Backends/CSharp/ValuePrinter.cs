using Sinter.Backends.Printing;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Index = Sinter.Compiler.Values.Index;

namespace Sinter.Backends.CSharp;

/// <summary>The values of one kernel as C# expressions.</summary>
internal sealed class ValuePrinter
{
    private readonly Vectors vectors;
    private readonly IndexPrinter indices;
    private readonly Func<Buffer, string> nameOf;

    /// <summary>A printer of one kernel's values.</summary>
    /// <param name="target">The vector width.</param>
    /// <param name="symbols">The plan's symbols.</param>
    /// <param name="nameOf">The pointer to a buffer.</param>
    public ValuePrinter(CSharpTarget target, IReadOnlyList<Symbol> symbols, Func<Buffer, string> nameOf)
    {
        vectors = new Vectors(target);
        this.nameOf = nameOf;
        indices = new IndexPrinter(symbols, value => "(long)" + Text(value), i => "n" + Number(i));
    }

    /// <summary>How lanes lie in registers.</summary>
    public Vectors Vectors => vectors;

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
        GuardedLoad load => Loaded(load, $"Lanes.LoadBorder{Bits(load.Type, load.Lanes)}("
            + $"{Pointer(load.Buffer, load.Index)}, {indices.Text(load.Low)}, {indices.Text(load.High)}, {Fill(load)})"),
        Splat splat => Text(splat),
        MultiplyAdd m => m.Lanes == 1
            ? $"MathF.FusedMultiplyAdd({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})"
            : $"{Class(m)}.FusedMultiplyAdd({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})",
        Horizontal horizontal => Text(horizontal),
        IndexValue index => Text(index),
        Guard guard => $"({indices.All(guard.Conditions)} "
            + $"? {Text(guard.Operands[0])} : {Text(guard.Operands[1])})",
        CheckedIndex { Report: { } report } check =>
            $"Scalars.CheckIndex({Text(check.Operands[0])}, {indices.Text(check.Extent)}, "
            + $"{Number(report.Site)}, {indices.Text(report.Position)}, arguments->Fault)",
        CheckedIndex check => $"Scalars.SafeIndex({Text(check.Operands[0])}, {indices.Text(check.Extent)})",
        RandomWord word => $"RandomWords.{(word.Lanes == 1 ? "Word" : "Words" + Bits(DType.U32, word.Lanes))}("
            + $"{Text(word.Operands[0])}, {Text(word.Operands[1])}, {Number(word.Stream)}, {indices.Text(word.Element)})",
        Apply apply => Text(apply),
        _ => throw new InvalidOperationException($"{value.GetType().Name} cannot be printed as C#"),
    };

    private string Class(Value value) => vectors.Class(value.Type, value.Lanes);

    // The width of the vector that memory is read into; truth values are bytes there.
    private string Bits(DType memory, int lanes) =>
        Number(vectors.BitsOf(memory == DType.Bool ? DType.U8 : memory, lanes));

    /// <summary>The address of lanes in memory; truth values are bytes there.</summary>
    public string Pointer(Buffer buffer, Index index) => buffer.Type == DType.Bool
        ? $"(byte*){Parentheses.Postfix(Address(buffer, index))}" : Address(buffer, index);

    // Lanes as memory has them, as registers have them.
    private string Loaded(Value load, string text) =>
        load.Type == DType.Bool ? vectors.LoadedMask(text, load.Lanes) : text;

    private static string Fill(GuardedLoad load) =>
        CSharpTarget.Literal(load.Type == DType.Bool ? DType.U8 : load.Type, load.Fill);

    private string Text(Load load)
    {
        if (load.Lanes == 1)
        {
            return Element(load.Buffer, load.Index);
        }

        string bits = Bits(load.Type, load.Lanes);
        string address = Pointer(load.Buffer, load.Index);

        // Lanes that repeat elements are never counted.
        if (load.Count is not null && load.Repeat != 1)
        {
            throw new InvalidOperationException("a load that counts and repeats lanes cannot be printed");
        }

        string Strided(string count) => $"Lanes.LoadStrided{bits}({address}, {Number(load.Stride)}, {count})";
        bool isFew = DTypes.SizeOf(load.Type) >= sizeof(int) && vectors.IsFull(load.Type, load.Lanes);
        return Loaded(load, load.Stride switch
        {
            _ when load.Count is not null => Strided(indices.Text(load.Count)),
            1 when load.Repeat == 1 => $"Vector{bits}.Load({address})",
            1 when load.Repeat == 2 => $"Lanes.LoadTwice{bits}({address})",
            2 when load.Repeat == 1 => $"Lanes.LoadStride2_{bits}({address})",
            _ => isFew ? $"Vector{bits}.Create({Elements(load)})" : Strided(Number(load.Lanes)),
        });
    }

    private string Elements(Load load) => string.Join(
        ", ", Enumerable.Range(0, load.Lanes)
            .Select(l => Element(load.Buffer, load.Index + (l / load.Repeat * load.Stride))));

    private string Text(Splat splat)
    {
        Value scalar = splat.Operands[0];
        if (scalar is Literal { Bits: 0, Type: not DType.Bool })
        {
            return vectors.Type(splat.Type, splat.Lanes) + ".Zero";
        }

        if (scalar.Type != DType.Bool)
        {
            return $"{Class(splat)}.Create({Bare(scalar)})";
        }

        string element = vectors.Element(splat.Type, splat.Lanes);
        string mask = $"{Text(scalar)} ? -1 : 0";
        return $"{Class(splat)}.Create({(element == "int" ? mask : $"({element})({mask})")})";
    }

    // Where lanes do not fill their vector, the others mean nothing.
    private string Text(Horizontal horizontal)
    {
        Value vector = horizontal.Operands[0];
        string some = vectors.IsFull(vector.Type, vector.Lanes) ? "" : ", " + Number(vector.Lanes);
        return $"Lanes.{HorizontalName(horizontal.Op)}({Bare(vector)}{some})";
    }

    private string Text(IndexValue index)
    {
        string scalar = Cut(index.Type, indices.Text(index.Index));
        if (index.Lanes == 1)
        {
            return scalar;
        }

        string type = vectors.Element(index.Type, index.Lanes);
        int room = vectors.BitsOf(index.Type, index.Lanes) / 8 / DTypes.SizeOf(index.Type);
        string counts = string.Join(", ", Enumerable.Range(0, room)
            .Select(l => CSharpTarget.Literal(index.Type, Constants.Bits(index.Type, index.Lane(l)))));
        return $"({Class(index)}.Create({scalar}) + {Class(index)}.Create<{type}>([{counts}]))";
    }

    private string Text(Apply apply)
    {
        DType from = apply.Operands[0].Type;
        if (apply.Op == Op.Cast)
        {
            return apply.Lanes == 1
                ? ScalarCasts.Cast(Text(apply.Operands[0]), from, apply.Type)
                : vectors.Cast(Text(apply.Operands[0]), from, apply.Type, apply.Lanes);
        }

        if (apply.Op == Op.Where)
        {
            return Where(apply);
        }

        bool shift = apply.Op is Op.ShiftLeft or Op.ShiftRight;
        if (shift && apply.Operands[1] is Splat splat && splat.Operands[0] is Literal count)
        {
            return Shift(apply, count.Bits);
        }

        Value first = apply.Operands[0];
        string text = Operations.Format(apply, from);
        if (apply.Lanes > 1)
        {
            text = text.Replace("{V}", Class(first)).Replace("{T}", vectors.Element(from, first.Lanes));
        }

        bool isCall = char.IsLetter(text.TrimStart('~')[0]) && !text.StartsWith("unchecked", StringComparison.Ordinal);
        for (int i = 0; i < apply.Operands.Count; i++)
        {
            Value operand = apply.Operands[i];
            string inner = isCall || BindsTighter(operand, apply.Op, i) ? Bare(operand) : Text(operand);
            text = text.Replace("{" + Number(i) + "}", text[0] == '-' && inner[0] == '-' ? $"({inner})" : inner);
        }

        // A comparison of numbers gives a mask of their size.
        if (apply.Lanes > 1 && apply.Type == DType.Bool && from != DType.Bool)
        {
            return vectors.ToMask(text, from, apply.Lanes);
        }

        // Small integers compute as int in C#; their results are cut back.
        bool small = apply.Lanes == 1 && apply.Type is DType.U8 or DType.I8 or DType.I16;
        return small ? Cut(apply.Type, Parentheses.Bare(text)) : text;
    }

    // Counts are taken modulo 32, or 64; small integers are shifted as if they were wider.
    private string Shift(Apply apply, long literal)
    {
        ElementFacts facts = apply.Type.Facts();
        int bits = 8 * facts.Bytes;
        int count = (int)(literal & (Math.Max(bits, 32) - 1));
        string value = Bare(apply.Operands[0]);
        bool isSigned = facts.Kind == ElementKind.Signed;
        if (count >= bits && !(isSigned && apply.Op == Op.ShiftRight))
        {
            return vectors.Type(apply.Type, apply.Lanes) + ".Zero";
        }

        string name = apply.Op == Op.ShiftLeft ? "ShiftLeft" : isSigned ? "ShiftRightArithmetic" : "ShiftRightLogical";
        return $"{Class(apply)}.{name}({value}, {Number(Math.Min(count, bits - 1))})";
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

        return $"{Class(apply)}.ConditionalSelect({vectors.FromMask(condition, apply.Type, apply.Lanes)}, {a}, {b})";
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
