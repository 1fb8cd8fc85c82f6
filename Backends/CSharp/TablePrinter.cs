using System.Globalization;
using System.Text;
using Sinter.Backends.Printing;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;

namespace Sinter.Backends.CSharp;

/// <summary>Prints what running a plan needs to know as a C# table, whatever language its kernels are in.</summary>
/// <param name="plan">The plan.</param>
internal sealed class TablePrinter(Plan plan)
{
    // What launches of the preparation have written that depends on symbols.
    private readonly HashSet<Buffer> follows = [];
    private readonly HashSet<Kernel> prepared = [.. plan.Prepare];

    /// <summary>The table's lines.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="vectorBits">The vector width of the kernels; 0 where they are not the processor's.</param>
    /// <param name="prepare">The launches that depend on state alone.</param>
    /// <param name="run">The launches of a run.</param>
    /// <param name="kernels">The kernels' names.</param>
    public void Write(
        CodeWriter writer, int vectorBits, IEnumerable<string> prepare, IEnumerable<string> run,
        IEnumerable<string> kernels)
    {
        writer.Line($"Name = {Quote(plan.Name)},");
        writer.Line($"VectorBits = {Number(vectorBits)},");
        List(writer, "Symbols",
            plan.Symbols.Select(s => $"new SymbolEntry({Quote(s.Name)}, {Number(s.Min)}, {Number(s.Max)})"));
        List(writer, "Inputs", plan.Inputs.Select(Port));
        List(writer, "Outputs", plan.Outputs.Select(Port));
        List(writer, "State", plan.Parameters.Select(State));
        List(writer, "Constants", plan.Constants.Select(Constant));
        List(writer, "Prepare", prepare);
        List(writer, "Run", run);
        List(writer, "Kernels", kernels.Select(Quote));
        List(writer, "Checks",
            plan.Checks.Select(Check));
        if (plan.IsGuarded)
        {
            List(writer, "Guards",
                plan.Placements.Where(pair => pair.Value.Space == Space.Arena).Select(pair => Guard(pair.Key)));
        }

        writer.Line($"ArenaBytes = {Number(plan.ArenaBytes)},");
    }

    private static void List(CodeWriter writer, string name, IEnumerable<string> items)
    {
        string[] lines = items.ToArray();
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

    /// <summary>One launch of a kernel.</summary>
    /// <param name="kernel">What is launched.</param>
    /// <param name="position">The position of its function.</param>
    /// <param name="scratch">Bytes of scratch that each running piece needs.</param>
    /// <param name="usesSymbols">Whether its text names a symbol.</param>
    /// <param name="zones">Start and length of each zone in scratch.</param>
    public string Launch(
        Kernel kernel, int position, long scratch, bool usesSymbols, IReadOnlyList<long>? zones = null)
    {
        // What is prepared from state and symbols is prepared again when either changes; so is what reads it.
        bool follow = prepared.Contains(kernel)
            && (usesSymbols || !kernel.Pieces.IsStatic || kernel.Read.Any(follows.Contains));
        if (follow)
        {
            follows.UnionWith(kernel.Written);
        }

        string buffers = string.Join(", ", kernel.Buffers.Select(b => Place(plan.Placements[b])));
        return $"new LaunchEntry({Number(position)}, {Size(kernel.Pieces)}, {Number(scratch)}, "
            + $"{Number(kernel.Operations)}, [{buffers}]{(follow ? ", true" : "")}"
            + (plan.IsGuarded && zones is { Count: > 0 } ? $", ScratchZones: [{string.Join(", ", zones)}])" : ")");
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
            + $"{(p.Trainable ? "true" : "false")}, {(port.IsUpdated ? "true" : "false")})";
    }

    private string Constant(ConstantData constant)
    {
        var bytes = new List<byte>();
        foreach (long bits in constant.Values.Bits)
        {
            bytes.AddRange(ElementBytes(constant.Buffer.Type, bits));
        }

        string data = string.Join(", ", bytes.Select(b => Number(b)));
        return $"new ConstantEntry({Number(plan.Placements[constant.Buffer].Offset)}, [{data}])";
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
        $"new CheckEntry({Quote(site.What)}, {Number(site.Extent)}, {Quote(site.ModulePath)}, "
            + $"{Quote(site.Source)}, [{string.Join(", ", site.Shape.Select(Size))}])";

    private static byte[] ElementBytes(DType type, long bits) => type switch
    {
        DType.F32 => BitConverter.GetBytes((float)BitConverter.Int64BitsToDouble(bits)),
        DType.F64 or DType.I64 => BitConverter.GetBytes(bits),
        DType.I32 or DType.U32 => BitConverter.GetBytes((int)bits),
        DType.I16 => BitConverter.GetBytes((short)bits),
        _ => [(byte)bits],
    };

    private static string Place(Placement placement) =>
        $"new({(placement.Space == Space.Parameter ? "true" : "false")}, {Number(placement.Offset)})";

    private string Size(Dimension dimension)
    {
        string symbols = string.Concat(dimension.Symbols.Select(s => ", " + Number(plan.Symbols.ToList().IndexOf(s))));
        return $"new({Number(dimension.Coefficient)}{symbols})";
    }

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
