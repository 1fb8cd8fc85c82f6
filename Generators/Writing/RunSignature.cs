using System.Globalization;

namespace Sinter.Generators.Writing;

/// <summary>A named value of a program.</summary>
/// <param name="Name">Its name in the program.</param>
/// <param name="Type">Element type and shape.</param>
internal sealed record PortFacts(string Name, TensorType Type);

/// <summary>What a run takes and gives, and the parameters of the method for it.</summary>
internal sealed class RunSignature
{
    private readonly HashSet<Symbol> computed;

    /// <summary>Names the parameters.</summary>
    /// <param name="inputs">What a run takes.</param>
    /// <param name="outputs">What it gives.</param>
    /// <param name="symbols">The program's symbols, in order.</param>
    /// <param name="computed">Those whose values the run computes: they are no parameters.</param>
    public RunSignature(
        IReadOnlyList<PortFacts> inputs, IReadOnlyList<PortFacts> outputs, IReadOnlyList<Symbol> symbols,
        IEnumerable<Symbol> computed)
    {
        this.computed = [.. computed];
        var names = new Identifiers("run", "context", "own");
        Inputs = inputs.Select(port => (port, names.Of(port.Name))).ToArray();
        Outputs = outputs.Select(port => (port, names.Of(port.Name))).ToArray();
        Symbols = symbols.Select((symbol, position) => (symbol, position))
            .Where(pair => !this.computed.Contains(pair.symbol))
            .Select(pair => (pair.symbol, names.Of(pair.symbol.Name), pair.position)).ToArray();
        var members = new Identifiers(Results, "Equals", "ToString", "GetHashCode", "GetType", "Deconstruct");
        Members = outputs.Select(port => (port, members.Of(Pascal(port.Name)))).ToArray();
    }

    /// <summary>The record of all outputs.</summary>
    public const string Results = "Results";

    /// <summary>The outputs and their properties in the record of all.</summary>
    public (PortFacts Port, string Name)[] Members { get; }

    /// <summary>The inputs and their parameters.</summary>
    public (PortFacts Port, string Name)[] Inputs { get; }

    /// <summary>The outputs and their parameters.</summary>
    public (PortFacts Port, string Name)[] Outputs { get; }

    /// <summary>The symbols that a run is given, their parameters, and their positions among the program's.</summary>
    public (Symbol Symbol, string Name, int Position)[] Symbols { get; }

    /// <summary>The list of parameters.</summary>
    public string Parameters => string.Join(", ", InputParameters
        .Concat(Outputs.Select(o => $"global::System.Span<{Scalar(o.Port)}> {o.Name}")).Concat(SymbolParameters));

    /// <summary>The list of parameters where outputs are given back.</summary>
    public string GivingParameters => string.Join(", ", InputParameters.Concat(SymbolParameters));

    /// <summary>The names of <see cref="GivingParameters"/>.</summary>
    public string GivingArguments => string.Join(", ", Inputs.Select(i => i.Name).Concat(Symbols.Select(s => s.Name)));

    private IEnumerable<string> InputParameters =>
        Inputs.Select(i => $"global::System.ReadOnlySpan<{Scalar(i.Port)}> {i.Name}");

    private IEnumerable<string> SymbolParameters =>
        Symbols.Select(s => $"{(s.Symbol.Max > int.MaxValue ? "long" : "int")} {s.Name}");

    /// <summary>The same names as arguments.</summary>
    public string Arguments =>
        string.Join(
            ", ", Inputs.Select(i => i.Name).Concat(Outputs.Select(o => o.Name)).Concat(Symbols.Select(s => s.Name)));

    /// <summary>A documentation line for each parameter.</summary>
    public IEnumerable<string> Documentation(bool gives = false) =>
        Inputs.Select(i => Parameter(i.Name, i.Port.Type.ToString()))
            .Concat(gives ? [] : Outputs.Select(o => Parameter(o.Name, "receives " + o.Port.Type + Room(o.Port))))
            .Concat(
                Symbols.Select(s => Parameter(s.Name, FormattableString.Invariant($"{s.Symbol.Min}..{s.Symbol.Max}"))));

    // What has a length that the run computes is written to the beginning.
    private string Room(PortFacts port) => port.Type.Shape.Any(size => size.Symbols.Any(computed.Contains))
        ? FormattableString.Invariant($", at the beginning of up to {port.Type.Shape.ElementCount.Max} elements") : "";

    // logits becomes Logits, memory.keys MemoryKeys.
    private static string Pascal(string name) => string.Concat(name.Split('.')
        .Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));

    private static string Parameter(string name, string text) =>
        $"/// <param name=\"{name.TrimStart('@')}\">{text}</param>";

    /// <summary>The type of one element in C#.</summary>
    public static string Scalar(PortFacts port) => port.Type.Type switch
    {
        DType.Bool => "bool",
        DType.U8 => "byte",
        DType.I8 => "sbyte",
        DType.I16 => "short",
        DType.I32 => "int",
        DType.U32 => "uint",
        DType.I64 => "long",
        DType.F16 => "global::System.Half",
        DType.BF16 => "ushort",
        DType.F64 => "double",
        _ => "float",
    };

    /// <summary>A position as C# writes it.</summary>
    public static string Number(int position) => position.ToString(CultureInfo.InvariantCulture);
}
