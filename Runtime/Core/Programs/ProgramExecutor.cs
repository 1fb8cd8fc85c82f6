namespace Sinter.Runtime.Programs;

/// <summary>An index from data that was out of range.</summary>
/// <param name="Site">Which check found it, by position in <see cref="ProgramTable.Checks"/>.</param>
/// <param name="Index">The index.</param>
/// <param name="Position">Where it stands, row-major.</param>
internal readonly record struct IndexFault(int Site, long Index, long Position)
{
    public static IndexFault None { get; } = new(-1, 0, 0);
}

/// <summary>What runs a program's launches, and the memory it works on. Used by one thread at a time.</summary>
internal abstract unsafe class ProgramExecutor : IDisposable
{
    /// <summary>Where the host writes an input or reads an output.</summary>
    public abstract byte* Port(PortEntry port);

    /// <summary>Sets the symbolic dimensions for the next runs.</summary>
    public abstract void SetSymbols(ReadOnlySpan<long> values);

    /// <summary>The symbolic dimensions; behind a run, with those that it has computed.</summary>
    public abstract ReadOnlySpan<long> Symbols { get; }

    /// <summary>Runs the program, with what depends on state alone first if that has changed.</summary>
    /// <returns>The first index that was out of range, or none. With one, no state has changed.</returns>
    public abstract IndexFault Run();

    /// <summary>Frees the memory.</summary>
    public abstract void Dispose();
}
