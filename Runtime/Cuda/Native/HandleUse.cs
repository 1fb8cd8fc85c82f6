using System.Runtime.InteropServices;

namespace Sinter.Runtime.Cuda.Native;

/// <summary>Keeps a handle from being released by another thread while it is in use. Costs two interlocked additions
/// and no allocation.</summary>
internal readonly ref struct HandleUse
{
    private readonly SafeHandle handle;

    /// <summary>Begins the use.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="owner">The public object that holds it, for the error's text.</param>
    /// <exception cref="ObjectDisposedException">It is released.</exception>
    public HandleUse(SafeHandle handle, object owner)
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, owner);
        bool added = false;
        handle.DangerousAddRef(ref added);
        this.handle = handle;
        Value = handle.DangerousGetHandle();
    }

    /// <summary>The driver's handle.</summary>
    public nint Value { get; }

    /// <summary>Ends the use.</summary>
    public void Dispose() => handle.DangerousRelease();
}
