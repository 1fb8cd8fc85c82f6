namespace Sinter.Runtime.Cuda;

/// <summary>What a call of the driver returns: the values of CUresult that this library treats by name. Others keep
/// their number; the driver itself tells their name.</summary>
public enum CudaResult
{
    /// <summary>The call did what it was asked.</summary>
    Success = 0,

    /// <summary>An argument is out of range.</summary>
    InvalidValue = 1,

    /// <summary>The device, or the host for page-locked memory, has no room.</summary>
    OutOfMemory = 2,

    /// <summary>cuInit was not called, or failed.</summary>
    NotInitialized = 3,

    /// <summary>The process is ending and the driver is shut down.</summary>
    Deinitialized = 4,

    /// <summary>The library is the one for linking, not a driver.</summary>
    StubLibrary = 34,

    /// <summary>Another process has the device for itself.</summary>
    DeviceUnavailable = 46,

    /// <summary>There is no CUDA device.</summary>
    NoDevice = 100,

    /// <summary>There is no device of that index.</summary>
    InvalidDevice = 101,

    /// <summary>A module's image is damaged or of an unknown kind.</summary>
    InvalidImage = 200,

    /// <summary>No context, or a destroyed one, is current on the thread.</summary>
    InvalidContext = 201,

    /// <summary>An image has no code for the device's architecture.</summary>
    NoBinaryForGpu = 209,

    /// <summary>The driver's compiler refuses the PTX.</summary>
    InvalidPtx = 218,

    /// <summary>PTX of a toolkit newer than the driver.</summary>
    UnsupportedPtxVersion = 222,

    /// <summary>A handle belongs to another context, or to nothing.</summary>
    InvalidHandle = 400,

    /// <summary>A name is in no module.</summary>
    NotFound = 500,

    /// <summary>Work is still under way; no error.</summary>
    NotReady = 600,

    /// <summary>A kernel read or wrote memory that is not its own. The context is lost.</summary>
    IllegalAddress = 700,

    /// <summary>A launch needs more registers or shared memory than there are.</summary>
    LaunchOutOfResources = 701,

    /// <summary>A kernel ran longer than the display driver allows. The context is lost.</summary>
    LaunchTimeout = 702,

    /// <summary>A kernel's assertion failed. The context is lost.</summary>
    Assert = 710,

    /// <summary>A kernel met an instruction that does not exist. The context is lost.</summary>
    IllegalInstruction = 715,

    /// <summary>A kernel's address is not aligned. The context is lost.</summary>
    MisalignedAddress = 716,

    /// <summary>A kernel failed. The context is lost.</summary>
    LaunchFailed = 719,

    /// <summary>The process may not use the device.</summary>
    NotPermitted = 800,

    /// <summary>The device cannot do that.</summary>
    NotSupported = 801,

    /// <summary>The system is not ready: a service that the device needs does not run.</summary>
    SystemNotReady = 802,

    /// <summary>The kernel's driver and the library are of different versions.</summary>
    SystemDriverMismatch = 803,

    /// <summary>The call is not allowed while a stream is being captured.</summary>
    StreamCaptureUnsupported = 900,

    /// <summary>An earlier error ended the capture.</summary>
    StreamCaptureInvalidated = 901,

    /// <summary>A stream that the capture forked was not joined.</summary>
    StreamCaptureUnjoined = 904,

    /// <summary>A capture was ended by another thread than began it.</summary>
    StreamCaptureWrongThread = 908,

    /// <summary>An unknown error of the driver.</summary>
    Unknown = 999,
}
