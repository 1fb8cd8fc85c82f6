using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>A mark in a stream, to wait for or to measure from. Recording it again moves it.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    private readonly bool timed;

    internal CudaEvent(CudaContext context, DriverHandle handle, bool timed)
    {
        Context = context;
        Handle = handle;
        this.timed = timed;
    }

    /// <summary>Where it was made.</summary>
    public CudaContext Context { get; }

    /// <summary>Whether all work before the mark is done; true too where it was never recorded.</summary>
    /// <exception cref="CudaDriverException">Work failed.</exception>
    public bool IsReached
    {
        get
        {
            using HandleUse context = Context.Enter();
            using var use = new HandleUse(Handle, this);
            CudaResult result = Context.Api.EventQuery(use.Value);
            if (result == CudaResult.NotReady)
            {
                return false;
            }

            Context.Check(result, "cuEventQuery", "asking for an event");
            return true;
        }
    }

    internal DriverHandle Handle { get; }

    /// <summary>Waits for all work before the mark; the thread sleeps meanwhile.</summary>
    /// <exception cref="CudaDriverException">Work failed.</exception>
    public void Synchronize()
    {
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        Context.Check(Context.Api.EventSynchronize(use.Value), "cuEventSynchronize", "waiting for an event");
    }

    /// <summary>The milliseconds between two marks that are reached, to about half a microsecond.</summary>
    /// <exception cref="InvalidOperationException">One of the events is not timed.</exception>
    /// <exception cref="CudaDriverException">One was not recorded, or is not reached.</exception>
    public double MillisecondsSince(CudaEvent start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (!timed || !start.timed)
        {
            throw new InvalidOperationException("an event that was made without timing measures nothing");
        }

        using HandleUse context = Context.Enter();
        using var from = new HandleUse(start.Handle, start);
        using var to = new HandleUse(Handle, this);
        float milliseconds;
        Context.Check(
            Context.Api.EventElapsedTime(&milliseconds, from.Value, to.Value), "cuEventElapsedTime",
            "measuring between two events");
        return milliseconds;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
