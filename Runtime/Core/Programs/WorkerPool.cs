using System.Diagnostics;

namespace Sinter.Runtime.Programs;

/// <summary>One of the kernels whose pieces a launch has.</summary>
internal unsafe struct Part
{
    /// <summary>The kernel.</summary>
    public delegate*<KernelArguments*, long, long, void> Kernel;

    /// <summary>The memory it works on.</summary>
    public byte** Buffers;

    /// <summary>How many pieces the launch has up to the last of this kernel.</summary>
    public long End;
}

/// <summary>
/// The threads that share out the pieces of kernels. Between runs they sleep; for a fraction of a millisecond after a
/// launch they look out for the next one, because waking a thread takes longer than most kernels. One pool serves any
/// number of contexts: a launch that finds it busy runs on the caller alone.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>How long a worker looks out for work before it sleeps.</summary>
    internal const double WatchMicroseconds = 200;

    private const int PatientSpins = 1000;

    private static readonly Lazy<WorkerPool> DefaultPool = new(() => new WorkerPool(Environment.ProcessorCount));

    private readonly Worker[] workers;
    private readonly long watchTicks = (long)(WatchMicroseconds * Stopwatch.Frequency / 1e6);
    private int busy;
    private volatile bool disposed;

    // The launch being run. A ticket is its number in the upper half and the next piece in the lower half; taking a
    // piece succeeds only while the number is current, so a late worker can never run a piece under another launch's
    // arguments.
    private long ticket;
    private volatile int current;
    private Part* parts;
    private KernelArguments arguments;
    private long pieces;
    private long chunk;
    private int completed;
    private int processor;

    /// <summary>A pool.</summary>
    /// <param name="threads">How many threads run a kernel, the caller included.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Worker(this, i);
        }
    }

    /// <summary>A pool with as many threads as the process may use at once (a container's quota counts).</summary>
    public static WorkerPool Default => DefaultPool.Value;

    /// <summary>How many threads run a kernel, the caller included.</summary>
    public int Threads => workers.Length + 1;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        foreach (Worker worker in workers)
        {
            worker.Stop();
        }
    }

    /// <summary>Makes scratch of at least the given size available on every worker.</summary>
    internal void Reserve(long scratchBytes)
    {
        foreach (Worker worker in workers)
        {
            worker.Reserve(scratchBytes);
        }
    }

    /// <summary>Runs all pieces of a launch; returns when they are done.</summary>
    /// <param name="all">Its kernels, one after another: they must not depend on each other.</param>
    /// <param name="own">Their arguments but for the buffers, with the caller's scratch.</param>
    /// <param name="count">How many pieces there are.</param>
    /// <param name="wakes">Whether sleeping workers are woken; those that are awake help in any case.</param>
    internal void Run(Part* all, KernelArguments* own, long count, bool wakes)
    {
        bool alone = workers.Length == 0 || count < 2 || Interlocked.Exchange(ref busy, 1) != 0;
        if (alone)
        {
            Do(all, own, 0, count);
            return;
        }

        // Close the last launch before its fields change: a worker that comes late to it must find nothing to take.
        Interlocked.Exchange(ref ticket, ((long)current << 32) | uint.MaxValue);
        parts = all;
        arguments = *own;
        pieces = count;
        chunk = Math.Max(1, count / (Threads * 8));
        completed = 0;
        processor = Processors.Current;
        int number = current + 1;
        Volatile.Write(ref ticket, (long)number << 32);
        current = number;

        // The number must be visible before anyone's sleep is looked at, or both sides miss each other.
        Interlocked.MemoryBarrier();
        if (wakes)
        {
            foreach (Worker worker in workers)
            {
                worker.Wake();
            }
        }

        Take(number, own);
        for (int spins = 0; Volatile.Read(ref completed) < count; spins++)
        {
            // Whoever holds the last pieces may be waiting for this very processor.
            if (spins < PatientSpins)
            {
                Thread.SpinWait(4);
            }
            else
            {
                Thread.Yield();
            }
        }

        Volatile.Write(ref busy, 0);
    }

    // Takes pieces of a launch until there are none left.
    private void Take(int number, KernelArguments* own)
    {
        while (true)
        {
            long seen = Volatile.Read(ref ticket);
            long first = seen & uint.MaxValue;
            long total = pieces;
            if ((int)(seen >> 32) != number || first >= total)
            {
                return;
            }

            long last = Math.Min(first + chunk, total);
            Part* all = parts;
            if (Interlocked.CompareExchange(ref ticket, ((long)number << 32) | last, seen) == seen)
            {
                // Only now: those of a launch that is over may be gone.
                Do(all, own, first, last);
                Interlocked.Add(ref completed, (int)(last - first));
            }
        }
    }

    // Some pieces of a launch, of one kernel or several.
    private static void Do(Part* part, KernelArguments* own, long first, long last)
    {
        for (long begin = 0; first < last; begin = part->End, part++)
        {
            long end = Math.Min(last, part->End);
            if (first < end)
            {
                own->Buffers = part->Buffers;
                part->Kernel(own, first - begin, end - begin);
                first = end;
            }
        }
    }

    private sealed class Worker
    {
        private readonly WorkerPool pool;
        private readonly AutoResetEvent signal = new(false);
        private readonly Thread thread;
        private readonly List<NativeMemoryBlock> outgrown = [];
        private NativeMemoryBlock? scratch;
        private int asleep;

        public Worker(WorkerPool pool, int position)
        {
            this.pool = pool;
            thread = new Thread(Work) { IsBackground = true, Name = "Sinter worker " + position };
            thread.Start();
        }

        public void Wake()
        {
            if (Volatile.Read(ref asleep) != 0 && Interlocked.Exchange(ref asleep, 0) != 0)
            {
                signal.Set();
            }
        }

        public void Stop()
        {
            signal.Set();
            if (thread != Thread.CurrentThread)
            {
                thread.Join();
            }

            // The signal is left to its finalizer: a launch that is under way may still want to wake this thread.
            scratch?.Dispose();
            outgrown.ForEach(block => block.Dispose());
        }

        public void Reserve(long bytes)
        {
            lock (signal)
            {
                if (scratch is { } block)
                {
                    if (block.Bytes >= bytes)
                    {
                        return;
                    }

                    // A running piece may still use it, and holds no more than its address.
                    outgrown.Add(block);
                }

                scratch = new NativeMemoryBlock(bytes);
            }
        }

        private void Work()
        {
            int done = 0;
            byte[] allowed = Processors.Allowed();
            long idleSince = Stopwatch.GetTimestamp();
            while (!pool.disposed)
            {
                int number = pool.current;
                if (number != done)
                {
                    if (pool.processor == Processors.Current)
                    {
                        Processors.Avoid(pool.processor, allowed);
                    }

                    KernelArguments own = pool.arguments;
                    own.Scratch = scratch is null ? null : scratch.Pointer;
                    pool.Take(number, &own);
                    done = number;
                    idleSince = Stopwatch.GetTimestamp();
                    continue;
                }

                if (Stopwatch.GetTimestamp() - idleSince < pool.watchTicks)
                {
                    Thread.SpinWait(8);
                    continue;
                }

                // Announce the sleep first: a launch published after this sees it, one published before is seen here.
                Interlocked.Exchange(ref asleep, 1);
                if (pool.current == done && !pool.disposed)
                {
                    signal.WaitOne();
                }

                Interlocked.Exchange(ref asleep, 0);
                idleSince = Stopwatch.GetTimestamp();
            }
        }
    }
}
