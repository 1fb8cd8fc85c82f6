using System.Buffers;
using System.Buffers.Text;
using System.Reflection;

namespace Sinter.Runtime.Programs;

/// <summary>A symbolic dimension.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
/// <param name="IsComputed">Whether runs compute it.</param>
public sealed record SymbolEntry(string Name, long Min, long Max, bool IsComputed = false);

/// <summary>Where memory lies.</summary>
/// <param name="IsState">Whether <paramref name="Offset"/> is the position of a piece of state, not of bytes in the
/// arena.</param>
/// <param name="Offset">Bytes into the arena, or the position in <see cref="ProgramTable.State"/> and, behind that, in
/// <see cref="ProgramTable.Prepared"/>.</param>
/// <param name="Move">Where it is elsewhere in each iteration of a loop: the number of the <see cref="MoveEntry"/>,
/// counted through all loops of the program.</param>
public readonly record struct Place(bool IsState, long Offset, int? Move = null);

/// <summary>An input or output.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The extents.</param>
/// <param name="Place">Where it lies.</param>
public sealed record PortEntry(string Name, ElementType Type, Size[] Shape, Place Place);

/// <summary>How state is drawn before training.</summary>
public enum InitializerKind
{
    /// <summary>All elements equal A.</summary>
    Constant,
    /// <summary>Uniform on [A, B).</summary>
    Uniform,
    /// <summary>Normal with mean A and standard deviation B.</summary>
    Normal,
}

/// <summary>A piece of state.</summary>
/// <param name="Name">The full name in checkpoints.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The extents.</param>
/// <param name="Initializer">The family of its initial values.</param>
/// <param name="A">Value, lower bound or mean.</param>
/// <param name="B">Upper bound or standard deviation.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="IsUpdated">Whether a run changes it.</param>
public sealed record StateEntry(
    string Name, ElementType Type, long[] Shape, InitializerKind Initializer, double A, double B, StateKind Kind,
    bool IsUpdated);

/// <summary>A constant, filled in once.</summary>
/// <param name="Offset">Bytes into the arena.</param>
/// <param name="Data">Its bytes, little-endian.</param>
public sealed record ConstantEntry(long Offset, byte[] Data)
{
    /// <summary>A constant that is a resource of an assembly.</summary>
    /// <param name="offset">Bytes into the arena.</param>
    /// <param name="assembly">The program's assembly.</param>
    /// <param name="name">The resource's name.</param>
    public static ConstantEntry OfResource(long offset, Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)
            ?? throw new FormatException($"the constant {name} is missing");
        var data = new byte[stream.Length];
        stream.ReadExactly(data);
        return new ConstantEntry(offset, data);
    }

    /// <summary>A constant given as text, because compilers take long text and no long lists.</summary>
    /// <param name="offset">Bytes into the arena.</param>
    /// <param name="text">Its bytes in base 64, as ASCII.</param>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static ConstantEntry OfText(long offset, ReadOnlySpan<byte> text)
    {
        var data = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        OperationStatus status = Base64.DecodeFromUtf8(text, data, out int read, out int written);
        if (status != OperationStatus.Done || read != text.Length)
        {
            throw new FormatException($"a constant's text is wrong at {read} of {text.Length}");
        }

        return new ConstantEntry(offset, data[..written]);
    }
}

/// <summary>Memory for what is prepared from state: weights packed at load.</summary>
/// <param name="Bytes">What is written, for the largest values of symbols.</param>
/// <param name="Reserved">The same, with what vector loads may touch behind it.</param>
/// <param name="IsShared">Whether it depends on state alone: all contexts over one state share it.</param>
public sealed record PreparedEntry(long Bytes, long Reserved, bool IsShared);

/// <summary>A step of a run: a launch, launches beside each other, a loop of steps, a branch, or a size that data
/// says.</summary>
public abstract record StepEntry
{
    /// <summary>Every launch of the step, those inside loops once, those of both branches.</summary>
    internal abstract IEnumerable<LaunchEntry> Launches { get; }

    /// <summary>The step and all steps inside it, but for the launches of a group.</summary>
    internal virtual IEnumerable<StepEntry> WithInner => [this];

    /// <summary>Arithmetic operations of the whole step, for the given values of the symbols; entries know those of the
    /// largest values.</summary>
    internal abstract double Work(ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest);
}

