using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>
/// Asks every thread of a pool how much it has allocated, by a kernel of which each thread does one piece. That leaves
/// out what other tests allocate at the same time.
/// </summary>
internal sealed class AllocationMeter : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly int threads;
    private readonly ScriptedProgram program;
    private readonly ModelState state;
    private readonly ProgramContext context;
    private readonly (int Thread, long Bytes)[] seen;
    private readonly Comparison<(int Thread, long Bytes)> byThread = (a, b) => a.Thread.CompareTo(b.Thread);
    private bool allocates;
    private byte[]? allocated;
    private int arrived;

    public AllocationMeter(WorkerPool pool)
    {
        threads = pool.Threads;
        seen = new (int, long)[threads];
        program = ScriptedProgram.Of(Piece, pieces: threads);
        state = new ModelState(0, program);
        context = new ProgramContext(program, state, pool);
    }

    /// <summary>Reads the bytes that each thread has allocated so far, in the order of the threads' numbers. Allocates
    /// nothing itself.</summary>
    public void Read(Span<long> bytes)
    {
        // A worker may miss one launch; each then waits in vain for the others, and the next launch is tried.
        for (int attempt = 0; attempt < 10; attempt++)
        {
            arrived = 0;
            Array.Clear(seen);
            context.Run();
            seen.AsSpan().Sort(byThread);
            if (AllDiffer())
            {
                for (int i = 0; i < threads; i++)
                {
                    bytes[i] = seen[i].Bytes;
                }

                return;
            }
        }

        throw new InvalidOperationException("not all threads of the pool take part");
    }

    /// <summary>Makes every thread allocate a kilobyte.</summary>
    public void Allocate()
    {
        allocates = true;
        Read(new long[threads]);
        allocates = false;
        Assert.NotNull(allocated);
    }

    public void Dispose()
    {
        context.Dispose();
        state.Dispose();
        program.Dispose();
    }

    private bool AllDiffer()
    {
        for (int i = 0; i < threads; i++)
        {
            if (seen[i].Thread == (i == 0 ? 0 : seen[i - 1].Thread))
            {
                return false;
            }
        }

        return true;
    }

    // Nobody ends before all have begun, so that no thread does two pieces.
    private void Piece(ScriptedProgram.Places places, long first, long last)
    {
        if (allocates)
        {
            allocated = new byte[1_000];
        }

        seen[first] = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
        Interlocked.Increment(ref arrived);
        long start = Environment.TickCount64;
        while (Volatile.Read(ref arrived) < threads && Environment.TickCount64 - start < Patience.TotalMilliseconds)
        {
            Thread.Sleep(0);
        }
    }
}
