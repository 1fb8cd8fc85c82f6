using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Devices;

public sealed class StreamTests : IDisposable
{
    private readonly FakeDriver fake = new();
    private readonly CudaContext context;
    private readonly CudaStream stream;

    public StreamTests()
    {
        context = fake.OpenContext();
        stream = context.CreateStream();
    }

    public void Dispose()
    {
        stream.Dispose();
        context.Dispose();
        fake.Dispose();
    }

    [Fact]
    public void A_stream_waits_for_an_event_of_another_one()
    {
        using CudaStream other = context.CreateStream();
        using CudaMemory memory = context.Allocate(4);
        using CudaEvent mark = context.CreateEvent(timed: false);
        stream.Fill(memory.All(), 1u);
        stream.Record(mark);
        stream.Fill(memory.All(), 2u);
        other.Wait(mark);
        other.Fill(memory.All(), 3u);
        other.Synchronize();
        Assert.Equal(["fill 4 with 1", "fill 4 with 3"], fake.Work);
        stream.Synchronize();
        Assert.Equal("fill 4 with 2", fake.Work[^1]);
    }

    [Fact]
    public void Events_measure_time()
    {
        using CudaEvent start = context.CreateEvent();
        using CudaEvent end = context.CreateEvent();
        Assert.True(start.IsReached);
        stream.Record(start);
        stream.Record(end);
        Assert.False(end.IsReached);
        var early = Assert.Throws<CudaDriverException>(() => end.MillisecondsSince(start));
        Assert.Equal(CudaResult.NotReady, early.Result);
        end.Synchronize();
        Assert.True(end.IsReached);
        Assert.InRange(end.MillisecondsSince(start), 0, 60_000);
        using CudaEvent untimed = context.CreateEvent(timed: false);
        Assert.Throws<InvalidOperationException>(() => untimed.MillisecondsSince(start));
        using CudaEvent never = context.CreateEvent();
        Assert.Throws<CudaDriverException>(() => never.MillisecondsSince(start));
    }

    [Fact]
    public void Work_that_fails_is_told_by_whoever_waits_and_by_everything_after()
    {
        using CudaMemory memory = context.Allocate(4);
        fake.Fail("cuCtxSynchronize", 719);
        var error = Assert.Throws<CudaDriverException>(context.Synchronize);
        Assert.True(error.IsContextLost);
        Assert.Contains("unspecified launch failure", error.Message);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void Any_call_may_fail_and_nothing_is_lost(string call, int result)
    {
        fake.Fail(call, result);
        Exception? error = Record.Exception(UseEverything);
        Assert.IsType<CudaException>(error, exactMatch: false);
        if (error is CudaDriverException refused)
        {
            Assert.Equal((call, (CudaResult)result), (refused.Call, refused.Result));
            Assert.True(error is CudaMemoryException || error.Message.Contains($"{call} returned {result}, "));
        }

        UseEverything();
        string[] kinds = ["memory", "hostMemory", "streams", "events", "modules", "graphs", "executables"];
        Assert.Equal([0, 0, 1, 0, 0, 0, 0], kinds.Select(fake.Count));
    }

    public static TheoryData<string, int> Calls()
    {
        var data = new TheoryData<string, int>();
        string[] calls =
        [
            "cuMemAlloc_v2", "cuMemHostAlloc", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuMemcpyDtoDAsync_v2",
            "cuMemsetD8Async", "cuMemsetD32Async", "cuStreamCreate", "cuStreamSynchronize", "cuStreamQuery",
            "cuStreamWaitEvent", "cuEventCreate", "cuEventRecord", "cuEventSynchronize", "cuEventQuery",
            "cuEventElapsedTime", "cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphGetNodes",
            "cuGraphInstantiateWithFlags", "cuGraphLaunch", "cuModuleLoadDataEx", "cuModuleGetFunction",
            "cuFuncGetAttribute", "cuFuncSetAttribute", "cuOccupancyMaxActiveBlocksPerMultiprocessor",
            "cuLaunchKernel", "cuMemGetInfo_v2", "cuCtxSynchronize",
        ];
        foreach (string call in calls)
        {
            foreach (int result in new[] { 1, 2, 700, 999, 54321 })
            {
                data.Add(call, result);
            }
        }

        return data;
    }

    // Every call of the bindings at least once.
    private void UseEverything()
    {
        using CudaStream other = context.CreateStream();
        using CudaMemory memory = context.Allocate(16);
        using CudaPinnedMemory pinned = context.AllocatePinned(16);
        using CudaEvent start = context.CreateEvent();
        using CudaEvent end = context.CreateEvent();
        using CudaModule module = context.Load(Images.Simple);
        CudaKernel kernel = module.GetKernel("nothing");
        _ = kernel.CountActiveBlocks(32);
        _ = context.ReadMemory();
        other.Record(start);
        other.Copy(pinned, 0, memory.All());
        other.Copy(memory.Slice(0, 8), memory.Slice(8, 8));
        other.Copy(memory.All(), pinned, 0);
        other.Fill(memory.All(), (byte)1);
        using (CudaGraph graph = other.Capture(() =>
        {
            other.Launch(kernel, new CudaLaunchShape(new(1), new(32), 100 << 10), new CudaArguments(0));
            other.Fill(memory.All(), 1u);
        }))
        {
            graph.Launch(other);
        }

        other.Record(end);
        stream.Wait(end);
        _ = end.IsReached;
        _ = other.IsIdle;
        end.Synchronize();
        other.Synchronize();
        _ = end.MillisecondsSince(start);
        context.Synchronize();
    }
}
