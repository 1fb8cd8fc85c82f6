using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Sinter.Runtime.Files;

/// <summary>Writes safetensors files. The same tensors give the same bytes, in whatever order they come.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Replaces the file at <paramref name="path"/> atomically.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="tensors">The tensors, names unique.</param>
    /// <param name="metadata">Free text for <c>__metadata__</c>, or null.</param>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    /// <exception cref="SaveException">The file could not be written. The previous file is whole and no temporary file
    /// is left.</exception>
    public static void Write(
        string path,
        IEnumerable<SafetensorsTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        List<SafetensorsTensor> ordered = Order(tensors);
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, stream => WriteTo(stream, header, ordered));
    }

    private static void WriteTo(Stream stream, byte[] header, List<SafetensorsTensor> ordered)
    {
        Span<byte> length = stackalloc byte[SafetensorsFile.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (SafetensorsTensor tensor in ordered)
        {
            tensor.WriteTo(stream);
        }
    }

    // Wide elements first: the data starts at a multiple of 8, so every tensor is aligned to its element size.
    private static List<SafetensorsTensor> Order(IEnumerable<SafetensorsTensor> tensors)
    {
        List<SafetensorsTensor> ordered = [.. tensors
            .OrderByDescending(tensor => tensor.ElementType.SizeInBytes())
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in ordered)
        {
            if (!names.Add(tensor.Name))
            {
                string quoted = NearestNames.Quote(tensor.Name);
                throw new ArgumentException($"two tensors are named {quoted}", nameof(tensors));
            }
        }
        return ordered;
    }

    private static byte[] Header(List<SafetensorsTensor> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteEntries(json, ordered);
            json.WriteEndObject();
        }
        int padding = (Alignment - buffer.WrittenCount % Alignment) % Alignment;
        buffer.GetSpan(Alignment)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Count == 0)
        {
            return;
        }
        json.WriteStartObject("__metadata__");
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, List<SafetensorsTensor> ordered)
    {
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        long position = 0;
        foreach (SafetensorsTensor tensor in ordered)
        {
            offsets.Add(tensor.Name, position);
            position = checked(position + tensor.ByteLength);
        }
        foreach (SafetensorsTensor tensor in ordered.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            long offset = offsets[tensor.Name];
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", SafetensorsTypes.Name(tensor.ElementType));
            WriteArray(json, "shape", tensor.Shape);
            WriteArray(json, "data_offsets", [offset, offset + tensor.ByteLength]);
            json.WriteEndObject();
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<long> values)
    {
        json.WriteStartArray(name);
        foreach (long value in values)
        {
            json.WriteNumberValue(value);
        }
        json.WriteEndArray();
    }
}
