using System.Globalization;
using Sinter.Backends.Printing;
using Sinter.Compiler.Kernels;
using Index = Sinter.Compiler.Kernels.Index;

namespace Sinter.Backends.CSharp;

/// <summary>Prints the statements of one kernel as C#. Buffers are named by position, so that equal kernels have equal
/// text.</summary>
internal sealed class CSharpPrinter
{
    private readonly CSharpTarget target;
    private readonly CodeWriter writer;
    private readonly Dictionary<Buffer, string> buffers = [];
    private readonly Dictionary<LoopVariable, string> counters = [];
    private readonly Dictionary<string, int> counterNames = [];
    private readonly IReadOnlyList<Symbol> symbols;
    private readonly SortedSet<int> used = [];
    private long scratchBytes;

    public CSharpPrinter(CSharpTarget target, CodeWriter writer, IReadOnlyList<Symbol> symbols)
    {
        this.target = target;
        this.writer = writer;
        this.symbols = symbols;
    }

    /// <summary>Bytes of scratch that one running piece needs.</summary>
    public long ScratchBytes => scratchBytes;

    /// <summary>The body of the kernel's method.</summary>
    public void Print(Kernel kernel)
    {
        for (int i = 0; i < kernel.Buffers.Count; i++)
        {
            Buffer buffer = kernel.Buffers[i];
            string name = "p" + Number(i);
            buffers.Add(buffer, name);
            string type = CSharpTarget.Scalar(buffer.Type);
            writer.Line($"{type}* {name} = ({type}*)arguments->Buffers[{Number(i)}];");
        }

        // Sizes come into the text from loops, buffers and guards alike: what was printed says which are needed.
        int front = writer.Length;
        IReadOnlyList<Statement> body = Finish.Run(kernel.Body);
        DeclareScratch(body);
        string piece = Counter(kernel.Piece);
        writer.Block($"for (long {piece} = begin; {piece} < end; {piece}++)", () => Print(body));
        foreach (int i in used.Reverse())
        {
            writer.Insert(front, $"long n{Number(i)} = arguments->Symbols[{Number(i)}];");
        }
    }

