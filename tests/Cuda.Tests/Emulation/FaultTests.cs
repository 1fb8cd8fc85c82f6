using System.Text.RegularExpressions;
using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Emulation;

/// <summary>Kernels that are wrong: the emulation finds out, and the host code reports it as it would a device's
/// fault.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly EmulatedDevice device = new();

    public void Dispose() => device.Dispose();

    [Theory]
    [InlineData(
        "if (SN_THREAD_X < 32) { sn_shuffle(1, 0); if (SN_THREAD_X < 16) sn_warp_barrier(); } sn_barrier();", 702,
        "no thread can go on: 48 of 64 wait at a barrier of the block")]
    [InlineData(
        "if (SN_THREAD_X < 32) {\n sn_barrier(); } else {\n sn_barrier(); }", 719,
        "waits at the barrier of line 4 while others wait at that of line 3")]
    [InlineData(
        "if (SN_THREAD_X % 2 == 0) {\n sn_warp_barrier(); } else {\n sn_warp_barrier(); }", 719,
        "waits for its warp in line 4 while others do in line 3")]
    [InlineData("if (SN_THREAD_X == 5) return; sn_warp_barrier();", 719, "ended while others of its warp wait for it")]
    [InlineData(
        "if (SN_THREAD_X == 0) return; sn_warp_barrier();", 719,
        "waits for its warp in line 2, of which a thread has ended")]
    [InlineData("sn_copy_async_16(y, y + 1); ", 719, "an asynchronous copy of 16 bytes is not aligned")]
    [InlineData("SN_DYNAMIC_SHARED(float, s); s[SN_THREAD_X] = 1;", 700, "a write 0 bytes behind the 128 of dynamic")]
    [InlineData("y[SN_THREAD_X] = 1; y[64] = 2;", 700, "a write 256 bytes behind the start of 256 bytes")]
    [InlineData("y[-1] = 2;", 700, "a write -4 bytes behind the start of 256 bytes")]
    public void A_faulty_kernel_loses_the_context_and_is_named(string body, int result, string expected)
    {
        CudaModule module = device.Load("SN_KERNEL(64) faulty(float *y) {\n" + body + "\n}\n");
        CudaMemory y = device.Context.Allocate(256);
        device.Stream.Launch(
            module.GetKernel("faulty"), new CudaLaunchShape(new(1), new(64), 128), new CudaArguments(1).Add(y.All()));
        var error = Assert.Throws<CudaDriverException>(device.Stream.Synchronize);
        Assert.Equal((CudaResult)result, error.Result);
        Assert.True(error.IsContextLost);
        Assert.Contains("waiting for a stream (launched last, newest first: faulty)", error.Message);
        int offset = KernelText.Prelude.Count(c => c == '\n');
        string found = Regex.Replace(
            device.Driver.Work[^1], @"line (\d+)", match => $"line {int.Parse(match.Groups[1].Value, null) - offset}");
        Assert.Contains(expected, found);

        // All later work is refused, without a crash.
        Assert.Throws<CudaDriverException>(() => device.Stream.Fill(y.All(), 1u));
        Assert.Throws<CudaDriverException>(() => device.Context.Allocate(1));
        module.Dispose();
        y.Dispose();
    }

    [Fact]
    public void A_mistake_in_the_text_is_shown_with_its_line()
    {
        var error = Assert.Throws<CudaCompileException>(() => device.Load(
            "SN_KERNEL(64) wrong(float *y) {\n    y[0] = nothing_of_that_name;\n}\n"));
        Assert.Contains(": y[0] = nothing_of_that_name;", error.Message);
        Assert.Contains("'nothing_of_that_name' was not declared", error.Log);
    }

    [Fact]
    public void Launch_bounds_hold()
    {
        using CudaModule module = device.Load("SN_KERNEL(64) f() { }");
        var shape = new CudaLaunchShape(new(1), new(65));
        var error = Assert.Throws<CudaLaunchException>(
            () => device.Stream.Launch(module.GetKernel("f"), shape, new CudaArguments(0)));
        Assert.Contains("the kernel takes blocks of up to 64 threads", error.Message);
    }
}
