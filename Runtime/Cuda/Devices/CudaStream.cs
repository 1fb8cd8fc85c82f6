using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// A queue of work for a device, done in order. Calls return before the work is done, except where they say so. Nothing
/// is allocated by launches and copies. For one thread at a time.
/// </summary>
public sealed unsafe partial class CudaStream : IDisposable
{
    private readonly RecentLaunches recent = new();

    // What the graph that is being captured needs; null when nothing is captured.
    private HashSet<DriverHandle>? captured;

    internal CudaStream(CudaContext context, DriverHandle handle)
    {
        Context = context;
        Handle = handle;
    }

    /// <summary>Where it was made.</summary>
    public CudaContext Context { get; }

    /// <summary>Whether all work is done.</summary>
    /// <exception cref="CudaDriverException">Work failed.</exception>
    public bool IsIdle
    {
        get
        {
            using HandleUse context = Context.Enter();
            using var use = new HandleUse(Handle, this);
            CudaResult result = Context.Api.StreamQuery(use.Value);
            if (result == CudaResult.NotReady)
            {
                return false;
            }

            CheckWork(result, "cuStreamQuery", "asking a stream");
            return true;
        }
    }

    internal DriverHandle Handle { get; }

    /// <summary>Whether work is written down instead of done.</summary>
    internal bool IsCaptured => captured is not null;

    /// <summary>Launches a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="shape">Blocks, threads, shared memory.</param>
    /// <param name="arguments">The arguments, as many and of the types that the kernel takes.</param>
    /// <exception cref="CudaLaunchException">The driver refuses the launch, or the kernel takes more or fewer
    /// arguments.</exception>
    /// <exception cref="CudaContextException">Kernel or memory belong to another context.</exception>
    /// <exception cref="ObjectDisposedException">Stream, module or memory is disposed.</exception>
    public void Launch(CudaKernel kernel, in CudaLaunchShape shape, CudaArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        Context.CheckOwn(kernel.Module.Context, "kernel");
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using var module = new HandleUse(kernel.Module.Handle, kernel.Module);
        int held = 0;
        try
        {
            foreach (CudaMemory memory in arguments.Memories)
            {
                Context.CheckOwn(memory.Context, "memory");
                memory.Handle.Hold(memory);
                held++;
                captured?.Add(memory.Handle);
            }

            captured?.Add(kernel.Module.Handle);
            kernel.Launch(use.Value, shape, arguments);
            recent.Add(kernel.Name);
        }
        finally
        {
            // Freeing waits for the work that was asked for before.
            foreach (CudaMemory memory in arguments.Memories[..held])
            {
                memory.Handle.DangerousRelease();
            }
        }
    }

    /// <summary>Marks this place in the stream.</summary>
    /// <exception cref="CudaContextException">The event belongs to another context.</exception>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public void Record(CudaEvent mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        Context.CheckOwn(mark.Context, "event");
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using var other = new HandleUse(mark.Handle, mark);
        CheckWork(Context.Api.EventRecord(other.Value, use.Value), "cuEventRecord", "recording an event");
    }

    /// <summary>Lets later work of this stream wait for a mark in another one; the caller does not wait.</summary>
    /// <exception cref="CudaContextException">The event belongs to another context.</exception>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public void Wait(CudaEvent mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        Context.CheckOwn(mark.Context, "event");
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using var other = new HandleUse(mark.Handle, mark);
        CheckWork(
            Context.Api.StreamWaitEvent(use.Value, other.Value, 0), "cuStreamWaitEvent",
            "making a stream wait for an event");
    }

    /// <summary>Waits until all work is done.</summary>
    /// <exception cref="CudaDriverException">Work failed; the message names the last launches.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured.</exception>
    public void Synchronize()
    {
        CheckNotCaptured();
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        CheckWork(Context.Api.StreamSynchronize(use.Value), "cuStreamSynchronize", "waiting for a stream");
    }

    /// <summary>Gives up the stream; work under way is still done.</summary>
    public void Dispose() => Handle.Dispose();

    internal void Launch(nint graph)
    {
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        CheckWork(Context.Api.GraphLaunch(graph, use.Value), "cuGraphLaunch", "launching a graph");
        recent.Add("(a graph)");
    }

    // Work fails long after it was asked for: what was launched last is the best that can be told.
    private void CheckWork(CudaResult result, string call, string doing)
    {
        if (result != CudaResult.Success)
        {
            throw DriverErrors.Error(Context.Api, result, call, doing + recent.Describe());
        }
    }

    private void CheckNotCaptured()
    {
        if (captured is not null)
        {
            throw new InvalidOperationException("a stream that is being captured cannot be waited for: its work is only"
                + " written down; copy from and to page-locked memory instead, and wait when the graph was launched");
        }
    }
}
