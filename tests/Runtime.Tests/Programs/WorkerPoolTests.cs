using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

public sealed unsafe class WorkerPoolTests
{
    [Fact]
    public void Every_piece_is_done_once_by_its_own_launch()
    {
        // Launches of few and many pieces alternate: a worker that comes late to one must not take from the next.
        const int Few = 2;
        const int Many = 64;
        var done = new int[Many];
        int current = 0;
        int strangers = 0;
        void Do(int pieces, long first, long last)
        {
            for (long piece = first; piece < last; piece++)
            {
                bool own = Volatile.Read(ref current) == pieces && piece < pieces;
                Interlocked.Increment(ref own ? ref done[piece] : ref strangers);
            }
        }

        using ScriptedProgram few = ScriptedProgram.Of((_, first, last) => Do(Few, first, last), Few);
        using ScriptedProgram many = ScriptedProgram.Of((_, first, last) => Do(Many, first, last), Many);
        using var pool = new WorkerPool(4);
        using var state = new ModelState(0);
        using var fewContext = new ProgramContext(few, state, pool);
        using var manyContext = new ProgramContext(many, state, pool);
        for (int i = 0; i < 200_000; i++)
        {
            int pieces = i % 2 == 0 ? Few : Many;
            Volatile.Write(ref current, pieces);
            (pieces == Few ? fewContext : manyContext).Run();
            Assert.True(done.AsSpan(0, pieces).IndexOfAnyExcept(1) < 0, $"launch {i}: {string.Join(" ", done)}");
            done.AsSpan().Clear();
        }

        Assert.Equal(0, strangers);
    }

    [Fact]
    public void Scratch_of_a_running_piece_stays_when_another_context_needs_more()
    {
        const int Small = 1 << 20;
        using var pool = new WorkerPool(2);
        using var state = new ModelState(0);
        using var bothRun = new Barrier(2);
        using var grown = new ManualResetEventSlim();
        int whole = 0;
        using ScriptedProgram program = ScriptedProgram.Of(
            (places, _, _) =>
            {
                var scratch = new Span<byte>(places.Scratch, Small);
                scratch.Fill(7);
                bothRun.SignalAndWait();
                grown.Wait();
                Interlocked.Add(ref whole, scratch.IndexOfAnyExcept((byte)7) < 0 ? 1 : 0);
                scratch.Fill(8);
            },
            pieces: 2, scratchBytes: Small);
        using ScriptedProgram larger = ScriptedProgram.Of((_, _, _) => { }, scratchBytes: 64 * Small);
        using var context = new ProgramContext(program, state, pool);
        var run = new Thread(context.Run);
        run.Start();
        SpinWait.SpinUntil(() => bothRun.CurrentPhaseNumber == 1);
        using var other = new ProgramContext(larger, state, pool);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        grown.Set();
        run.Join();
        Assert.Equal(2, whole);
    }

    [Fact]
    public void A_pool_may_be_disposed_twice_and_what_runs_on_it_then_runs_on_the_caller()
    {
        var threads = new List<int>();
        using ScriptedProgram program = ScriptedProgram.Of(
            (_, _, _) => threads.Add(Environment.CurrentManagedThreadId), pieces: 16);
        using var state = new ModelState(0);
        var pool = new WorkerPool(3);
        using var context = new ProgramContext(program, state, pool);
        pool.Dispose();
        pool.Dispose();
        context.Run();
        Assert.All(threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
        Assert.NotEmpty(threads);
    }

    [Fact]
    public void A_pool_disposed_during_a_run_lets_it_end()
    {
        const int Pieces = 64;
        for (int i = 0; i < 50; i++)
        {
            var done = new int[Pieces];
            using var started = new ManualResetEventSlim();
            using ScriptedProgram program = ScriptedProgram.Of(
                (_, first, last) =>
                {
                    started.Set();
                    Thread.Yield();
                    for (long piece = first; piece < last; piece++)
                    {
                        Interlocked.Increment(ref done[piece]);
                    }
                },
                Pieces);
            using var state = new ModelState(0);
            var pool = new WorkerPool(3);
            using var context = new ProgramContext(program, state, pool);
            var run = new Thread(context.Run);
            run.Start();
            started.Wait();
            pool.Dispose();
            run.Join();
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_pool_has_at_least_one_thread(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(threads));
}
