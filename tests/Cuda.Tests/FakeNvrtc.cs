using System.Runtime.InteropServices;
using System.Text;
using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests;

/// <summary>A copy of the fake NVRTC for one test.</summary>
internal sealed unsafe class FakeNvrtc : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly nint library;

    /// <summary>A copy.</summary>
    /// <param name="emulates">Whether it compiles kernels to run on this processor, instead of listing them.</param>
    public FakeNvrtc(bool emulates = false)
    {
        Path = folder.File("libnvrtc.so.12");
        File.Copy(CCompiler.Nvrtc, Path);
        library = NativeLibrary.Load(Path);
        Set("emulates", emulates ? 1 : 0);
        if (!emulates)
        {
            return;
        }

        fixed (byte* header = Bytes(CCompiler.EmulationHeader))
        {
            ((delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(library, "fakeNvrtcHeader"))(header);
        }
    }

    public string Path { get; }

    public int Compiles => ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "fakeNvrtcCompiles"))();

    public Nvrtc Open() => Nvrtc.Open(Path);

    public void Set(string key, long value)
    {
        fixed (byte* text = Bytes(key))
        {
            ((delegate* unmanaged<byte*, long, void>)NativeLibrary.GetExport(library, "fakeNvrtcSet"))(text, value);
        }
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