/// <summary>One launch of a kernel.</summary>
/// <param name="Kernel">Position of the kernel's function.</param>
/// <param name="Pieces">How many pieces it has.</param>
/// <param name="ScratchBytes">Scratch that each running piece needs.</param>
/// <param name="Operations">Arithmetic operations, to judge whether threads are worth waking.</param>
/// <param name="Buffers">The memory it works on.</param>
/// <param name="FollowsSymbols">Of what is prepared: whether each context prepares it, because it
/// depends on symbolic dimensions too or is an output.</param>
/// <param name="ScratchZones">With guards: start and length of each zone in scratch.</param>
/// <param name="Extent">What operations grow with; null for the pieces.</param>
public sealed record LaunchEntry(
    int Kernel, Size Pieces, long ScratchBytes, long Operations, Place[] Buffers, bool FollowsSymbols = false,
    long[]? ScratchZones = null, Size? Extent = null) : StepEntry
{
    /// <inheritdoc/>
    internal override IEnumerable<LaunchEntry> Launches => [this];

    /// <inheritdoc/>
    internal override double Work(ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest) =>
        (double)Operations * (Extent ?? Pieces).Evaluate(symbols) / Math.Max(1, (Extent ?? Pieces).Evaluate(largest));
}

/// <summary>Launches that may run at the same time.</summary>
/// <param name="Members">The launches, in the order in which their pieces are handed out.</param>
public sealed record ConcurrentEntry(LaunchEntry[] Members) : StepEntry
{
    /// <inheritdoc/>
    internal override IEnumerable<LaunchEntry> Launches => Members;

    /// <inheritdoc/>
    internal override double Work(ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest)
    {
        double work = 0;
        foreach (LaunchEntry launch in Members)
        {
            work += launch.Work(symbols, largest);
        }

        return work;
    }
}

/// <summary>Gives a symbol its value, from a count in memory.</summary>
/// <param name="Symbol">The position of the symbol.</param>
/// <param name="Count">A scalar of I64.</param>
/// <param name="Check">The position of the check that it is in range.</param>
public sealed record SetSizeEntry(int Symbol, Place Count, int Check) : StepEntry
{
    /// <inheritdoc/>
    internal override IEnumerable<LaunchEntry> Launches => [];

    /// <inheritdoc/>
    internal override double Work(ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest) => 0;
}

/// <summary>Memory that is elsewhere in each iteration of a loop.</summary>
public abstract record MoveEntry;

/// <summary>One of the slices of a value: that of the iteration.</summary>
/// <param name="Of">The first slice.</param>
/// <param name="Stride">Bytes from one to the next.</param>
/// <param name="IsReversed">Whether the first iteration has the last slice.</param>
public sealed record SliceEntry(Place Of, Size Stride, bool IsReversed = false) : MoveEntry;

/// <summary>What another moving memory of the loop was an iteration ago.</summary>
/// <param name="First">The place in the first iteration.</param>
/// <param name="Next">The number of the other.</param>
public sealed record PreviousEntry(Place First, int Next) : MoveEntry;

/// <summary>Two places that iterations take in turns.</summary>
/// <param name="Even">That of iterations 0, 2, …</param>
/// <param name="Odd">That of the others.</param>
/// <param name="Last">That of the last iteration, where it is another.</param>
public sealed record TurnsEntry(Place Even, Place Odd, Place? Last = null) : MoveEntry;

/// <summary>Steps done a number of times.</summary>
/// <param name="Count">How many times.</param>
/// <param name="FirstMove">The number of the first move.</param>
/// <param name="Moves">The memory that is elsewhere in each iteration.</param>
/// <param name="Body">The steps of an iteration, in order.</param>
public sealed record LoopEntry(
    Size Count, int FirstMove, MoveEntry[] Moves, StepEntry[] Body) : StepEntry
{
    /// <inheritdoc/>
    internal override IEnumerable<LaunchEntry> Launches => Body.SelectMany(step => step.Launches);

    /// <inheritdoc/>
    internal override IEnumerable<StepEntry> WithInner => Body.SelectMany(step => step.WithInner).Prepend(this);

    /// <inheritdoc/>
    internal override double Work(ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest)
    {
        double work = 0;
        foreach (StepEntry step in Body)
        {
            work += step.Work(symbols, largest);
        }

        return work * Count.Evaluate(symbols);
    }
}

