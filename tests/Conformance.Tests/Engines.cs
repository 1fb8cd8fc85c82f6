using Sinter.Backends.CSharp;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>The interpreter itself, each result rounded to its type: what single precision alone costs.</summary>
public sealed class InterpreterEngine : IEngine
{
    public string Name => "interpreter";

    public CompiledGraph Compile(Graph graph) => (inputs, parameters) =>
        Interpreter.Run(graph, inputs, parameters, new InterpreterOptions(RoundToType: true));
}

/// <summary>Every engine that must agree with the oracle: a new one is one row here.</summary>
public static class Engines
{
    private static readonly IEngine[] Rows =
    [
        new InterpreterEngine(),
        new JitEngine(CSharpTarget.Bits512, threads: 1),
        new JitEngine(CSharpTarget.Bits256, threads: 1),
        new JitEngine(CSharpTarget.Bits128, threads: 2),
        new CudaEngine(reverse: false),
        new CudaEngine(reverse: true),
        new JitEngine(CSharpTarget.Arm64, threads: 1),
    ];

    public static IReadOnlyList<IEngine> All => Rows;

    /// <summary>Whether an engine is given a case: one that differs from another by a number only takes a share, where
    /// time is short.</summary>
    /// <param name="engine">The engine's name.</param>
    /// <param name="name">The case's name.</param>
    public static bool Takes(string engine, string name) =>
        Long.Reason is null || engine != "jitarm64x1" || name.Sum(c => c) % 8 == 0;

    public static IEngine Find(string name) => Rows.Single(engine => engine.Name == name);
}
