using System.Runtime.InteropServices;

namespace Sinter.Runtime.Tests.Kernels;

/// <summary>One page of memory with forbidden pages on both sides: a read or write outside ends the process.</summary>
internal sealed unsafe partial class GuardedPage : IDisposable
{
    public const int Bytes = 65_536;
    private const int ReadWrite = 3;
    private const int PrivateAnonymousLinux = 0x22;
    private const int PrivateAnonymousMac = 0x1002;
    private const uint Reserve = 0x2000;
    private const uint Commit = 0x1000;
    private const uint NoAccess = 1;
    private const uint PageReadWrite = 4;
    private const uint Release = 0x8000;

    private readonly nint reserved;

    public GuardedPage()
    {
        if (OperatingSystem.IsWindows())
        {
            reserved = VirtualAlloc(0, 3 * Bytes, Reserve, NoAccess);
            Assert.NotEqual(0, VirtualAlloc(reserved + Bytes, Bytes, Commit, PageReadWrite));
        }
        else
        {
            int flags = OperatingSystem.IsMacOS() ? PrivateAnonymousMac : PrivateAnonymousLinux;
            reserved = Map(0, 3 * Bytes, 0, flags, -1, 0);
            Assert.Equal(0, Protect(reserved + Bytes, Bytes, ReadWrite));
        }
        Start = (byte*)(reserved + Bytes);
    }

    public byte* Start { get; }

    public byte* End => Start + Bytes;

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            VirtualFree(reserved, 0, Release);
        }
        else
        {
            Unmap(reserved, 3 * Bytes);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc")]
    private static partial nint VirtualAlloc(nint address, nint size, uint type, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree")]
    private static partial int VirtualFree(nint address, nint size, uint type);
}
