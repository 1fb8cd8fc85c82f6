using System.Runtime.InteropServices;
using System.Text;
using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests;

/// <summary>A copy of the fake driver for one test: its own devices, memory and failures. It stays loaded, as drivers
/// do.</summary>
internal sealed unsafe class FakeDriver : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly nint library;

    public FakeDriver()
    {
        Path = folder.File("libcuda.so.1");
        File.Copy(CCompiler.Driver, Path);
        library = NativeLibrary.Load(Path);
    }

    public string Path { get; }

    /// <summary>The calls so far, without the ones that make a context current.</summary>
    public string[] Calls => [.. Lines("fakeCalls").Where(call => !call.StartsWith("cuCtxGet", StringComparison.Ordinal)
        && !call.StartsWith("cuCtxSet", StringComparison.Ordinal))];

    /// <summary>The work that was done, in order.</summary>
    public string[] Work => Lines("fakeWork");

    public CudaDriver Open() => CudaDriver.Open(Path);

    public CudaContext OpenContext() => new(Open().GetDevice(0));

    public void Set(string key, long value)
    {
        fixed (byte* text = Bytes(key))
        {
            ((delegate* unmanaged<byte*, long, void>)Export("fakeSet"))(text, value);
        }
    }

    public void Fail(string call, int result, int skip = 0, int times = 1)
    {
        fixed (byte* text = Bytes(call))
        {
            ((delegate* unmanaged<byte*, int, int, int, void>)Export("fakeFail"))(text, result, skip, times);
        }
    }

    public long Count(string what)
    {
        fixed (byte* text = Bytes(what))
        {
            return ((delegate* unmanaged<byte*, long>)Export("fakeCount"))(text);
        }
    }

    public void Forget() => ((delegate* unmanaged<void>)Export("fakeForget"))();

    public void Dispose() => folder.Dispose();

    private string[] Lines(string function) =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Export(function))())!
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private nint Export(string name) => NativeLibrary.GetExport(library, name);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