/// <summary>Two lists of steps, of which a run does one.</summary>
/// <param name="Predicate">Where a byte says which: the first where it is not 0.</param>
/// <param name="Then">The first list, in order.</param>
/// <param name="Otherwise">The second list, in order.</param>
public sealed record BranchEntry(Place Predicate, StepEntry[] Then, StepEntry[] Otherwise) : StepEntry
{
    /// <inheritdoc/>
    internal override IEnumerable<LaunchEntry> Launches =>
        Then.Concat(Otherwise).SelectMany(step => step.Launches);

    /// <inheritdoc/>
    internal override IEnumerable<StepEntry> WithInner =>
        Then.Concat(Otherwise).SelectMany(step => step.WithInner).Prepend(this);

    /// <summary>The work of the longer list: which is done, a run finds out.</summary>
    internal override double Work(ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest) =>
        Math.Max(Work(Then, symbols, largest), Work(Otherwise, symbols, largest));

    private static double Work(StepEntry[] steps, ReadOnlySpan<long> symbols, ReadOnlySpan<long> largest)
    {
        double work = 0;
        foreach (StepEntry step in steps)
        {
            work += step.Work(symbols, largest);
        }

        return work;
    }
}

/// <summary>A check of an index from data.</summary>
/// <param name="What">What the index chooses.</param>
/// <param name="Extent">Valid values are below it.</param>
/// <param name="ModulePath">The module that asked for the check.</param>
/// <param name="Source">The input or state that holds the index; empty where it is computed.</param>
/// <param name="Shape">The extents of what holds it.</param>
public sealed record CheckEntry(string What, Size Extent, string ModulePath, string Source, Size[] Shape);

/// <summary>All facts about a compiled program that running it needs; generated code supplies them.</summary>
public sealed class ProgramTable
{
    /// <summary>The program's name.</summary>
    public required string Name { get; init; }

    /// <summary>The vector width the kernels were printed for, in bits.</summary>
    public required int VectorBits { get; init; }

    /// <summary>The symbolic dimensions.</summary>
    public required SymbolEntry[] Symbols { get; init; }

    /// <summary>What a run takes.</summary>
    public required PortEntry[] Inputs { get; init; }

    /// <summary>What a run gives.</summary>
    public required PortEntry[] Outputs { get; init; }

    /// <summary>The state.</summary>
    public required StateEntry[] State { get; init; }

    /// <summary>Constants to fill in once.</summary>
    public required ConstantEntry[] Constants { get; init; }

    /// <summary>What those launches write.</summary>
    public PreparedEntry[] Prepared { get; init; } = [];

    /// <summary>Launches that depend on state alone, or on state and symbolic dimensions.</summary>
    public required LaunchEntry[] Prepare { get; init; }

    /// <summary>The steps of a run, in order.</summary>
    public required StepEntry[] Run { get; init; }

    /// <summary>Every launch, in order, those inside loops once, those of both branches.</summary>
    internal IEnumerable<LaunchEntry> Launches => Prepare.Concat(Run.SelectMany(step => step.Launches));

    /// <summary>Every step of launches beside each other, those inside loops once, those of both branches.</summary>
    internal IEnumerable<ConcurrentEntry> Groups => Run.SelectMany(step => step.WithInner).OfType<ConcurrentEntry>();

    /// <summary>The addresses of what is prepared.</summary>
    /// <param name="shared">Where the memory of what is shared begins.</param>
    /// <param name="own">Where that of the context begins.</param>
    internal long[] PreparedAt(long shared, long own)
    {
        var places = new long[Prepared.Length];
        for (int i = 0; i < places.Length; i++)
        {
            ref long next = ref Prepared[i].IsShared ? ref shared : ref own;
            places[i] = next;
            next += Prepared[i].Reserved;
        }

        return places;
    }

    /// <summary>The kernels' names.</summary>
    public required string[] Kernels { get; init; }

    /// <summary>The index checks, by site.</summary>
    public required CheckEntry[] Checks { get; init; }

    /// <summary>The buffers whose surroundings are checked after each launch: of programs compiled with guards, for
    /// tests.</summary>
    public GuardEntry[] Guards { get; init; } = [];

    /// <summary>The size of the arena: the peak, known before anything runs.</summary>
    public required long ArenaBytes { get; init; }
}
