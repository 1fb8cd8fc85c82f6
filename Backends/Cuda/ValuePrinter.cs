using Sinter.Backends.Printing;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Index = Sinter.Compiler.Values.Index;

namespace Sinter.Backends.Cuda;

/// <summary>The values of one kernel as CUDA C expressions.</summary>
internal sealed class ValuePrinter
{
    private readonly Func<Buffer, string> nameOf;

    /// <summary>A printer of one kernel's values.</summary>
    /// <param name="symbols">The plan's symbols.</param>
    /// <param name="indexType">The type of positions.</param>
    /// <param name="nameOf">The pointer to a buffer.</param>
    public ValuePrinter(IReadOnlyList<Symbol> symbols, string indexType, Func<Buffer, string> nameOf)
    {
        this.nameOf = nameOf;
        Indices = new IndexPrinter(symbols, value => $"({indexType}){Text(value)}", i => $"symbols[{Number(i)}]");
    }

    /// <summary>The kernel's positions.</summary>
    public IndexPrinter Indices { get; }

    /// <summary>A value where nothing around it binds.</summary>
    public string Bare(Value value) => Parentheses.Bare(Text(value));

    /// <summary>An element.</summary>
    public string Element(Buffer buffer, Index index) => $"{nameOf(buffer)}[{Indices.Text(index)}]";

    /// <summary>How many registers there are, as an array has it: one row is an array of its elements.</summary>
    public static string Extents(Registers registers) =>
        (registers.Rows == 1 && registers.Width > 1 ? "" : $"[{Number(registers.Rows)}]")
        + (registers.Width == 1 ? "" : $"[{Number(registers.Width)}]");

    /// <summary>A row of registers.</summary>
    public string Row(RegisterRow row) => row.Registers is { Rows: 1, Width: > 1 }
        ? row.Registers.Name : $"{row.Registers.Name}[{Indices.Text(row.Row)}]";

    /// <summary>A register.</summary>
    public string Register(Registers registers, Index row, Index column) =>
        Row(new RegisterRow(registers, row)) + (registers.Width == 1 ? "" : $"[{Indices.Text(column)}]");

    /// <summary>A value.</summary>
    public string Text(Value value) => value switch
    {
        { Lanes: not 1 } => throw new InvalidOperationException("CUDA C has no vectors of lanes"),
        Literal literal => CudaTarget.Literal(literal.Type, literal.Bits),
        Local local => local.Name,
        Load load => Element(load.Buffer, load.Index),
        MultiplyAdd { Type: DType.F32 } m =>
            $"fmaf({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})",
        IndexValue index => $"({CudaTarget.Scalar(index.Type)})({Indices.Text(index.Index)})",
        Guard guard => $"({Indices.All(guard.Conditions)} "
            + $"? {Text(guard.Operands[0])} : {Text(guard.Operands[1])})",
        CheckedIndex { Report: { } report } check =>
            $"sn_check_index({Bare(check.Operands[0])}, {Extent(check)}, "
            + $"{Number(report.Site)}, {Indices.Text(report.Position)}, fault)",
        CheckedIndex check => $"sn_safe_index({Bare(check.Operands[0])}, {Extent(check)})",
        RandomWord word => $"sn_random_word({Bare(word.Operands[0])}, {Bare(word.Operands[1])}, "
            + $"{Number(word.Stream)}, {Indices.Text(word.Element)})",
        Exchange exchange => Exchanged(exchange),
        Register register => Register(register.Registers, register.Row, register.Column),
        Rounded rounded => $"sn_{(rounded.Operands.Count == 1 ? "to" : "pack")}_{CudaTarget.Name(rounded.Precision)}("
            + $"{string.Join(", ", rounded.Operands.Select(Bare))})",
        Apply apply => Text(apply),
        _ => throw new InvalidOperationException($"{value.GetType().Name} cannot be printed as CUDA C"),
    };

    private string Extent(CheckedIndex check) =>
        check.Extent.IsStatic ? Number(check.Extent.Value) + "LL" : Indices.Text(check.Extent);

    // Warps exchange registers, which hold no less than 32 bits.
    private string Exchanged(Exchange exchange)
    {
        string value = Text(exchange.Operands[0]);
        string bits = Number(exchange.Bits);
        bool small = DTypes.SizeOf(exchange.Type) < 4;
        return small
            ? $"({CudaTarget.Scalar(exchange.Type)})sn_shuffle_xor((sn_i32){value}, {bits})"
            : $"sn_shuffle_xor({value}, {bits})";
    }

    private string Text(Apply apply)
    {
        DType from = apply.Operands[0].Type;
        if (apply.Op == Op.Cast)
        {
            return Cast(Text(apply.Operands[0]), from, apply.Type);
        }

        if (apply.Op == Op.Where)
        {
            return $"({Text(apply.Operands[0])} ? {Text(apply.Operands[1])} : {Text(apply.Operands[2])})";
        }

        string text = Operations.Format(apply);
        bool isCall = char.IsLetter(text[0]);
        for (int i = 0; i < apply.Operands.Count; i++)
        {
            string inner = isCall ? Bare(apply.Operands[i]) : Text(apply.Operands[i]);
            text = text.Replace("{" + Number(i) + "}", text[0] == '-' && inner[0] == '-' ? $"({inner})" : inner);
        }

        // Small integers compute as int; their results are cut back.
        bool small = apply.Type is DType.U8 or DType.I8 or DType.I16;
        return small ? $"({CudaTarget.Scalar(apply.Type)})({text})" : text;
    }

    private static string Cast(string value, DType from, DType to)
    {
        if (from == to)
        {
            return value;
        }

        if (from.IsStorage())
        {
            return Cast($"sn_from_{from.Name()}({Parentheses.Bare(value)})", DType.F32, to);
        }

        if (to.IsStorage())
        {
            // Half precision is rounded to once, also from doubles; all else goes by way of single precision.
            string number = from == DType.F64 && to == DType.F16
                ? $"sn_to_odd({Parentheses.Bare(value)})" : Cast(value, from, DType.F32);
            return $"sn_to_{to.Name()}({Parentheses.Bare(number)})";
        }

        if (to == DType.Bool)
        {
            return $"({value} != 0)";
        }

        // Numbers that an integer cannot hold become its nearest, as the other backends have it.
        string type = CudaTarget.Scalar(to);
        bool rounds = from.IsFloat() && !to.IsFloat();
        return rounds ? $"sn_to_integer<{type}>({Parentheses.Bare(value)})" : $"(({type}){value})";
    }

    private static string Number(long value) => IndexPrinter.Number(value);
}
