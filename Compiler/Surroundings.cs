using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>What a graph is lowered with: a program's, or the body of a loop or branch inside it.</summary>
/// <param name="Options">The processor.</param>
/// <param name="Trace">Told what passes did.</param>
/// <param name="Given">Memory of the graph's inputs and results that stands outside it already.</param>
/// <param name="Source">How errors name an input or state; empty where they say nothing of it.</param>
/// <param name="IsInvariant">Whether memory is the same for many kernels' work: copies of it are made once.</param>
internal sealed record Surroundings(
    PipelineOptions Options, PipelineTrace Trace, IReadOnlyDictionary<Node, Buffer> Given, Func<Node, string> Source,
    Func<Buffers, Func<Buffer, bool>> IsInvariant)
{
    /// <summary>The index checks of the whole program so far.</summary>
    public List<CheckSite> Sites { get; init; } = [];

    /// <summary>The constants of the whole program so far.</summary>
    public List<ConstantData> Constants { get; init; } = [];

    /// <summary>The ways that schedules took so far.</summary>
    public HashSet<SchedulePath> Paths { get; init; } = [];

    /// <summary>The processor.</summary>
    public Target Target => Options.Target;

    /// <summary>How errors name the inputs and state of a program.</summary>
    public static string NameOf(Node node) => node.Attributes switch
    {
        InputAttributes input => $"input '{input.Name}'",
        ParameterAttributes parameter => $"state '{parameter.Declaration.FullName}'",
        _ => "",
    };
}

/// <summary>A graph as steps.</summary>
/// <param name="Buffers">The memory of its stored nodes.</param>
/// <param name="Steps">The steps, in order.</param>
/// <param name="Checks">How many steps come before the end of the last index check; 0 where there is none.</param>
internal sealed record Lowered(Buffers Buffers, List<Step> Steps, int Checks);
