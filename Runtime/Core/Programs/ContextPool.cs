namespace Sinter.Runtime.Programs;

/// <summary>
/// Contexts of one program for callers that come at the same time, such as the requests of a service. Each caller rents
/// one and gives it back; those that find none free wait their turn. Contexts are made when they are first needed and
/// then kept, so renting allocates nothing once the busiest moment is over. Thread-safe.
/// </summary>
public sealed class ContextPool : IDisposable
{
    private readonly Program program;
    private readonly ModelState state;
    private readonly WorkerPool? workers;
    private readonly SemaphoreSlim free;
    private readonly Lock gate = new();
    private readonly ProgramContext?[] idle;
    private int idleCount;
    private int created;
    private bool disposed;

    /// <summary>A pool without contexts yet.</summary>
    /// <param name="program">The program, which must not update its state.</param>
    /// <param name="state">The state that all contexts read.</param>
    /// <param name="capacity">The most contexts; more than there are processors only make each other wait.</param>
    /// <param name="workers">The threads of each run; null for the default pool.</param>
    /// <exception cref="ArgumentException">The program updates state, or the capacity is not positive.</exception>
    public ContextPool(Program program, ModelState state, int capacity, WorkerPool? workers = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        if (program.Table.State.Any(entry => entry.IsUpdated))
        {
            throw new ArgumentException(
                $"program '{program.Table.Name}' updates its state: its contexts cannot run at once", nameof(program));
        }

        this.program = program;
        this.state = state;
        this.workers = workers;
        idle = new ProgramContext?[capacity];
        free = new SemaphoreSlim(capacity, capacity);
    }

    /// <summary>The most contexts there will be.</summary>
    public int Capacity => idle.Length;

    /// <summary>How many contexts were made so far.</summary>
    public int Created => Volatile.Read(ref created);

    /// <summary>Waits for a free context; dispose the lease to give it back.</summary>
    /// <exception cref="ObjectDisposedException">The pool or the state is disposed.</exception>
    /// <exception cref="RunException">The state lacks what the program needs, or memory is refused.</exception>
    public Lease Rent()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        free.Wait();
        return Take();
    }

    /// <summary>Waits for a free context without holding a thread; dispose the lease to give it back.</summary>
    /// <inheritdoc cref="Rent"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async ValueTask<Lease> RentAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await free.WaitAsync(cancellation).ConfigureAwait(false);
        return Take();
    }

    /// <summary>Frees all contexts that are not rented; the others when they are given back.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            while (idleCount > 0)
            {
                idle[--idleCount]!.Dispose();
            }
        }
    }

    private Lease Take()
    {
        try
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                if (idleCount > 0)
                {
                    // The one used last: its memory is the most likely to be in a cache.
                    return new Lease(this, idle[--idleCount]!);
                }
            }

            var context = new ProgramContext(program, state, workers);
            Interlocked.Increment(ref created);
            return new Lease(this, context);
        }
        catch
        {
            free.Release();
            throw;
        }
    }

    private void Return(ProgramContext context)
    {
        lock (gate)
        {
            if (disposed)
            {
                context.Dispose();
            }
            else
            {
                idle[idleCount++] = context;
            }
        }

        free.Release();
    }

    /// <summary>A rented context, given back by <see cref="Dispose"/>, and not to be used after.</summary>
    public struct Lease : IDisposable
    {
        private readonly ContextPool pool;
        private ProgramContext? context;

        internal Lease(ContextPool pool, ProgramContext context)
        {
            this.pool = pool;
            this.context = context;
        }

        /// <summary>The context.</summary>
        /// <exception cref="ObjectDisposedException">It was given back.</exception>
        public readonly ProgramContext Context => context ?? throw new ObjectDisposedException(nameof(Lease));

        /// <summary>Gives the context back; a second time does nothing.</summary>
        public void Dispose()
        {
            ProgramContext? given = context;
            context = null;
            if (given is not null)
            {
                pool.Return(given);
            }
        }
    }
}
