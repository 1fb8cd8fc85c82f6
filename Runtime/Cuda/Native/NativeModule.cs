using System.Runtime.InteropServices;

namespace Sinter.Runtime.Cuda.Native;

/// <summary>A loaded library and what was missing of what it should export. It is never unloaded: drivers keep
/// threads.</summary>
internal sealed unsafe class NativeModule(nint handle, string name)
{
    private readonly List<string> missing = [];

    /// <summary>The file it came from where the system says so, else the name it was asked for by.</summary>
    public string Path { get; private set; } = name;

    /// <summary>The functions that were asked for in vain.</summary>
    public IReadOnlyList<string> Missing => missing;

    /// <summary>A function's address, or null, which is noted.</summary>
    public void* Export(string function)
    {
        if (NativeLibrary.TryGetExport(handle, function, out nint address))
        {
            return (void*)address;
        }

        missing.Add(function);
        return null;
    }

    /// <summary>A function's address, or null where the library is older than it.</summary>
    public void* OptionalExport(string function) =>
        NativeLibrary.TryGetExport(handle, function, out nint address) ? (void*)address : null;

    /// <summary>Finds out which file was loaded, from the address of one of its functions.</summary>
    public void Locate(void* function)
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out nint library)
            || !NativeLibrary.TryGetExport(library, "dladdr", out nint export))
        {
            return;
        }

        // Dl_info: file, base, symbol, address; the first is what is wanted.
        nint* info = stackalloc nint[4];
        var find = (delegate* unmanaged<void*, nint*, int>)export;
        if (find(function, info) != 0 && Marshal.PtrToStringUTF8(info[0]) is { Length: > 0 } file)
        {
            Path = System.IO.Path.GetFullPath(file);
        }
    }
}
