namespace Sinter.Runtime.Cuda;

/// <summary>Anything that goes wrong with CUDA; the types derived from it say what.</summary>
public class CudaException : Exception
{
    /// <summary>An error with its full message.</summary>
    public CudaException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The message's first line: what is wrong, without the list of what was tried or the compiler's log.
    /// </summary>
    public string Summary => Message.Split('\n')[0].Replace(" Tried:", "", StringComparison.Ordinal).TrimEnd();
}

/// <summary>What this machine lacks to run CUDA programs.</summary>
public enum CudaProblem
{
    /// <summary>No driver library was found, or none that can be loaded.</summary>
    NoDriver,

    /// <summary>The driver is older than what this library needs.</summary>
    OldDriver,

    /// <summary>The driver does not start.</summary>
    BrokenDriver,

    /// <summary>There is a driver, but no device.</summary>
    NoDevice,

    /// <summary>There is no device of that index.</summary>
    DeviceIndex,

    /// <summary>No NVRTC library was found, or none that can be loaded.</summary>
    NoNvrtc,

    /// <summary>NVRTC does not find the file of built-in functions that belongs to it.</summary>
    NoBuiltins,

    /// <summary>NVRTC does not compile for the device.</summary>
    Architecture,
}

/// <summary>CUDA cannot be used on this machine as it is. The message names everything that was tried.</summary>
public sealed class CudaUnavailableException : CudaException
{
    /// <summary>An error with its full message.</summary>
    /// <param name="problem">What is missing.</param>
    /// <param name="message">The message.</param>
    /// <param name="attempts">Where a library was looked for; the message names these too.</param>
    public CudaUnavailableException(
        CudaProblem problem, string message, IReadOnlyList<NativeAttempt>? attempts = null)
        : base(message)
    {
        Problem = problem;
        Attempts = attempts ?? [];
    }

    /// <summary>What is missing.</summary>
    public CudaProblem Problem { get; }

    /// <summary>Where a library was looked for, and why it was not taken.</summary>
    public IReadOnlyList<NativeAttempt> Attempts { get; }
}

/// <summary>The driver refused a call.</summary>
public class CudaDriverException : CudaException
{
    /// <summary>An error with its full message.</summary>
    /// <param name="call">The driver's function.</param>
    /// <param name="result">What it returned.</param>
    /// <param name="message">The message.</param>
    public CudaDriverException(string call, CudaResult result, string message)
        : base(message)
    {
        Call = call;
        Result = result;
    }

    /// <summary>The driver's function, such as <c>cuStreamSynchronize</c>.</summary>
    public string Call { get; }

    /// <summary>What it returned.</summary>
    public CudaResult Result { get; }

    /// <summary>Whether the device's context is lost, so that only a new process can go on with it.</summary>
    public bool IsContextLost => (int)Result is 700 or 702 or 710 or (>= 714 and <= 719);
}

/// <summary>The device, or the host for page-locked memory, has no room for an allocation.</summary>
public sealed class CudaMemoryException : CudaDriverException
{
    /// <summary>An error with its full message.</summary>
    public CudaMemoryException(string call, string message, long askedBytes, long freeBytes, long totalBytes)
        : base(call, CudaResult.OutOfMemory, message)
    {
        AskedBytes = askedBytes;
        FreeBytes = freeBytes;
        TotalBytes = totalBytes;
    }

    /// <summary>How much was asked for.</summary>
    public long AskedBytes { get; }

    /// <summary>How much of the device's memory is free; -1 where the driver does not say.</summary>
    public long FreeBytes { get; }

    /// <summary>How much memory the device has; -1 where the driver does not say.</summary>
    public long TotalBytes { get; }
}

/// <summary>A kernel could not be launched.</summary>
public sealed class CudaLaunchException : CudaDriverException
{
    /// <summary>An error with its full message.</summary>
    public CudaLaunchException(string call, CudaResult result, string message, string kernel, CudaLaunchShape shape)
        : base(call, result, message)
    {
        Kernel = kernel;
        Shape = shape;
    }

    /// <summary>The kernel's name.</summary>
    public string Kernel { get; }

    /// <summary>Blocks, threads and shared memory that were asked for.</summary>
    public CudaLaunchShape Shape { get; }
}

/// <summary>Objects of different contexts were used together.</summary>
public sealed class CudaContextException : CudaException
{
    /// <summary>An error with its full message.</summary>
    public CudaContextException(string message)
        : base(message)
    {
    }
}

/// <summary>NVRTC, or the driver's compiler for PTX, refused a module's text.</summary>
public sealed class CudaCompileException : CudaException
{
    /// <summary>An error with its full message, which holds the log and the lines that it names.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="log">The compiler's log.</param>
    /// <param name="message">The message.</param>
    public CudaCompileException(string module, string log, string message)
        : base(message)
    {
        Module = module;
        Log = log;
    }

    /// <summary>The module's name.</summary>
    public string Module { get; }

    /// <summary>The compiler's log.</summary>
    public string Log { get; }
}
