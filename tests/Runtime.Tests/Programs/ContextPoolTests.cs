using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>Contexts that callers share.</summary>
public sealed class ContextPoolTests : IDisposable
{
    private static readonly EmptyProgram Program = new(
        inputs: [new PortEntry("x", ElementType.F32, [new Size(4)], new Place(false, 0))], arenaBytes: 64);

    private readonly ModelState state = new(0, Program);

    public void Dispose() => state.Dispose();

    [Fact]
    public void Contexts_are_made_when_needed_and_used_again()
    {
        using var pool = new ContextPool(Program, state, capacity: 3);
        Assert.Equal(0, pool.Created);
        ProgramContext first;
        using (ContextPool.Lease lease = pool.Rent())
        {
            first = lease.Context;
        }

        using (ContextPool.Lease again = pool.Rent())
        using (ContextPool.Lease other = pool.Rent())
        {
            Assert.Same(first, again.Context);
            Assert.NotSame(first, other.Context);
        }

        Assert.Equal(2, pool.Created);
    }

    [Fact]
    public async Task Who_finds_none_free_waits_for_one()
    {
        using var pool = new ContextPool(Program, state, capacity: 1);
        ContextPool.Lease held = pool.Rent();
        Task<ContextPool.Lease> waiting = pool.RentAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        using var stop = new CancellationTokenSource();
        Task<ContextPool.Lease> impatient = pool.RentAsync(stop.Token).AsTask();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);

        ProgramContext context = held.Context;
        held.Dispose();
        using ContextPool.Lease next = await waiting;
        Assert.Same(context, next.Context);
        Assert.Equal(1, pool.Created);
    }

    [Fact]
    public void Nobody_ever_shares_a_context()
    {
        using var pool = new ContextPool(Program, state, capacity: 3);
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using ContextPool.Lease lease = pool.Rent();
            Span<float> x = lease.Context.Input<float>("x");
            x.Fill(i);
            Thread.SpinWait(i % 50);
            Assert.Equal(-1, x.IndexOfAnyExcept((float)i));
        });
        Assert.InRange(pool.Created, 1, 3);
    }

    [Fact]
    public void Renting_allocates_nothing_once_contexts_are_there()
    {
        using var pool = new ContextPool(Program, state, capacity: 1);
        pool.Rent().Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            using ContextPool.Lease lease = pool.Rent();
            using ContextPool.Lease none = default;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_lease_given_back_is_of_no_use()
    {
        using var pool = new ContextPool(Program, state, capacity: 1);
        ContextPool.Lease lease = pool.Rent();
        lease.Dispose();
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.Context);
        using ContextPool.Lease next = pool.Rent();
        Assert.Equal(1, pool.Created);
    }

    [Fact]
    public void A_disposed_pool_frees_contexts_as_they_come_back()
    {
        var pool = new ContextPool(Program, state, capacity: 2);
        ProgramContext idle = Rented(pool);
        ContextPool.Lease held = pool.Rent();
        Assert.Same(idle, held.Context);
        pool.Dispose();
        pool.Dispose();
        idle.Run();
        held.Dispose();
        Assert.Throws<ObjectDisposedException>(idle.Run);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }

    [Fact]
    public void Programs_that_update_their_state_are_refused()
    {
        StateEntry entry = EmptyProgram.Parameter("w", ElementType.F32, 1) with { IsUpdated = true };
        var program = new EmptyProgram(state: [entry]);
        var error = Assert.Throws<ArgumentException>(() => new ContextPool(program, state, capacity: 1));
        Assert.StartsWith("program 'empty' updates its state", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContextPool(Program, state, capacity: 0));
    }

    // A context that cannot be made leaves its place to others.
    [Fact]
    public void A_failure_does_not_use_up_the_pool()
    {
        var program = new EmptyProgram(state: [EmptyProgram.Parameter("missing", ElementType.F32, 1)]);
        using var pool = new ContextPool(program, state, capacity: 1);
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<RunException>(() => pool.Rent());
        }
    }

    private static ProgramContext Rented(ContextPool pool)
    {
        using ContextPool.Lease lease = pool.Rent();
        return lease.Context;
    }
}
