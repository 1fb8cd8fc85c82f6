using System.Runtime.CompilerServices;
using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Devices;

public sealed class ContextTests : IDisposable
{
    private readonly FakeDriver fake = new();

    public void Dispose() => fake.Dispose();

    [Fact]
    public void The_primary_context_is_retained_until_the_last_object_is_gone()
    {
        CudaContext context = fake.OpenContext();
        CudaMemory memory = context.Allocate(100);
        Assert.Equal(1, fake.Count("contexts"));
        context.Dispose();
        context.Dispose();
        Assert.Equal(1, fake.Count("contexts"));
        memory.Dispose();
        memory.Dispose();
        Assert.Equal((0, 0, 0), (fake.Count("contexts"), fake.Count("memory"), fake.Count("leaks")));
    }

    [Fact]
    public void Everything_is_released_in_any_order()
    {
        Func<CudaContext, IDisposable>[] makers =
        [
            context => context.Allocate(1), context => context.AllocatePinned(1), context => context.CreateStream(),
            context => context.CreateEvent(), context => context.Load(Images.Simple),
        ];
        for (int order = 0; order < 24; order++)
        {
            CudaContext context = fake.OpenContext();
            IDisposable[] objects = [.. makers.Select(make => make(context)), context];
            new Random(order).Shuffle(objects);
            Array.ForEach(objects, each => each.Dispose());
            string[] kinds = ["memory", "hostMemory", "streams", "events", "modules", "functions", "contexts", "leaks"];
            Assert.All(kinds, kind => Assert.Equal(0, fake.Count(kind)));
        }
    }

    [Fact]
    public void What_nobody_disposes_is_released_by_the_collector()
    {
        Forget();
        for (int i = 0; i < 20 && fake.Count("contexts") > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal((0, 0, 0), (fake.Count("contexts"), fake.Count("memory"), fake.Count("leaks")));
    }

    [Fact]
    public void Objects_of_a_disposed_context_cannot_be_used()
    {
        CudaContext context = fake.OpenContext();
        using CudaStream stream = context.CreateStream();
        using CudaMemory memory = context.Allocate(4);
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
        Assert.Throws<ObjectDisposedException>(() => context.Allocate(4));
        Assert.Throws<ObjectDisposedException>(() => stream.Fill(memory.All(), 1));
    }

    [Fact]
    public void Any_thread_can_use_it()
    {
        using CudaContext context = fake.OpenContext();
        using CudaStream stream = context.CreateStream();
        using CudaMemory memory = context.Allocate(4);
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() =>
        {
            stream.Fill(memory.All(), 7u);
            stream.Synchronize();
        }));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        int[] values = new int[1];
        stream.Download(memory.All(), values.AsSpan());
        Assert.Equal(7, values[0]);
    }

    [Fact]
    public void Two_devices_take_turns_on_one_thread()
    {
        fake.Set("devices", 2);
        CudaDriver driver = fake.Open();
        using var first = new CudaContext(driver.GetDevice(0));
        using var second = new CudaContext(driver.GetDevice(1));
        using CudaMemory a = first.Allocate(1000);
        using CudaMemory b = second.Allocate(3000);
        Assert.Equal((1L << 30) - 1000, first.ReadMemory().Free);
        Assert.Equal((1L << 30) - 3000, second.ReadMemory().Free);
        using CudaStream stream = first.CreateStream();
        var error = Assert.Throws<CudaContextException>(() => stream.Fill(b.All(), 1));
        Assert.Equal(
            "the memory belongs to another context (of cuda:1 Fake GPU 1, compute capability 9.0, 1,024 MiB) than the"
            + " stream (of cuda:0 Fake GPU 0, compute capability 9.0, 1,024 MiB)", error.Message);
    }

    [Fact]
    public void A_context_that_cannot_be_made_current_says_so()
    {
        using CudaContext context = fake.OpenContext();
        fake.Fail("cuCtxGetCurrent", 3);
        fake.Fail("cuCtxSetCurrent", 201);
        var error = Assert.Throws<CudaDriverException>(context.Synchronize);
        Assert.StartsWith("using cuda:0 Fake GPU 0", error.Message);
        Assert.EndsWith("the context was destroyed by someone else in this process", error.Message);
        context.Synchronize();
    }

    [Fact]
    public void A_device_without_room_for_a_context_says_so()
    {
        fake.Fail("cuDevicePrimaryCtxRetain", 2);
        var error = Assert.Throws<CudaMemoryException>(fake.OpenContext);
        Assert.StartsWith("starting to use cuda:0 Fake GPU 0", error.Message);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget() => fake.OpenContext().Allocate(1000);
}
