using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sinter.Runtime.Files;

/// <summary>A safetensors file, mapped into memory or embedded in a program, and checked before anything is handed out:
/// the header is at most 100,000,000 bytes of valid JSON without duplicate keys, and the tensors tile the data
/// exactly.</summary>
/// <remarks>The spans point into the mapping: they are valid until <see cref="Dispose"/>. Another process that
/// shortens the file while it is mapped can make reads fail in the operating system; copy a file that others may
/// write.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    internal const int LengthBytes = 8;
    private const long MaximumHeaderBytes = 100_000_000;

    private readonly Action release;
    private readonly Dictionary<string, SafetensorsEntry> byName;
    private byte* start;

    // The memory is released by the given action, once, even when what it holds is refused.
    private SafetensorsFile(string path, byte* memory, long length, Action release)
    {
        Path = path;
        this.release = release;
        start = memory;
        try
        {
            SafetensorsHeader header = SafetensorsHeader.Parse(path, HeaderBytes(length), DataLength(length));
            byName = header.Entries;
            Metadata = header.Metadata;
            Entries = [.. byName.Values.Order(Comparer<SafetensorsEntry>.Create(SafetensorsHeader.ByPosition))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path the file was opened with.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of their bytes in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The <c>__metadata__</c> of the file; empty when it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens and checks a file. No tensor is read.</summary>
    /// <exception cref="ModelFormatException">The file breaks a rule of the format.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        // A pipe or a device has no length. Opening a pipe would wait for somebody who writes to it.
        if (new FileInfo(path) is { Exists: true, Length: 0 })
        {
            throw TooShort(path, 0);
        }
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            // Mapping nothing is an error of the system: refuse it by name.
            if (!stream.CanSeek || stream.Length < LengthBytes)
            {
                throw TooShort(path, stream.CanSeek ? stream.Length : 0);
            }
            return Map(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens and checks a file that is embedded in an assembly. Nothing is copied.</summary>
    /// <param name="assembly">The assembly; in a native executable, the executable.</param>
    /// <param name="name">The resource's name.</param>
    /// <exception cref="FileNotFoundException">The assembly holds no such resource.</exception>
    /// <exception cref="ModelFormatException">The file breaks a rule of the format.</exception>
    public static SafetensorsFile OpenResource(Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        if (assembly.GetManifestResourceStream(name) is not UnmanagedMemoryStream stream)
        {
            throw new FileNotFoundException($"{assembly.GetName().Name} holds no resource '{name}'.", name);
        }

        long length = stream.Length;
        if (length < LengthBytes)
        {
            stream.Dispose();
            throw TooShort(name, length);
        }

        return new SafetensorsFile(name, stream.PositionPointer, length, stream.Dispose);
    }

    /// <summary>The bytes of a tensor, in place.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has this name; the message lists the nearest names.</exception>
    /// <exception cref="NotSupportedException">It is larger than a span can be; use <see
    /// cref="GetPointer"/>.</exception>
    public ReadOnlySpan<byte> GetBytes(string name)
    {
        SafetensorsEntry entry = Find(name);
        return new ReadOnlySpan<byte>(Pointer(entry), SpanLength(entry));
    }

    /// <summary>The elements of a tensor, in place and row-major. The address is aligned as the file lays it
    /// out.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has this name; the message lists the nearest names.</exception>
    /// <exception cref="ArgumentException">The tensor's elements are not of type <typeparamref name="T"/>.</exception>
    /// <exception cref="NotSupportedException">It is larger than a span can be; use <see
    /// cref="GetPointer"/>.</exception>
    public ReadOnlySpan<T> Get<T>(string name) where T : unmanaged
    {
        SafetensorsEntry entry = Find(name);
        if (!entry.ElementType.IsStoredAs<T>())
        {
            string quoted = NearestNames.Quote(name);
            string problem = $"{quoted} holds {entry.ElementType}, not {typeof(T).Name}";
            throw new ArgumentException($"{Path}: {problem}.", nameof(name));
        }
        return MemoryMarshal.Cast<byte, T>(new ReadOnlySpan<byte>(Pointer(entry), SpanLength(entry)));
    }

    /// <summary>The address of a tensor's first byte, for tensors of more than 2 GB. Valid until <see
    /// cref="Dispose"/>.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has this name; the message lists the nearest names.</exception>
    public byte* GetPointer(string name) => Pointer(Find(name));

    /// <summary>Looks a tensor up by name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsEntry? entry) =>
        byName.TryGetValue(name, out entry);

    /// <summary>Releases the mapping; spans handed out earlier must not be used any more.</summary>
    public void Dispose()
    {
        if (start is null)
        {
            return;
        }
        start = null;
        release();
    }

    private static SafetensorsFile Map(string path, FileStream stream)
    {
        long length = stream.Length;
        var mapping = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        var view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        SafeMemoryMappedViewHandle handle = view.SafeMemoryMappedViewHandle;
        byte* memory = null;
        handle.AcquirePointer(ref memory);
        return new SafetensorsFile(path, memory + view.PointerOffset, length, () =>
        {
            handle.ReleasePointer();
            view.Dispose();
            mapping.Dispose();
        });
    }

    private static ModelFormatException TooShort(string path, long found) =>
        new(path, $"expected {LengthBytes} bytes, found {found}", 0, "header length");

    private ReadOnlySpan<byte> HeaderBytes(long fileLength)
    {
        ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, LengthBytes));
        long available = fileLength - LengthBytes;
        if (declared > MaximumHeaderBytes || declared > (ulong)available)
        {
            string limits = $"the file has {available} behind it, and {MaximumHeaderBytes} is the limit";
            string problem = $"{declared} bytes; {limits}";
            throw new ModelFormatException(Path, problem, 0, "header length");
        }
        var json = new ReadOnlySpan<byte>(start + LengthBytes, (int)declared);
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new ModelFormatException(Path, "does not start with '{'", LengthBytes, "header");
        }
        return json;
    }

    private long DataLength(long fileLength) => fileLength - LengthBytes - HeaderBytes(fileLength).Length;

    private byte* Pointer(SafetensorsEntry entry)
    {
        ObjectDisposedException.ThrowIf(start is null, this);
        return start + entry.Offset;
    }

    private SafetensorsEntry Find(string name)
    {
        if (byName.TryGetValue(name, out SafetensorsEntry? entry))
        {
            return entry;
        }
        string quoted = NearestNames.Quote(name);
        string nearest = string.Join(", ", NearestNames.Of(name, byName.Keys).Select(NearestNames.Quote));
        string hint = nearest.Length == 0 ? "It holds none." : $"The nearest are {nearest}.";
        throw new KeyNotFoundException($"{Path} has no tensor {quoted}. {hint}");
    }

    private int SpanLength(SafetensorsEntry entry) => entry.ByteLength <= int.MaxValue
        ? (int)entry.ByteLength
        : throw new NotSupportedException(
            $"{Path}: {NearestNames.Quote(entry.Name)} has {entry.ByteLength} bytes, more than a span can hold.");
}
