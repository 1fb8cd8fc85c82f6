using Sinter.Runtime.Cuda.Driver;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

public sealed unsafe partial class CudaStream
{
    /// <summary>Writes down the work that is asked of this stream, instead of doing it. Other streams take part when
    /// they wait for an event of this one; this one must then wait for an event of theirs.</summary>
    /// <param name="work">Asks for the work, on this thread.</param>
    /// <param name="others">The other streams that launch kernels meanwhile.</param>
    /// <returns>The work, to be launched any number of times.</returns>
    /// <exception cref="InvalidOperationException">The stream is being captured already.</exception>
    /// <exception cref="CudaDriverException">Something was asked for that cannot be captured.</exception>
    public CudaGraph Capture(Action work, params CudaStream[] others)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(others);
        if (captured is not null)
        {
            throw new InvalidOperationException("the stream is being captured already");
        }

        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        CheckWork(
            Context.Api.StreamBeginCapture(use.Value, DriverFlags.CaptureThreadLocal), "cuStreamBeginCapture_v2",
            "beginning to capture a stream");
        captured = [];
        nint graph = 0;
        try
        {
            Array.ForEach(others, other => other.captured = captured);
            work();
        }
        catch
        {
            // The first failure is the one to report; the stream is to be usable again.
            _ = Context.Api.StreamEndCapture(use.Value, &graph);
            captured = null;
            Destroy(graph);
            throw;
        }
        finally
        {
            Array.ForEach(others, other => other.captured = null);
        }

        CudaResult ended = Context.Api.StreamEndCapture(use.Value, &graph);
        var needs = captured.ToArray();
        captured = null;
        CheckWork(ended, "cuStreamEndCapture", "ending to capture a stream");
        try
        {
            return new CudaGraph(Context, graph, needs);
        }
        finally
        {
            Destroy(graph);
        }
    }

    private void Destroy(nint graph)
    {
        if (graph != 0)
        {
            _ = Context.Api.GraphDestroy(graph);
        }
    }
}
