using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>Where a buffer's memory comes from.</summary>
public enum Space
{
    /// <summary>The context's arena, at a fixed offset.</summary>
    Arena,
    /// <summary>A parameter of the model's state, by position in <see cref="Plan.Parameters"/>.</summary>
    Parameter,
    /// <summary>What is prepared from state, by position in <see cref="Plan.Prepared"/>: shared by all contexts over
    /// one state.</summary>
    Prepared,
    /// <summary>Elsewhere in each iteration of a loop: the number of a move, counted through all loops of the
    /// plan.</summary>
    Moving,
}

/// <summary>Where a buffer lies.</summary>
/// <param name="Space">Arena, state or a loop's.</param>
/// <param name="Offset">Bytes into the arena, the position among parameters or what is prepared, or the move's
/// number.</param>
public readonly record struct Placement(Space Space, long Offset);

/// <summary>An input or output of a program.</summary>
/// <param name="Name">The name under which runs give or take it.</param>
/// <param name="Type">Element type and shape.</param>
/// <param name="Buffer">Its memory.</param>
public sealed record Port(string Name, TensorType Type, Buffer Buffer);

/// <summary>A piece of state of a program.</summary>
/// <param name="Declaration">Name, type and initial values.</param>
/// <param name="Buffer">Its memory.</param>
/// <param name="IsUpdated">Whether a run changes it.</param>
public sealed record StatePort(Parameter Declaration, Buffer Buffer, bool IsUpdated);

/// <summary>A constant with one value for each element.</summary>
/// <param name="Buffer">Its memory, filled once.</param>
/// <param name="Values">The values.</param>
public sealed record ConstantData(Buffer Buffer, ConstantAttributes Values);

/// <summary>A check of an index from data.</summary>
/// <param name="What">What the index chooses.</param>
/// <param name="Extent">Valid values are below it.</param>
/// <param name="ModulePath">The module that asked for the check.</param>
/// <param name="Source">The input or state that holds the index; empty where it is computed.</param>
/// <param name="Shape">The shape of what holds it, in which its position is told.</param>
public sealed record CheckSite(string What, Dimension Extent, string ModulePath, string Source, Shape Shape);

/// <summary>The compiler's result, a program: buffers, and the steps that are done in order. All that backends
/// need.</summary>
/// <param name="Name">The graph's name.</param>
/// <param name="Symbols">Symbolic dimensions, whose values each run fixes.</param>
/// <param name="Inputs">What a run takes.</param>
/// <param name="Outputs">What a run gives.</param>
/// <param name="Parameters">The state.</param>
/// <param name="Constants">Constants to fill in once.</param>
/// <param name="Prepare">Steps that depend on state alone, run when the state has changed: weights packed at
/// load.</param>
/// <param name="Run">The steps of a run, in order.</param>
/// <param name="Placements">The place of each buffer.</param>
/// <param name="ArenaBytes">The size of the arena: the peak, known before anything runs.</param>
/// <param name="Checks">The index checks, by site.</param>
/// <param name="IsGuarded">Whether runs check what lies around buffers, which share no memory then.</param>
public sealed record Plan(
    string Name,
    IReadOnlyList<Symbol> Symbols,
    IReadOnlyList<Port> Inputs,
    IReadOnlyList<Port> Outputs,
    IReadOnlyList<StatePort> Parameters,
    IReadOnlyList<ConstantData> Constants,
    IReadOnlyList<Step> Prepare,
    IReadOnlyList<Step> Run,
    IReadOnlyDictionary<Buffer, Placement> Placements,
    long ArenaBytes,
    IReadOnlyList<CheckSite> Checks,
    bool IsGuarded = false)
{
    /// <summary>What is prepared from state and no output: weights packed at load. It belongs to the state.</summary>
    public IReadOnlyList<Buffer> Prepared { get; init; } = [];

    /// <summary>Every launch, in order, those inside loops once, those of both branches.</summary>
    public IEnumerable<Kernel> Kernels => Prepare.Concat(Run).SelectMany(step => step.Kernels);

    /// <summary>Every loop, outer before inner.</summary>
    public IEnumerable<Loop> Loops => Prepare.Concat(Run).SelectMany(step => step.WithInner).OfType<Loop>();

    /// <summary>The bytes that a buffer has in the arena, with those behind it, which loads may touch and no kernel
    /// writes.</summary>
    public static long ReservedBytes(Buffer buffer) => Memory.BufferPlanner.Bytes(buffer);
}
