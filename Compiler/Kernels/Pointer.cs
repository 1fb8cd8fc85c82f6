using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>A place inside a buffer that several reads and writes share: base + offset, computed once.</summary>
/// <param name="name">A name unique in the kernel.</param>
/// <param name="start">The buffer or pointer started from.</param>
/// <param name="offset">Elements from there.</param>
public sealed class Pointer(string name, Buffer start, Index offset) : Buffer(name, start.Type, start.Size)
{
    /// <summary>The buffer or pointer started from.</summary>
    public Buffer Start { get; } = start;

    /// <summary>Elements from there.</summary>
    public Index Offset { get; } = offset;
}

/// <summary>Computes a pointer.</summary>
/// <param name="pointer">The pointer.</param>
public sealed class DeclarePointer(Pointer pointer) : Statement
{
    /// <summary>The pointer.</summary>
    public Pointer Pointer { get; } = pointer;
}
