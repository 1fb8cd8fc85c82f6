using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>Times programs on a device, for benchmarks.</summary>
internal static class CudaTiming
{
    /// <summary>Does the work of runs again without copies from and to the host; the context has run before.</summary>
    /// <param name="context">A context that a <see cref="CudaSession"/> opened.</param>
    /// <param name="runs">How many runs.</param>
    /// <param name="asGraph">Whether a run may be one launch of a graph; else each kernel is launched.</param>
    /// <returns>The milliseconds that the device took for all of them.</returns>
    public static double TimeRuns(this ProgramContext context, int runs, bool asGraph = true) =>
        ((CudaExecutor)context.Executor).Time(runs, asGraph);
}
