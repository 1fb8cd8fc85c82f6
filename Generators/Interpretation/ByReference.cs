using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>
/// Tells symbols apart as objects. Comparing them by meaning walks through their type arguments; a cache may miss an
/// equal one instead.
/// </summary>
internal sealed class ByReference : IEqualityComparer<ISymbol>
{
    /// <summary>The only one.</summary>
    public static ByReference Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(ISymbol x, ISymbol y) => ReferenceEquals(x, y);

    /// <inheritdoc/>
    public int GetHashCode(ISymbol obj) => RuntimeHelpers.GetHashCode(obj);
}
