using System.Runtime.InteropServices;
using Sinter.Runtime.Cuda.Driver;

namespace Sinter.Runtime.Cuda.Native;

/// <summary>A device's primary context, retained until the last object in it is gone.</summary>
internal sealed unsafe class ContextHandle : SafeHandle
{
    private readonly int ordinal;

    public ContextHandle(DriverApi api, int ordinal, nint context)
        : base(0, ownsHandle: true)
    {
        Api = api;
        this.ordinal = ordinal;
        SetHandle(context);
    }

    public DriverApi Api { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes the context current on the calling thread. Other libraries in the process may have made theirs
    /// current since.</summary>
    public CudaResult Enter()
    {
        nint current;
        CudaResult result = Api.CtxGetCurrent(&current);
        return result == CudaResult.Success && current == handle ? result : Api.CtxSetCurrent(handle);
    }

    protected override bool ReleaseHandle() => Api.DevicePrimaryCtxRelease(ordinal) == CudaResult.Success;
}
