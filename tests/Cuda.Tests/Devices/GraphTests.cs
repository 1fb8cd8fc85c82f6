using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Devices;

public sealed class GraphTests : IDisposable
{
    private readonly FakeDriver fake = new();
    private readonly CudaContext context;
    private readonly CudaStream stream;
    private readonly CudaMemory memory;

    public GraphTests()
    {
        context = fake.OpenContext();
        stream = context.CreateStream();
        memory = context.Allocate(16);
    }

    public void Dispose()
    {
        memory.Dispose();
        stream.Dispose();
        context.Dispose();
        fake.Dispose();
    }

    [Fact]
    public void Captured_work_is_done_when_the_graph_is_launched_each_time()
    {
        using CudaModule module = context.Load(Images.Simple);
        CudaKernel kernel = module.GetKernel("nothing");
        using CudaGraph graph = stream.Capture(() =>
        {
            stream.Fill(memory.All(), 1u);
            stream.Launch(kernel, new CudaLaunchShape(new(7), new(32)), new CudaArguments(0));
            stream.Fill(memory.Slice(0, 4), 2u);
        });
        Assert.Equal(3, graph.NodeCount);
        stream.Synchronize();
        Assert.Empty(fake.Work);
        string[] once = ["fill 16 with 1", "nothing <7 1 1> <32 1 1> 0", "fill 4 with 2"];
        graph.Launch(stream);
        stream.Fill(memory.Slice(4, 4), 3u);
        graph.Launch(stream);
        stream.Synchronize();
        Assert.Equal([.. once, "fill 4 with 3", .. once], fake.Work);
        Assert.Equal((0, 1), (fake.Count("graphs"), fake.Count("executables")));
    }

    [Fact]
    public void A_second_stream_takes_part()
    {
        using CudaStream other = context.CreateStream();
        using CudaEvent fork = context.CreateEvent(timed: false);
        using CudaEvent join = context.CreateEvent(timed: false);
        using CudaGraph graph = stream.Capture(() =>
        {
            stream.Fill(memory.All(), 1u);
            stream.Record(fork);
            other.Wait(fork);
            other.Fill(memory.All(), 2u);
            other.Record(join);
            stream.Wait(join);
        });
        Assert.Equal(2, graph.NodeCount);
        var error = Assert.Throws<CudaDriverException>(() => stream.Capture(() =>
        {
            stream.Record(fork);
            other.Wait(fork);
            other.Fill(memory.All(), 2u);
        }));
        Assert.EndsWith("another stream took part in the capture and was not waited for", error.Message);
        other.Synchronize();
    }

    [Fact]
    public void Waiting_and_copying_from_spans_is_refused_while_capturing()
    {
        Assert.Throws<InvalidOperationException>(() => stream.Capture(stream.Synchronize));
        Assert.Throws<InvalidOperationException>(() =>
            stream.Capture(() => stream.Upload<int>([1, 2, 3, 4], memory.All())));
        Assert.Throws<InvalidOperationException>(() => stream.Capture(() => stream.Capture(() => { })));

        // The stream is as before.
        stream.Synchronize();
        using CudaGraph graph = stream.Capture(() => { });
        Assert.Equal(0, graph.NodeCount);
        graph.Launch(stream);
        Assert.Equal(0, fake.Count("graphs"));
    }

    [Fact]
    public void Allocating_while_capturing_is_told()
    {
        var error = Assert.Throws<CudaDriverException>(() => stream.Capture(() => context.Allocate(4)));
        Assert.Equal(("cuMemAlloc_v2", CudaResult.StreamCaptureUnsupported), (error.Call, error.Result));
        Assert.EndsWith("it is not allowed while a stream is being captured", error.Message);

        // Other threads may, and the stream can be captured again.
        using CudaGraph graph = stream.Capture(() =>
        {
            var thread = new Thread(() => context.Allocate(4).Dispose());
            thread.Start();
            thread.Join();
        });
        Assert.Equal(0, fake.Count("graphs"));
    }

    [Fact]
    public void An_error_of_the_caller_ends_the_capture()
    {
        var error = Assert.Throws<FormatException>(() => stream.Capture(() => throw new FormatException("mine")));
        Assert.Equal("mine", error.Message);
        stream.Fill(memory.All(), 1u);
        stream.Synchronize();
        Assert.Equal(["fill 16 with 1"], fake.Work);
        Assert.Equal(0, fake.Count("graphs"));
    }

    [Fact]
    public void A_graph_is_not_launched_without_what_it_uses()
    {
        CudaMemory own = context.Allocate(4);
        CudaGraph graph = stream.Capture(() => stream.Fill(own.All(), 1u));
        own.Dispose();
        Assert.Throws<ObjectDisposedException>(() => graph.Launch(stream));
        graph.Dispose();
        Assert.Throws<ObjectDisposedException>(() => graph.Launch(stream));
        Assert.Equal(0, fake.Count("executables"));
    }

    [Fact]
    public void Launching_a_graph_allocates_nothing()
    {
        using CudaGraph graph = stream.Capture(() => stream.Fill(memory.All(), 1u));
        Assert.Equal(0, Allocation.Measure(() =>
        {
            graph.Launch(stream);
            stream.Synchronize();
        }));
    }
}
