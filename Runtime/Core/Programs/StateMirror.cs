namespace Sinter.Runtime.Programs;

/// <summary>A copy of a model's state in other memory, such as a device's. Runs there change the copy; the host's comes
/// after when it is looked at.</summary>
internal abstract class StateMirror : IDisposable
{
    /// <summary>Brings the host's copy up to date; nothing happens where it is.</summary>
    public abstract void Fetch();

    /// <summary>Frees the copy.</summary>
    public abstract void Dispose();
}
