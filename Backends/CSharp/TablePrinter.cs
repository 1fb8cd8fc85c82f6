using System.Globalization;
using System.Text;
using Sinter.Backends.Printing;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Backends.CSharp;

/// <summary>Prints what running a plan needs to know as a C# table, whatever language its kernels are in.</summary>
/// <param name="plan">The plan.</param>
/// <param name="data">Receives large constants, which the text then names by their positions; null where they are a
/// part of the text.</param>
internal sealed class TablePrinter(Plan plan, ICollection<byte[]>? data)
{
    // Larger constants are no lists, where each byte is an expression to the compiler of C#: they are data beside the
    // text, or text in base 64 where there is only text.
    private const int MostListed = 4096;

    // Longer lists are made by methods of their own, of so many characters each: every entry takes room on the stack of
    // the method that makes it, and of one method that would be more than a thread has.
    private const int MostInOne = 1 << 16;
    private const int PartLength = 1 << 13;

    private readonly List<(string Type, string Name, IReadOnlyList<string> Items)> parts = [];

    // What launches of the preparation have written that depends on symbols.
    private readonly HashSet<Buffer> follows = [];
    private readonly HashSet<Step> prepared = [.. plan.Prepare];

    /// <summary>The table's lines.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="vectorBits">The vector width of the kernels; 0 where they are not the processor's.</param>
    /// <param name="launches">The launch of each kernel.</param>
    /// <param name="kernels">The kernels' names.</param>
    public void Write(
        CodeWriter writer, int vectorBits, IReadOnlyDictionary<Kernel, string> launches, IEnumerable<string> kernels)
    {
        writer.Line($"Name = {Quote(plan.Name)},");
        writer.Line($"VectorBits = {Number(vectorBits)},");
        List(writer, "SymbolEntry", "Symbols",
            plan.Symbols.Select(s => $"new SymbolEntry({Quote(s.Name)}, {Number(s.Min)}, {Number(s.Max)}"
                + (plan.Run.OfType<SetSize>().Any(size => size.Symbol == s) ? ", true)" : ")")));
        List(writer, "PortEntry", "Inputs", plan.Inputs.Select(Port));
        List(writer, "PortEntry", "Outputs", plan.Outputs.Select(Port));
        List(writer, "StateEntry", "State", plan.Parameters.Select(State));
        List(writer, "ConstantEntry", "Constants", plan.Constants.Select(Constant));
        if (plan.Prepared.Count > 0)
        {
            List(writer, "PreparedEntry", "Prepared", plan.Prepared.Select(Prepared));
        }

        List(writer, "LaunchEntry", "Prepare", plan.Prepare.Select(step => Step(step, launches)));
        List(writer, "StepEntry", "Run", plan.Run.Select(step => Step(step, launches)));
        List(writer, "string", "Kernels", kernels.Select(Quote));
        List(writer, "CheckEntry", "Checks",
            plan.Checks.Select(Check));
        if (plan.IsGuarded)
        {
            List(writer, "GuardEntry", "Guards",
                plan.Placements.Where(pair => pair.Value.Space == Space.Arena).Select(pair => Guard(pair.Key)));
        }

        writer.Line($"ArenaBytes = {Number(plan.ArenaBytes)},");
    }

    /// <summary>Members of the class that make the parts of long lists, behind its constructor.</summary>
    public void WriteParts(CodeWriter writer)
    {
        foreach (var (type, name, items) in parts)
        {
            writer.Line();
            writer.Line($"private static {type}[] {name}() =>");
            writer.Line("[");
            foreach (string item in items)
            {
                writer.Line("    " + item + ",");
            }

            writer.Line("];");
        }
    }

    private void List(CodeWriter writer, string type, string name, IEnumerable<string> items)
    {
        string[] lines = items.ToArray();
        if (lines.Length > 1 && lines.Sum(line => (long)line.Length) > MostInOne)
        {
            lines = Parts(type, name, lines);
        }

        if (lines.Length == 0)
        {
            writer.Line($"{name} = [],");
            return;
        }

        writer.Line($"{name} =");
        writer.Line("[");
        foreach (string line in lines)
        {
            writer.Line("    " + line + ",");
        }

        writer.Line("],");
    }

    // Calls of methods in place of the items.
    private string[] Parts(string type, string name, string[] items)
    {
        var calls = new List<string>();
        var part = new List<string>();
        int length = 0;
        for (int i = 0; i < items.Length; i++)
        {
            part.Add(items[i]);
            length += items[i].Length;
            if (length >= PartLength || i == items.Length - 1)
            {
                string method = "Table" + name + Number(calls.Count);
                parts.Add((type, method, part));
                calls.Add($".. {method}()");
                part = [];
                length = 0;
            }
        }

        return [.. calls];
    }

