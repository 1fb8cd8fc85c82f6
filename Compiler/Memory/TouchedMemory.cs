using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>The memory that some steps touch.</summary>
/// <param name="storage">The memory that a buffer has.</param>
internal sealed class TouchedMemory(Func<Buffer, Buffer> storage)
{
    private readonly HashSet<Buffer> touched = [];
    private readonly HashSet<Buffer> written = [];

    /// <summary>Adds a step's.</summary>
    public void Add(Step step)
    {
        touched.UnionWith(step.Buffers.Select(storage));
        written.UnionWith(step.Written.Select(storage));
    }

    /// <summary>Whether the order of those steps and another one does not matter: neither writes what the other
    /// touches.</summary>
    public bool AreApartFrom(Step step) =>
        !step.Written.Select(storage).Any(touched.Contains) && !step.Buffers.Select(storage).Any(written.Contains);
}
