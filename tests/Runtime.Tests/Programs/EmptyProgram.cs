using Sinter.Runtime.Programs;
using static Sinter.Runtime.Programs.InitializerKind;
using Kind = Sinter.Runtime.Programs.StateKind;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>A program that runs nothing, with any declarations.</summary>
internal sealed unsafe class EmptyProgram(
    PortEntry[]? inputs = null, PortEntry[]? outputs = null, SymbolEntry[]? symbols = null, StateEntry[]? state = null,
    long arenaBytes = 0)
    : Program(new ProgramTable
    {
        Name = "empty",
        VectorBits = 128,
        Symbols = symbols ?? [],
        Inputs = inputs ?? [],
        Outputs = outputs ?? [],
        State = state ?? [],
        Constants = [],
        Prepare = [],
        Run = [],
        Kernels = [],
        Checks = [],
        ArenaBytes = arenaBytes,
    })
{
    /// <summary>A parameter of zeros.</summary>
    public static StateEntry Parameter(string name, ElementType type, params long[] shape) =>
        new(name, type, shape, Constant, 0, 0, Kind.Parameter, IsUpdated: false);

    public override delegate*<KernelArguments*, long, long, void> Kernel(int position) => null;
}
