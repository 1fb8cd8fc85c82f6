namespace Sinter.Runtime.Cuda.Driver;

/// <summary>CUdevice_attribute: those that are asked for.</summary>
internal enum DeviceAttribute
{
    MaxThreadsPerBlock = 1,
    MaxSharedMemoryPerBlock = 8,
    WarpSize = 10,
    ClockRate = 13,
    MultiprocessorCount = 16,
    ComputeMode = 20,
    L2CacheSize = 38,
    MaxThreadsPerMultiprocessor = 39,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    MaxSharedMemoryPerMultiprocessor = 81,
    MaxRegistersPerMultiprocessor = 82,
    MaxSharedMemoryPerBlockOptin = 97,
}

/// <summary>CUfunction_attribute: those that are used.</summary>
internal enum FunctionAttribute
{
    MaxThreadsPerBlock = 0,
    SharedSizeBytes = 1,
    LocalSizeBytes = 3,
    Registers = 4,
    MaxDynamicSharedSizeBytes = 8,
}

/// <summary>CUjit_option: those that are used.</summary>
internal enum JitOption
{
    ErrorLogBuffer = 5,
    ErrorLogBufferSizeBytes = 6,
}

/// <summary>Flags and modes of calls.</summary>
internal static class DriverFlags
{
    /// <summary>CU_STREAM_NON_BLOCKING: no implicit order with the default stream.</summary>
    public const uint StreamNonBlocking = 1;

    /// <summary>CU_EVENT_BLOCKING_SYNC: waiting threads sleep.</summary>
    public const uint EventBlockingSync = 1;

    /// <summary>CU_EVENT_DISABLE_TIMING: for order only, which is cheaper.</summary>
    public const uint EventDisableTiming = 2;

    /// <summary>CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads may allocate meanwhile.</summary>
    public const int CaptureThreadLocal = 1;
}
