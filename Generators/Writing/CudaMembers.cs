namespace Sinter.Generators.Writing;

/// <summary>A member of a model's class.</summary>
/// <param name="Summary">What it is.</param>
/// <param name="Header">Its declaration.</param>
/// <param name="Lines">Its body.</param>
internal sealed record MemberText(string Summary, string Header, IReadOnlyList<string> Lines);

/// <summary>The members that open a model on a CUDA device.</summary>
internal static class CudaMembers
{
    /// <summary>The assembly that these members need.</summary>
    public const string Assembly = "Sinter.Runtime.Cuda";

    private const string Programs = "global::Sinter.Runtime.Programs.";
    private const string Cuda = "global::" + Assembly + ".";

    /// <summary>The fields that they need.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        $"private static {Programs}CudaProgram? cudaProgram;",
        "",
        $"private readonly {Cuda}CudaSession? session;",
    ];

    /// <summary>The members of a nested class.</summary>
    /// <param name="name">The class's name.</param>
    /// <param name="program">The full name of the program's class.</param>
    public static IEnumerable<MemberText> Of(string name, string program)
    {
        yield return new MemberText(
            "The program for CUDA devices; thread-safe, and the same for all.",
            $"public static {Programs}CudaProgram CudaProgram",
            [$"get => cudaProgram ??= new {program}();"]);
        yield return new MemberText(
            "Runs on a CUDA device, on a state that others may share; the caller disposes state and session after it.",
            $"public {name}({Programs}ModelState state, {Cuda}CudaSession session)",
            ["this.state = state;", "this.session = session;", "own = new Context(state, session);"]);
        yield return new MemberText(
            "Runs on a device, and reads the parameters from a safetensors file.",
            $"public static {name} Load(string weightsPath, {Cuda}Device device, bool strict = true)",
            Guarded($"var result = Create(0, device);", "result", ["result.state.Load(weightsPath, strict);"]));
        yield return new MemberText(
            "Runs on a device, and draws the parameters from a seed.",
            $"public static {name} Create(ulong seed, {Cuda}Device device)",
            [
                "if (device.Gpu is null)",
                "{",
                "    return Create(seed);",
                "}",
                "",
                $"var session = new {Cuda}CudaSession(device.Gpu);",
                $"{Programs}ModelState? state = null;",
                "try",
                "{",
                $"    state = new {Programs}ModelState(seed, CudaProgram);",
                $"    return new {name}(state, session) {{ ownsState = true }};",
                "}",
                "catch",
                "{",
                "    state?.Dispose();",
                "    session.Dispose();",
                "    throw;",
                "}",
            ]);
    }

    /// <summary>The constructor of a caller's memory on a device.</summary>
    public static readonly MemberText ContextConstructor = new(
        "", $"internal Context({Programs}ModelState state, {Cuda}CudaSession session)",
        ["context = session.Open(CudaProgram, state);"]);

    /// <summary>Statements on a new object, which is disposed where they fail.</summary>
    public static IReadOnlyList<string> Guarded(string make, string made, IReadOnlyList<string> lines) =>
    [
        make,
        "try",
        "{",
        .. lines.Select(line => "    " + line),
        $"    return {made};",
        "}",
        "catch",
        "{",
        $"    {made}.Dispose();",
        "    throw;",
        "}",
    ];
}