    private void DeclareScratch(IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Scratch scratch:
                    string name = "scratch" + Number(buffers.Count);
                    buffers.Add(scratch.Buffer, name);
                    string type = CSharpTarget.Scalar(scratch.Buffer.Type);
                    writer.Line($"{type}* {name} = ({type}*)(arguments->Scratch + {Number(scratchBytes)});");
                    long bytes = (scratch.Buffer.Size.Max * DTypes.SizeOf(scratch.Buffer.Type)) + 256;
                    scratchBytes += (bytes + 63) / 64 * 64;
                    break;
                case For loop:
                    DeclareScratch(loop.Body);
                    break;
                case StripLoop loop:
                    DeclareScratch(loop.Strips.SelectMany(strip => strip.Body));
                    break;
            }
        }
    }

    private void Print(IReadOnlyList<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Print(statement);
        }
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case Share share:
                string first = Counter(share.First);
                string last = Counter(share.Last);
                string grain = Number(share.Grain);
                bool even = share.Grain == 1 || (share.Extent.IsStatic && share.Extent.Value % share.Grain == 0);
                writer.Line($"long {first} = {Counter(share.Piece)}{(share.Grain == 1 ? "" : " * " + grain)};");
                writer.Line(
                    $"long {last} = {(even ? $"{first} + {grain}" : $"Math.Min({first} + {grain}, {Text(share.Extent)})")};");
                break;
            case For loop:
                string counter = Counter(loop.Variable);
                string step = loop.Step == 1 ? counter + "++" : $"{counter} += {Number(loop.Step)}";
                writer.Block(
                    $"for (long {counter} = {Text(loop.Begin)}; {counter} < {Text(loop.End)}; {step})", () =>
                        Print(loop.Body));
                break;
            case StripLoop loop:
                Print(loop);
                break;
            case Declare declare:
                writer.Line(
                    $"{target.TypeOf(declare.Local.Type, declare.Local.Lanes)} {declare.Local.Name} = {Bare(declare.Value)};");
                break;
            case Assign assign:
                writer.Line($"{assign.Local.Name} = {Bare(assign.Value)};");
                break;
            case DeclarePointer declare:
                Print(declare.Pointer);
                break;
            case Store store:
                Print(store);
                break;
            case Prefetch prefetch:
                writer.Line($"Lanes.Prefetch({Address(prefetch.Buffer, prefetch.Index)});");
                break;
            case Transpose t:
                writer.Line(
                    $"Lanes.Transpose({Address(t.Source, t.From)}, {Text(t.SourceStride)}, {Address(t.Target, t.To)}, "
                    + $"{Number(t.TargetStride)}, {Text(t.Rows)}, {Text(t.Columns)}, {Number(t.Width)});");
                break;
            case Comment comment:
                writer.Line("// " + comment.Text);
                break;
        }
    }

    private void Print(StripLoop loop)
    {
        string counter = Counter(loop.Variable);
        writer.Line($"long {counter} = {Text(loop.Begin)};");
        foreach (Strip strip in loop.Strips)
        {
            if (strip.Once)
            {
                writer.Block($"if ({counter} < {Text(loop.End)})", () => Print(strip.Body));
                continue;
            }

            string limit = strip.Step == 1 ? Text(loop.End) : Text(loop.End - (strip.Step - 1));
            writer.Block($"for (; {counter} < {limit}; {counter} += {Number(strip.Step)})", () => Print(strip.Body));
        }
    }

    private void Print(Pointer pointer)
    {
        string start = Name(pointer.Start);
        writer.Line($"{CSharpTarget.Scalar(pointer.Type)}* {pointer.Name} = {Moved(start, pointer.Offset)};");
    }

    private void Print(Store store)
    {
        string address = Address(store.Buffer, store.Index);
        if (store.Value.Lanes == 1)
        {
            writer.Line($"{Element(store.Buffer, store.Index)} = {Bare(store.Value)};");
        }
        else if (store.Stride != 1)
        {
            string count = store.Count is null ? Number(store.Value.Lanes) : Text(store.Count);
            writer.Line($"Lanes.StoreStrided({address}, {Number(store.Stride)}, {Bare(store.Value)}, {count});");
        }
        else
        {
            string method = store.Streams ? "StoreAlignedNonTemporal" : "Store";
            writer.Line(store.Count is null
                ? $"{target.Vector}.{method}({Bare(store.Value)}, {address});"
                : $"Lanes.StoreUpTo({address}, {Bare(store.Value)}, {Text(store.Count)});");
        }
    }

    private string Text(Value value) => value switch
    {
        Literal literal => CSharpTarget.Literal(literal.Type, literal.Bits),
        Local local => local.Name,
        Load load => Text(load),
        GuardedLoad load =>
            $"Lanes.LoadBorder{Bits}({Address(load.Buffer, load.Index)}, {Text(load.Low)}, {Text(load.High)}, "
            + $"{CSharpTarget.Literal(load.Type, load.Fill)})",
        Splat splat => Text(splat),
        MultiplyAdd m => m.Lanes == 1
            ? $"MathF.FusedMultiplyAdd({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})"
            : $"{target.Vector}.FusedMultiplyAdd({Bare(m.Operands[0])}, {Bare(m.Operands[1])}, {Bare(m.Operands[2])})",
        Horizontal horizontal => $"Lanes.{HorizontalName(horizontal.Op)}({Bare(horizontal.Operands[0])})",
        IndexValue index => Text(index),
        Guard guard =>
            $"({string.Join(" && ", guard.Conditions.SelectMany(Conditions))} ? {Text(guard.Operands[0])} : {Text(guard.Operands[1])})",
        CheckedIndex check =>
            $"Scalars.CheckIndex({Text(check.Operands[0])}, {Number(check.Extent)}, {Number(check.Site)}, arguments->Fault)",
        RandomWord word =>
            $"RandomWords.{(word.Lanes == 1 ? "Word" : "Words" + Bits)}({Text(word.Operands[0])}, {Text(word.Operands[1])}, "
            + $"{Number(word.Stream)}, {Text(word.Element)})",
        Apply apply => Text(apply),
        _ => throw new InvalidOperationException($"{value.GetType().Name} cannot be printed"),
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
            return $"Lanes.LoadStrided{Bits}({address}, {Number(load.Stride)}, {Text(load.Count)})";
        }

        return load.Stride switch
        {
            1 when load.Repeat == 1 => $"{target.Vector}.Load({address})",
            1 when load.Repeat == 2 => $"Lanes.LoadTwice{Bits}({address})",
            2 => $"Lanes.LoadStride2_{Bits}({address})",
            _ =>
                $"{target.Vector}.Create({string.Join(", ", Enumerable.Range(0, load.Lanes).Select(l => Element(load.Buffer, load.Index + (l * load.Stride))))})",
        };
    }

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
        string scalar = $"({CSharpTarget.Scalar(index.Type)})({Text(index.Index)})";
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
            return $"{target.Vector}.{name}({Text(apply.Operands[0])}, {Number(count.Bits)})";
        }

        string text = Operations.Format(apply, from).Replace("{V}", target.Vector);
        bool isCall = char.IsLetter(text.TrimStart('~')[0]);
        for (int i = 0; i < apply.Operands.Count; i++)
        {
            bool bare = isCall || BindsTighter(apply.Operands[i], apply.Op, i);
            text = text.Replace("{" + Number(i) + "}", bare ? Bare(apply.Operands[i]) : Text(apply.Operands[i]));
        }

        bool mask = apply.Lanes > 1 && apply.Type == DType.Bool && from is DType.F32 or DType.U32
            && apply.Operands[0].Lanes > 1;
        if (mask && apply.Type == DType.Bool && apply.Lanes > 1)
        {
            return Postfix(text) + ".AsInt32()";
        }

        // Small integers compute as int in C#; their results are cut back.
        bool small = apply.Lanes == 1 && apply.Type is DType.U8 or DType.I8 or DType.I16;
        return small ? $"({CSharpTarget.Scalar(apply.Type)})({text})" : text;
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

    // A value where nothing around it binds: without the parentheses around the whole.
    private string Bare(Value value)
    {
        string text = Text(value);
        return text[0] == '(' && Closes(text) ? text.Substring(1, text.Length - 2) : text;
    }

    // A value that a member is called on.
    private static string Postfix(string text)
    {
        bool isName = text.All(c => char.IsLetterOrDigit(c) || c == '_');
        bool isCall = char.IsLetter(text[0]) && Closes(text.Substring(Math.Max(0, text.IndexOf('('))));
        return isName || isCall || (text[0] == '(' && Closes(text)) ? text : $"({text})";
    }

    // Whether a text is one pair of parentheses with all else between them.
    private static bool Closes(string text)
    {
        int depth = 0;
        int end = 0;
        do
        {
            depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
            end++;
        }
        while (depth > 0 && end < text.Length);
        return text[0] == '(' && end == text.Length;
    }

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
            DType.F32 => Postfix(condition) + ".AsSingle()",
            DType.U32 => Postfix(condition) + ".AsUInt32()",
            _ => condition,
        };
        return $"{target.Vector}.ConditionalSelect({mask}, {a}, {b})";
    }

    private string ScalarCast(Apply apply, DType from)
    {
        string value = Text(apply.Operands[0]);
        if (from == DType.Bool)
        {
            return apply.Type == DType.Bool
                ? value : $"({value} ? {CSharpTarget.Literal(apply.Type, Constants.Bits(apply.Type, 1))} : {CSharpTarget.Literal(apply.Type, 0)})";
        }

        return apply.Type == DType.Bool ? $"({value} != 0)" : $"(({CSharpTarget.Scalar(apply.Type)}){value})";
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
            (DType.I32, DType.U32) => Postfix(value) + ".AsUInt32()",
            (DType.U32, DType.I32) => Postfix(value) + ".AsInt32()",
            (DType.Bool, DType.F32) => $"({Postfix(value)}.AsSingle() & {target.Vector}<float>.One)",
            (DType.Bool, DType.I32) => $"({value} & {target.Vector}<int>.One)",
            (DType.Bool, DType.U32) => $"({Postfix(value)}.AsUInt32() & {target.Vector}<uint>.One)",
            (DType.F32, DType.Bool) => $"(~{target.Vector}.Equals({value}, {target.Vector}<float>.Zero)).AsInt32()",
            (DType.I32, DType.Bool) => $"~{target.Vector}.Equals({value}, {target.Vector}<int>.Zero)",
            (DType.U32, DType.Bool) => $"(~{target.Vector}.Equals({value}, {target.Vector}<uint>.Zero)).AsInt32()",
            _ => throw new InvalidOperationException($"no vector cast from {from} to {apply.Type}"),
        };
    }

    private IEnumerable<string> Conditions(Condition condition)
    {
        string index = Text(condition.Index);
        if (condition.Low.Constant is not { } low || condition.Index.Min < low)
        {
            yield return $"{index} >= {Text(condition.Low)}";
        }

        if (condition.High.Constant is not { } high || condition.Index.Max >= high)
        {
            yield return $"{index} < {Text(condition.High)}";
        }

        if (condition.Step != 1)
        {
            yield return $"{Whole(condition.Index)} % {Number(condition.Step)} == 0";
        }
        else if (condition.Low.Constant is { } least && condition.High.Constant is { } bound
            && condition.Index.Min >= least && condition.Index.Max < bound)
        {
            yield return "true";
        }
    }

    private static string HorizontalName(Op op) => op switch
    {
        Op.Add => "Sum",
        Op.Multiply => "Product",
        Op.Maximum => "Max",
        _ => "Min",
    };

    private string Address(Buffer buffer, Index index) =>
        index.Terms.Count == 0 ? Name(buffer) : Moved(Name(buffer), index);

    private string Element(Buffer buffer, Index index) => $"{Name(buffer)}[{Text(index)}]";

    private string Name(Buffer buffer) => buffer is Pointer pointer ? pointer.Name : buffers[buffer];

    private string Moved(string pointer, Index index) =>
        Text(index) is var text && text[0] == '-' ? $"{pointer} - {text.Substring(1)}" : $"{pointer} + {text}";

    private string Text(Index index)
    {
        if (index.Terms.Count == 0)
        {
            return "0";
        }

        string text = "";
        foreach (Term term in index.Terms
            .OrderBy(term => term.Atom is null).ThenBy(term => term.Coefficient.Coefficient < 0))
        {
            long factor = term.Coefficient.Coefficient;
            string magnitude = Text(term.Coefficient.WithCoefficient(Math.Abs(factor)), term.Atom);
            text += text.Length == 0 ? (factor < 0 ? "-" : "") + magnitude : (factor < 0 ? " - " : " + ") + magnitude;
        }

        return text;
    }

    private string Text(Dimension coefficient, Atom? atom)
    {
        if (atom is null)
        {
            return Text(coefficient);
        }

        string text = atom switch
        {
            VariableAtom variable => Counter(variable.Variable),
            QuotientAtom quotient => $"{Whole(quotient.Dividend)} / {Factor(quotient.Divisor)}",
            RemainderAtom remainder => $"{Whole(remainder.Dividend)} % {Factor(remainder.Divisor)}",
            DataAtom data => $"(long){Text(data.Value)}",
            _ => throw new InvalidOperationException("unknown atom"),
        };
        return coefficient == 1 ? text : atom is VariableAtom
            ? $"{text} * {Text(coefficient)}" : $"({text}) * {Text(coefficient)}";
    }

    private string Whole(Index index) => Text(index) is var text && text.Contains(' ') ? $"({text})" : text;

    private string Factor(Dimension dimension) => dimension.IsStatic ? Text(dimension) : $"({Text(dimension)})";

    private string Text(Dimension dimension)
    {
        int[] positions = dimension.Symbols.Select(s => symbols.ToList().IndexOf(s)).ToArray();
        used.UnionWith(positions);
        var factors = positions.Select(position => "n" + Number(position)).ToList();
        if (dimension.Coefficient != 1 || factors.Count == 0)
        {
            factors.Insert(0, Number(dimension.Coefficient));
        }

        return string.Join(" * ", factors);
    }

    // Counters get short names, numbered where a kernel has several of a kind.
    private string Counter(LoopVariable variable)
    {
        if (!counters.TryGetValue(variable, out string? name))
        {
            counterNames.TryGetValue(variable.Name, out int count);
            counterNames[variable.Name] = count + 1;
            name = count == 0 && variable.Name.Length > 1 ? variable.Name : variable.Name + Number(count);
            counters.Add(variable, name);
        }

        return name;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
