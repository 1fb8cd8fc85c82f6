namespace Sinter.Runtime.Programs;

/// <summary>
/// What a program has prepared from a state and from nothing else, such as packed weights: one for all contexts of the
/// program over the state. The first context that finds it older than the state prepares it; the others wait for that.
/// The last context that goes frees it.
/// </summary>
internal abstract class PreparedWeights : IDisposable
{
    private readonly Lock gate = new();
    private long version;

    /// <summary>How many contexts use it: the state's affair.</summary>
    public int Users { get; set; }

    /// <summary>The bytes it takes.</summary>
    public abstract long Bytes { get; }

    /// <summary>Sees that it belongs to the present version of the state, which does not move meanwhile.</summary>
    /// <param name="state">The state's version.</param>
    /// <param name="prepare">Prepares it; when this returns, every context sees the result.</param>
    public void Require(long state, Action prepare)
    {
        if (Volatile.Read(ref version) == state)
        {
            return;
        }

        lock (gate)
        {
            if (version != state)
            {
                prepare();
                Volatile.Write(ref version, state);
            }
        }
    }

    /// <summary>A run has changed state that nothing is prepared from.</summary>
    /// <param name="before">The state's version before it.</param>
    /// <param name="after">The version after it.</param>
    public void Move(long before, long after) => Interlocked.CompareExchange(ref version, after, before);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>What is prepared in the processor's memory.</summary>
internal sealed unsafe class PreparedBlock : PreparedWeights
{
    private readonly NativeMemoryBlock block;

    /// <summary>Room for entries, one after another.</summary>
    public PreparedBlock(IEnumerable<PreparedEntry> entries) =>
        block = new NativeMemoryBlock(entries.Sum(entry => entry.Reserved));

    /// <summary>The first byte.</summary>
    public byte* Pointer => block.Pointer;

    /// <inheritdoc/>
    public override long Bytes => block.Bytes;

    /// <inheritdoc/>
    public override void Dispose() => block.Dispose();
}
