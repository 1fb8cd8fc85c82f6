using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>A model's state on a device, shared by all its contexts there. Thread-safe.</summary>
internal sealed unsafe class CudaStateMirror : StateMirror
{
    private const int MostAtOnce = 1 << 28;

    private readonly ModelState state;
    private readonly CudaStream stream;
    private readonly Dictionary<string, CudaMemory> memories = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private long version;
    private bool isNewer;

    private CudaStateMirror(CudaContext context, ModelState state)
    {
        Context = context;
        this.state = state;
        stream = context.CreateStream();
        foreach (StateEntry entry in state.Declarations)
        {
            memories.Add(entry.Name, context.Allocate(Math.Max(1, state.Memory(entry).Bytes)));
        }
    }

    /// <summary>Whose memory it is.</summary>
    public CudaContext Context { get; }

    /// <summary>The state's copy on a device.</summary>
    /// <exception cref="InvalidOperationException">Another device has one.</exception>
    /// <exception cref="CudaMemoryException">The device has no room.</exception>
    public static CudaStateMirror Of(ModelState state, CudaContext context)
    {
        state.Mirror ??= new CudaStateMirror(context, state);
        return state.Mirror is CudaStateMirror mirror && mirror.Context == context
            ? mirror
            : throw new InvalidOperationException("the state is in use on another device");
    }

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

    /// <inheritdoc/>
    public override void Dispose()
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
