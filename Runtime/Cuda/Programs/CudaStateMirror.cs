using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>A model's state on a device, shared by all its contexts there. Thread-safe.</summary>
internal sealed unsafe class CudaStateMirror : StateMirror
{
    private const int MostAtOnce = 1 << 28;

    private readonly ModelState state;
    private readonly CudaSession session;
    private readonly CudaStream stream;
    private readonly Dictionary<string, CudaMemory> memories = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private long version;
    private bool isNewer;

    /// <summary>A copy on a session's device.</summary>
    /// <exception cref="CudaMemoryException">The device has no room.</exception>
    public CudaStateMirror(CudaSession session, CudaContext context, ModelState state)
    {
        this.state = state;
        this.session = session;
        stream = context.CreateStream();
        try
        {
            foreach (StateEntry entry in state.Declarations)
            {
                memories.Add(entry.Name, context.Allocate(Math.Max(1, state.Memory(entry).Bytes)));
            }
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>Whose device it is on.</summary>
    public CudaSession Session => session;

    /// <summary>The memory of a tensor.</summary>
    /// <exception cref="RunException">The state lacks it, or has another one of that name.</exception>
    public CudaSlice Memory(StateEntry entry)
    {
        _ = state.Memory(entry);
        return memories[entry.Name].All();
    }

    /// <summary>Brings the device's copy up to date.</summary>
    public void Send()
    {
        lock (gate)
        {
            if (version == state.Version)
            {
                return;
            }

            foreach (StateEntry entry in state.Declarations)
            {
                var (pointer, bytes) = Host(entry);
                for (long done = 0; done < bytes; done += MostAtOnce)
                {
                    int step = (int)Math.Min(bytes - done, MostAtOnce);
                    stream.Upload(
                        new ReadOnlySpan<byte>((byte*)pointer + done, step), memories[entry.Name].Slice(done, step));
                }
            }

            stream.Synchronize();
            version = state.Version;
        }
    }

    /// <summary>A run has changed the device's copy.</summary>
    public void Changed()
    {
        lock (gate)
        {
            version = ++state.Version;
            isNewer = true;
        }
    }

    /// <inheritdoc/>
    public override void Fetch()
    {
        lock (gate)
        {
            if (!isNewer)
            {
                return;
            }

            foreach (StateEntry entry in state.Declarations)
            {
                var (pointer, bytes) = Host(entry);
                for (long done = 0; done < bytes; done += MostAtOnce)
                {
                    int step = (int)Math.Min(bytes - done, MostAtOnce);
                    var target = new Span<byte>((byte*)pointer + done, step);
                    stream.Download(memories[entry.Name].Slice(done, step), target);
                }
            }

            isNewer = false;
        }
    }

    /// <summary>Gives the device up: what runs there have changed comes home first. Where it cannot, the state keeps
    /// this copy, and says so when it is looked at.</summary>
    public void Leave()
    {
        try
        {
            Fetch();
        }
        catch (CudaException)
        {
            return;
        }

        state.Mirror = null;
        Free();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        session.Forget(this);
        Free();
    }

    private void Free()
    {
        stream.Dispose();
        foreach (CudaMemory memory in memories.Values)
        {
            memory.Dispose();
        }
    }

    private (nint Pointer, long Bytes) Host(StateEntry entry)
    {
        var memory = state.Memory(entry);
        return ((nint)memory.Pointer, memory.Bytes);
    }
}