    private string Step(Step step, IReadOnlyDictionary<Kernel, string> launches) => step switch
    {
        Kernel kernel => launches[kernel],
        Concurrent group =>
            $"new ConcurrentEntry([{string.Join(", ", group.Launches.Select(launch => launches[launch]))}])",
        SetSize size => $"new SetSizeEntry({Number(plan.Symbols.ToList().IndexOf(size.Symbol))}, "
            + $"{Place(plan.Placements[size.Count])}, {Number(size.Site)})",
        Loop loop => $"new LoopEntry({Size(loop.Count)}, "
            + $"{Number(loop.Moves.Select(move => plan.Placements[move.Buffer].Offset).DefaultIfEmpty(0).First())}, "
            + $"[{string.Join(", ", loop.Moves.Select(Move))}], "
            + $"[{string.Join(", ", loop.Body.Select(inner => Step(inner, launches)))}])",
        Branch branch => $"new BranchEntry({Place(plan.Placements[branch.Predicate])}, "
            + $"[{string.Join(", ", branch.Then.Select(inner => Step(inner, launches)))}], "
            + $"[{string.Join(", ", branch.Otherwise.Select(inner => Step(inner, launches)))}])",
        _ => throw new InvalidOperationException($"{step.GetType().Name} has no entry"),
    };

    private string Move(Move move)
    {
        string PlaceOf(Buffer buffer) => Place(plan.Placements[buffer]);
        return move switch
        {
            Slice slice =>
                $"new SliceEntry({PlaceOf(slice.Of)}, {Size(slice.Buffer.Size * DTypes.SizeOf(slice.Buffer.Type))}"
                    + (slice.IsReversed ? ", true)" : ")"),
            Previous previous =>
                $"new PreviousEntry({PlaceOf(previous.First)}, {Number(plan.Placements[previous.Next].Offset)})",
            Turns turns => $"new TurnsEntry({PlaceOf(turns.Even)}, {PlaceOf(turns.Odd)}"
                + (turns.Last is null ? ")" : $", {PlaceOf(turns.Last)})"),
            _ => throw new InvalidOperationException($"{move.GetType().Name} has no entry"),
        };
    }

    /// <summary>One launch of a kernel.</summary>
    /// <param name="kernel">What is launched.</param>
    /// <param name="position">The position of its function.</param>
    /// <param name="scratch">Bytes of scratch that each running piece needs.</param>
    /// <param name="usesSymbols">Whether its text names a symbol.</param>
    /// <param name="zones">Start and length of each zone in scratch.</param>
    public string Launch(
        Kernel kernel, int position, long scratch, bool usesSymbols, IReadOnlyList<long>? zones = null)
    {
        // What is prepared from state and symbols is prepared again when either changes; so is what reads it. It is
        // each context's own, and so are outputs.
        bool follow = prepared.Contains(kernel)
            && (usesSymbols || !kernel.Pieces.IsStatic || kernel.Read.Any(follows.Contains)
                || kernel.Written.Any(buffer => plan.Placements[buffer].Space == Space.Arena));
        if (follow)
        {
            follows.UnionWith(kernel.Written);
        }

        string buffers = string.Join(", ", kernel.Buffers.Select(b => Place(plan.Placements[b])));
        return $"new LaunchEntry({Number(position)}, {Size(kernel.Pieces)}, {Number(scratch)}, "
            + $"{Number(kernel.Operations)}, [{buffers}]{(follow ? ", true" : "")}"
            + (plan.IsGuarded && zones is { Count: > 0 } ? $", ScratchZones: [{string.Join(", ", zones)}]" : "")
            + (kernel.Extent == kernel.Pieces ? ")" : $", Extent: {Size(kernel.Extent)})");
    }

    private string Port(Port port) =>
        $"new PortEntry({Quote(port.Name)}, ElementType.{port.Type.Type}, "
            + $"[{string.Join(", ", port.Type.Shape.Select(Size))}], {Place(plan.Placements[port.Buffer])})";

    private static string State(StatePort port)
    {
        Parameter p = port.Declaration;
        string shape = string.Join(", ", p.Type.Shape.Select(d => Number(d.Value)));
        return $"new StateEntry({Quote(p.FullName)}, ElementType.{p.Type.Type}, [{shape}], "
            + $"InitializerKind.{p.Initializer.Kind}, "
            + $"{CSharpTarget.Literal(DType.F64, BitConverter.DoubleToInt64Bits(p.Initializer.A))}, "
            + $"{CSharpTarget.Literal(DType.F64, BitConverter.DoubleToInt64Bits(p.Initializer.B))}, "
            + $"StateKind.{p.Kind}, {(port.IsUpdated ? "true" : "false")})";
    }

