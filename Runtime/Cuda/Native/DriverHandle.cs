using System.Runtime.InteropServices;

namespace Sinter.Runtime.Cuda.Native;

/// <summary>An object of the driver in a context: a stream, an allocation, a module. It keeps the context until it is
/// released itself, on whatever thread that happens.</summary>
internal sealed unsafe class DriverHandle : SafeHandle
{
    private readonly ContextHandle context;
    private readonly delegate* unmanaged<nint, CudaResult> release;
    private readonly bool waits;

    /// <summary>Owns an object.</summary>
    /// <param name="context">Where it lives.</param>
    /// <param name="value">The driver's handle or address.</param>
    /// <param name="release">The driver's function that releases it.</param>
    /// <param name="waits">Whether work under way may still use it, and the driver would not wait by itself.</param>
    public DriverHandle(
        ContextHandle context, nint value, delegate* unmanaged<nint, CudaResult> release, bool waits = false)
        : base(0, ownsHandle: true)
    {
        bool added = false;
        context.DangerousAddRef(ref added);
        this.context = context;
        this.release = release;
        this.waits = waits;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Keeps the object until <see cref="SafeHandle.DangerousRelease"/>.</summary>
    /// <param name="owner">The public object that holds it, for the error's text.</param>
    /// <exception cref="ObjectDisposedException">It is released.</exception>
    public void Hold(object owner)
    {
        ObjectDisposedException.ThrowIf(IsClosed, owner);
        bool added = false;
        DangerousAddRef(ref added);
    }

    protected override bool ReleaseHandle()
    {
        // A lost context refuses all of this; there is nothing left to release then.
        CudaResult result = context.Enter();
        if (result == CudaResult.Success)
        {
            if (waits)
            {
                _ = context.Api.CtxSynchronize();
            }

            result = release(handle);
        }

        context.DangerousRelease();
        return result == CudaResult.Success;
    }
}
