using System.Diagnostics;

namespace Sinter.Runtime.Programs;

/// <summary>
/// The threads that share out the pieces of kernels. Between runs they sleep; for a few tens of microseconds after a launch
/// they look out for the next one, because waking a thread takes longer than most kernels. One pool serves any number of
/// contexts: a launch that finds it busy runs on the caller alone.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    // How long a worker looks out for work before it sleeps.
    private const double WatchMicroseconds = 60;

    private static readonly Lazy<WorkerPool> DefaultPool = new(() => new WorkerPool(Environment.ProcessorCount));

    private readonly Worker[] workers;
    private readonly long watchTicks = (long)(WatchMicroseconds * Stopwatch.Frequency / 1e6);
    private int busy;
    private volatile bool disposed;

    // The launch being run. A ticket is its number in the upper half and the next piece in the lower half; taking a piece
    // succeeds only while the number is current, so a late worker can never run a piece under another launch's arguments.
    private long ticket;
    private volatile int current;
    private delegate*<KernelArguments*, long, long, void> kernel;
    private KernelArguments arguments;
    private long pieces;
    private long chunk;
    private int completed;

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
    internal void Run(delegate*<KernelArguments*, long, long, void> function, KernelArguments* own, long count)
    {
        bool alone = workers.Length == 0 || count < 2 || Interlocked.Exchange(ref busy, 1) != 0;
        if (alone)
        {
            function(own, 0, count);
            return;
        }

        kernel = function;
        arguments = *own;
        pieces = count;
        chunk = Math.Max(1, count / (Threads * 8));
        completed = 0;
        int number = current + 1;
        Volatile.Write(ref ticket, (long)number << 32);
        current = number;
        foreach (Worker worker in workers)
        {
            worker.Wake();
        }

        Take(number, own);
        while (Volatile.Read(ref completed) < count)
        {
            Thread.SpinWait(4);
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
            var function = kernel;
            if (Interlocked.CompareExchange(ref ticket, ((long)number << 32) | last, seen) == seen)
            {
                function(own, first, last);
                Interlocked.Add(ref completed, (int)(last - first));
            }
        }
    }

    private sealed class Worker
    {
        private readonly WorkerPool pool;
        private readonly AutoResetEvent signal = new(false);
        private readonly Thread thread;
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

            scratch?.Dispose();
            signal.Dispose();
        }

        public void Reserve(long bytes)
        {
            lock (signal)
            {
                // The old block lives on while a running piece may use it; the finalizer frees it.
                scratch = scratch is { } block && block.Bytes >= bytes ? block : new NativeMemoryBlock(bytes);
            }
        }

        private void Work()
        {
            int done = 0;
            long idleSince = Stopwatch.GetTimestamp();
            while (!pool.disposed)
            {
                int number = pool.current;
                if (number != done)
                {
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
