using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>Threads and disposal in any order: a typed error or the right result, and never freed memory.</summary>
public sealed unsafe class DisposalTests : IDisposable
{
    private readonly ModelState state = new(0);
    private readonly ManualResetEventSlim started = new();
    private readonly ManualResetEventSlim release = new();

    public void Dispose()
    {
        state.Dispose();
        started.Dispose();
        release.Dispose();
    }

    [Fact]
    public void A_disposed_context_refuses_every_call()
    {
        using ScriptedProgram program = ScriptedProgram.Of((_, _, _) => { });
        var context = new ProgramContext(program, state);
        context.Dispose();
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.Run);
        Assert.Throws<ObjectDisposedException>(() => context.Run<float, float>([1], new float[1]));
        Assert.Throws<ObjectDisposedException>(() => context.SetSymbol("N", 2));
        Assert.Throws<ObjectDisposedException>(() => context.Input<float>("x").Length);
        Assert.Throws<ObjectDisposedException>(() => context.Output<float>("y").Length);
    }

    [Fact]
    public void A_context_disposed_during_a_run_frees_its_memory_when_that_ends()
    {
        float last = 0;
        using ScriptedProgram program = Waiting(places =>
        {
            var x = new Span<float>(places.X, ScriptedProgram.Capacity);
            x.Fill(3);
            last = x[^1];
        });
        var context = new ProgramContext(program, state);
        Thread run = Start(context.Run);
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.Run);
        Assert.Throws<ObjectDisposedException>(() => context.Input<float>("x").Length);
        release.Set();
        run.Join();
        Assert.Equal(3, last);
        Assert.Throws<ObjectDisposedException>(context.Run);
    }

    [Fact]
    public void A_run_that_begins_beside_its_disposal_ends_or_is_refused()
    {
        for (int i = 0; i < 200; i++)
        {
            bool whole = true;
            using ScriptedProgram program = ScriptedProgram.Of((places, _, _) =>
            {
                var y = new Span<float>(places.Y, 100_000);
                y.Fill(1);
                whole &= y.IndexOfAnyExcept(1) < 0;
            });
            var context = new ProgramContext(program, state);
            var run = new Thread(() => RunUntilRefused(context));
            run.Start();
            Thread.SpinWait(50 * i);
            context.Dispose();
            run.Join();
            Assert.True(whole);
        }
    }

    [Fact]
    public void A_second_thread_on_a_context_is_refused_and_changes_nothing()
    {
        using ScriptedProgram program = Waiting(places => places.Y[0] = places.X[0]);
        using var context = new ProgramContext(program, state);
        context.SetSymbol("N", 1);
        context.Input<float>("x")[0] = 5;
        Thread run = Start(context.Run);
        const string Message = "two threads use one context of program 'scripted'; give each its own";
        Assert.Equal(Message, Assert.Throws<InvalidOperationException>(context.Run).Message);
        Assert.Throws<InvalidOperationException>(() => context.SetSymbol("N", 7));
        Assert.Throws<InvalidOperationException>(() => context.Run<float, float>([9], new float[1]));
        release.Set();
        run.Join();
        Assert.Equal([5f], context.Output<float>("y").ToArray());
        context.Run();
    }

    [Fact]
    public void A_disposed_state_refuses_every_call()
    {
        using ScriptedProgram program = ScriptedProgram.Of((_, _, _) => { });
        var own = new ModelState(1, WithWeight());
        using var context = new ProgramContext(program, own);
        own.Dispose();
        own.Dispose();
        Assert.Throws<ObjectDisposedException>(context.Run);
        Assert.Throws<ObjectDisposedException>(() => own.Get<float>("w").Length);
        Assert.Throws<ObjectDisposedException>(() => own.Set<float>("w", [1]));
        Assert.Throws<ObjectDisposedException>(() => own.Load("none"));
        Assert.Throws<ObjectDisposedException>(() => own.Save("none"));
        Assert.Throws<ObjectDisposedException>(() => new ProgramContext(WithWeight(), own));
        Assert.False(File.Exists("none"));
    }

    [Fact]
    public void A_state_disposed_during_a_run_frees_its_memory_when_that_ends()
    {
        EmptyProgram weights = WithWeight();
        var own = new ModelState(1, weights);
        NativeMemoryBlock memory = own.Memory(weights.Table.State[0]);
        using ScriptedProgram program = Waiting(_ => { });
        using var context = new ProgramContext(program, own);
        Thread run = Start(context.Run);
        own.Dispose();
        Assert.False(memory.IsClosed);
        release.Set();
        run.Join();
        Assert.True(memory.IsClosed);
        Assert.Throws<ObjectDisposedException>(context.Run);
    }

    private static EmptyProgram WithWeight() => new(state: [EmptyProgram.Parameter("w", ElementType.F32, 1)]);

    private static void RunUntilRefused(ProgramContext context)
    {
        while (true)
        {
            try
            {
                context.Run();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    // A run that waits in the middle until it is released, and then does something.
    private ScriptedProgram Waiting(Action<ScriptedProgram.Places> then) => ScriptedProgram.Of((places, _, _) =>
    {
        started.Set();
        release.Wait();
        then(places);
    });

    private Thread Start(ThreadStart run)
    {
        var thread = new Thread(run);
        thread.Start();
        started.Wait();
        return thread;
    }
}
