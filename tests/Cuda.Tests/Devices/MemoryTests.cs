using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Devices;

public sealed class MemoryTests : IDisposable
{
    private readonly FakeDriver fake = new();
    private readonly CudaContext context;
    private readonly CudaStream stream;

    public MemoryTests()
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
    public void What_is_copied_in_comes_out()
    {
        using CudaMemory memory = context.Allocate(40);
        Assert.Equal((40, 0UL), (memory.Bytes, memory.Address % 256));
        float[] values = [1, 2, 3, 4, 5];
        stream.Upload<float>(values, memory.Slice(20, 20));
        stream.Copy(memory.Slice(20, 20), memory.Slice(0, 20));
        float[] read = new float[10];
        stream.Download(memory.All(), read.AsSpan());
        Assert.Equal([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], read);
    }

    [Fact]
    public void Fills_write_bytes_and_words()
    {
        using CudaMemory memory = context.Allocate(8);
        stream.Fill(memory.Slice(0, 4), (byte)0x12);
        stream.Fill(memory.Slice(4, 4), 0x01020304u);
        uint[] read = new uint[2];
        stream.Download(memory.All(), read.AsSpan());
        Assert.Equal([0x12121212u, 0x01020304u], read);
        Assert.Throws<ArgumentException>(() => stream.Fill(memory.Slice(2, 4), 1u));
        Assert.Throws<ArgumentException>(() => stream.Fill(memory.Slice(0, 6), 1u));
    }

    [Fact]
    public void Copies_of_page_locked_memory_are_done_later()
    {
        using CudaMemory memory = context.Allocate(8);
        using CudaPinnedMemory pinned = context.AllocatePinned(16);
        pinned.Span<int>(0, 2)[0] = 5;
        stream.Copy(pinned, 0, memory.All());
        pinned.Span<int>(0, 2)[1] = 6;
        stream.Copy(memory.All(), pinned, 8);
        Assert.Empty(fake.Work);
        Assert.False(stream.IsIdle);
        stream.Synchronize();
        Assert.True(stream.IsIdle);
        Assert.Equal([5, 6, 5, 6], pinned.Span<int>(0, 4).ToArray());
        Assert.Equal(["copy 8", "copy 8"], fake.Work);
    }

    [Fact]
    public void A_full_device_tells_what_was_asked_and_what_is_free()
    {
        fake.Set("memory", 1_000_000);
        using CudaMemory memory = context.Allocate(400_000);
        var error = Assert.Throws<CudaMemoryException>(() => context.Allocate(2_000_000));
        Assert.Equal(
            "cuda:0 Fake GPU 0, compute capability 9.0, 1,024 MiB has no room for 2,000,000 bytes of device memory:"
            + " 600,000 of 1,000,000 bytes are free", error.Message);
        Assert.Equal((2_000_000, 600_000, 1_000_000), (error.AskedBytes, error.FreeBytes, error.TotalBytes));
        Assert.Equal(("cuMemAlloc_v2", CudaResult.OutOfMemory), (error.Call, error.Result));
        fake.Fail("cuMemGetInfo_v2", 999);
        error = Assert.Throws<CudaMemoryException>(() => context.Allocate(2_000_000));
        Assert.EndsWith("it is full", error.Message);
        fake.Set("hostMemory", 10);
        error = Assert.Throws<CudaMemoryException>(() => context.AllocatePinned(11));
        Assert.Contains("11 bytes of page-locked memory of the host", error.Message);
    }

    [Fact]
    public void Nothing_takes_memory_too()
    {
        using CudaMemory memory = context.Allocate(0);
        stream.Upload<float>([], memory.All());
        stream.Download(memory.All(), Span<float>.Empty);
        stream.Copy(memory.All(), memory.All());
        stream.Fill(memory.All(), 0u);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 11)]
    [InlineData(10, 1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, long.MaxValue)]
    public void A_slice_lies_within(long offset, long bytes)
    {
        using CudaMemory memory = context.Allocate(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(offset, bytes));
    }

    [Fact]
    public void Sizes_must_agree()
    {
        using CudaMemory memory = context.Allocate(8);
        using CudaPinnedMemory pinned = context.AllocatePinned(8);
        Assert.Throws<ArgumentException>(() => stream.Upload<float>([1], memory.All()));
        Assert.Throws<ArgumentException>(() => stream.Download(memory.All(), new float[3].AsSpan()));
        Assert.Throws<ArgumentException>(() => stream.Copy(memory.Slice(0, 4), memory.All()));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Copy(pinned, 1, memory.All()));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Copy(memory.All(), pinned, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pinned.Span<double>(1, 1).Length);
        Assert.Throws<ArgumentException>(() => stream.Fill(default, 1));
    }

    [Fact]
    public void Disposed_memory_is_not_touched()
    {
        CudaMemory memory = context.Allocate(8);
        CudaPinnedMemory pinned = context.AllocatePinned(8);
        CudaSlice slice = memory.All();
        memory.Dispose();
        pinned.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Upload<int>([1, 2], slice));
        Assert.Throws<ObjectDisposedException>(() => pinned.Span<byte>(0, 1).Length);
        using CudaMemory other = context.Allocate(8);
        Assert.Throws<ObjectDisposedException>(() => stream.Copy(pinned, 0, other.All()));
    }

    [Fact]
    public void Copies_allocate_nothing()
    {
        using CudaMemory memory = context.Allocate(64);
        using CudaPinnedMemory pinned = context.AllocatePinned(64);
        float[] values = new float[16];
        void Copy()
        {
            stream.Upload<float>(values, memory.All());
            stream.Copy(pinned, 0, memory.All());
            stream.Fill(memory.All(), 0u);
            stream.Copy(memory.All(), pinned, 0);
            stream.Download(memory.All(), values.AsSpan());
        }

        Assert.Equal(0, Allocation.Measure(Copy));
    }
}