    private string Prepared(Buffer buffer) =>
        $"new PreparedEntry({Number(buffer.Size.Max * DTypes.SizeOf(buffer.Type))}, "
            + $"{Number(Plan.ReservedBytes(buffer))}, {Truth(!follows.Contains(buffer))})";

    private string Constant(ConstantData constant)
    {
        byte[] bytes = Bytes(constant.Buffer.Type, constant.Values.Bits);
        string offset = Number(plan.Placements[constant.Buffer].Offset);
        if (bytes.Length <= MostListed)
        {
            return $"new ConstantEntry({offset}, [{string.Join(", ", bytes.Select(b => Number(b)))}])";
        }

        if (data is not null)
        {
            data.Add(bytes);
            return $"ConstantEntry.OfResource({offset}, "
                + $"global::System.Reflection.Assembly.GetExecutingAssembly(), {Quote(Number(data.Count - 1))})";
        }

        return $"ConstantEntry.OfText({offset}, \"{Convert.ToBase64String(bytes)}\"u8)";
    }

    private string Guard(Buffer buffer)
    {
        long offset = plan.Placements[buffer].Offset;
        bool isInput = plan.Inputs.Any(port => port.Buffer == buffer);
        return $"new GuardEntry({Quote(buffer.Name)}, {Number(offset)}, "
            + $"{Size(buffer.Size * DTypes.SizeOf(buffer.Type))}, {Number(offset + Plan.ReservedBytes(buffer))}, "
            + $"{(isInput ? "true" : "false")})";
    }

    private string Check(CheckSite site) =>
        $"new CheckEntry({Quote(site.What)}, "
            + $"{(site.Extent.IsStatic ? Number(site.Extent.Value) : Size(site.Extent))}, {Quote(site.ModulePath)}, "
            + $"{Quote(site.Source)}, [{string.Join(", ", site.Shape.Select(Size))}])";

    // Little-endian, whatever the host is.
    private static byte[] Bytes(DType type, EquatableArray<long> values)
    {
        int size = DTypes.SizeOf(type);
        var bytes = new byte[values.Count * size];
        for (int i = 0; i < values.Count; i++)
        {
            long bits = Constants.Stored(type, values[i]);
            for (int k = 0; k < size; k++)
            {
                bytes[(i * size) + k] = unchecked((byte)(bits >> (8 * k)));
            }
        }

        return bytes;
    }

    // What is prepared comes behind the state.
    private string Place(Placement placement) => placement.Space switch
    {
        Space.Moving => $"new(false, 0, {Number(placement.Offset)})",
        Space.Prepared => $"new(true, {Number(plan.Parameters.Count + placement.Offset)})",
        _ => $"new({Truth(placement.Space == Space.Parameter)}, {Number(placement.Offset)})",
    };

    private static string Truth(bool value) => value ? "true" : "false";

    private string Size(Dimension dimension)
    {
        string[] terms = dimension.Terms.Select(Size).ToArray();
        return terms.Length switch
        {
            0 => "new(0)",
            1 => terms[0],
            _ => $"Size.Sum({string.Join(", ", terms)})",
        };
    }

    private string Size(SizeTerm term)
    {
        string symbols = string.Concat(term.Factors.OfType<SymbolFactor>()
            .Select(factor => ", " + Number(plan.Symbols.ToList().IndexOf(factor.Symbol))));
        string product = $"new({Number(term.Coefficient)}{symbols})";
        string[] others = term.Factors.Where(factor => factor is not SymbolFactor).Select(Size).ToArray();
        return others.Length == 0 ? product : $"Size.Product({product}, {string.Join(", ", others)})";
    }

    private string Size(SizeFactor factor) => factor switch
    {
        QuotientFactor quotient => $"Size.Quotient({Size(quotient.Dividend)}, {Size(quotient.Divisor)})",
        ExtremeFactor extreme =>
            $"Size.{(extreme.IsMinimum ? "Minimum" : "Maximum")}({string.Join(", ", extreme.Operands.Select(Size))})",
        _ => throw new InvalidOperationException("unknown factor of a size"),
    };

    /// <summary>A string as a literal: a model's strings appear in generated code through here only.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            bool plain = c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '.' or '_' or '-' or ' ';
            quoted.Append(plain ? c.ToString() : "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return quoted.Append('"').ToString();
    }

    private static string Number(long value) => IndexPrinter.Number(value);
}
