using System.Runtime.InteropServices;
using Sinter.Runtime.Cuda.Driver;

namespace Sinter.Runtime.Cuda;

/// <summary>Turns what the driver returns into errors that say what was being done.</summary>
internal static unsafe class DriverErrors
{
    private const string Lost = "; the device's context is lost, only a new process can go on";

    /// <summary>The error for a call that failed.</summary>
    /// <param name="api">The driver.</param>
    /// <param name="result">What the call returned.</param>
    /// <param name="call">The call's name.</param>
    /// <param name="doing">What was being done, such as <c>waiting for a stream</c>.</param>
    public static CudaDriverException Error(DriverApi api, CudaResult result, string call, string doing)
    {
        var error = new CudaDriverException(call, result, $"{doing}: {Describe(api, result, call)}");
        return error.IsContextLost ? new CudaDriverException(call, result, error.Message + Lost) : error;
    }

    /// <summary>Call, number, name and text of a result.</summary>
    public static string Describe(DriverApi api, CudaResult result, string call)
    {
        byte* name;
        byte* text;
        string named = api.GetErrorName(result, &name) == CudaResult.Success ? Read(name) : "unknown error";
        string told = api.GetErrorString(result, &text) == CudaResult.Success ? Read(text) : "";
        string hint = Hint(result) is { } advice ? $"; {advice}" : "";
        return $"{call} returned {(int)result}, {named}{(told.Length == 0 ? "" : $" ({told})")}{hint}";
    }

    /// <summary>Throws unless the driver started and has devices.</summary>
    public static void Check(DriverApi api, CudaResult result, string path, CudaVersion version, string? visible)
    {
        if (result == CudaResult.Success)
        {
            return;
        }

        string told = Describe(api, result, "cuInit");
        string hidden = visible is null ? "" : $"; CUDA_VISIBLE_DEVICES is '{visible}'";
        throw result is CudaResult.NoDevice
            ? new CudaUnavailableException(
                CudaProblem.NoDevice, $"the CUDA driver {path} (CUDA {version}) has no device: {told}{hidden}")
            : new CudaUnavailableException(
                CudaProblem.BrokenDriver, $"the CUDA driver {path} (CUDA {version}) does not start: {told}{hidden}");
    }

    private static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static string? Hint(CudaResult result) => result switch
    {
        CudaResult.StubLibrary => "this is the library for linking programs, the driver's is libcuda.so.1",
        CudaResult.SystemDriverMismatch => "the kernel module and the library are of different driver versions: restart"
            + " the system after an update",
        CudaResult.SystemNotReady => "a service that the device needs, such as the fabric manager, does not run",
        CudaResult.NotPermitted => "the process may not use the device; look at the rights of /dev/nvidia*",
        CudaResult.DeviceUnavailable => "another process has the device for itself",
        CudaResult.InvalidContext => "the context was destroyed by someone else in this process",
        CudaResult.NoBinaryForGpu => "the module was compiled for another architecture",
        CudaResult.UnsupportedPtxVersion => "the compiler is newer than the driver",
        CudaResult.StreamCaptureUnsupported => "it is not allowed while a stream is being captured",
        CudaResult.StreamCaptureWrongThread => "a capture must end on the thread that began it",
        CudaResult.StreamCaptureUnjoined => "another stream took part in the capture and was not waited for",
        _ => null,
    };
}
