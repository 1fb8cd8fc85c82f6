namespace Sinter.Cuda.Tests;

/// <summary>Measures what an action allocates on the managed heap.</summary>
internal static class Allocation
{
    /// <summary>The bytes of one of the last of many runs, when everything is compiled.</summary>
    public static long Measure(Action action)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 100; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
