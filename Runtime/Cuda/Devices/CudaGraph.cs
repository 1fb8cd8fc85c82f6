using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// Work that was captured from a stream, launched again with one call. It uses the very modules and memory that were
/// captured; these are not kept, and launching after one is disposed is an error.
/// </summary>
public sealed unsafe class CudaGraph : IDisposable
{
    private readonly DriverHandle handle;
    private readonly DriverHandle[] needs;

    internal CudaGraph(CudaContext context, nint graph, DriverHandle[] needs)
    {
        Context = context;
        this.needs = needs;
        nuint nodes = 0;
        context.Check(context.Api.GraphGetNodes(graph, null, &nodes), "cuGraphGetNodes", "counting a graph's nodes");
        NodeCount = (int)nodes;
        nint executable;
        context.Check(
            context.Api.GraphInstantiateWithFlags(&executable, graph, 0), "cuGraphInstantiateWithFlags",
            $"preparing a graph of {NodeCount} nodes");
        handle = new DriverHandle(context.Handle, executable, context.Api.GraphExecDestroy);
    }

    /// <summary>Where it was captured.</summary>
    public CudaContext Context { get; }

    /// <summary>How many launches, copies and fills it has.</summary>
    public int NodeCount { get; }

    /// <summary>Does the work once more. Allocates nothing.</summary>
    /// <exception cref="CudaContextException">The stream belongs to another context.</exception>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    /// <exception cref="ObjectDisposedException">The graph, or what it uses, is disposed.</exception>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Context.CheckOwn(Context, "graph");
        using var use = new HandleUse(handle, this);
        int held = 0;
        try
        {
            foreach (DriverHandle need in needs)
            {
                if (need.IsClosed)
                {
                    throw new ObjectDisposedException(
                        nameof(CudaGraph), "a module or memory that the graph uses is disposed");
                }

                need.Hold(this);
                held++;
            }

            stream.Launch(use.Value);
        }
        finally
        {
            foreach (DriverHandle need in needs.AsSpan(0, held))
            {
                need.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
