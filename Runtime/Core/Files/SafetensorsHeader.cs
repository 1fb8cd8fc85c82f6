using System.Text.Json;

namespace Sinter.Runtime.Files;

/// <summary>Reads and checks the JSON header of a safetensors file. Nothing is allocated that the header's own length
/// does not justify.</summary>
internal ref struct SafetensorsHeader
{
    private const int MaximumEntries = 65_536;
    private const int MaximumRank = 64;
    private const int MaximumDepth = 3;
    private const string MetadataName = "__metadata__";

    private readonly string file;
    private readonly long dataStart;
    private readonly long dataLength;
    private Utf8JsonReader reader;

    private SafetensorsHeader(string file, ReadOnlySpan<byte> json, long dataLength)
    {
        this.file = file;
        this.dataLength = dataLength;
        dataStart = SafetensorsFile.LengthBytes + json.Length;
        reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        Entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal);
    }

    /// <summary>The tensors by name.</summary>
    public Dictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The free text of the file.</summary>
    public Dictionary<string, string> Metadata { get; }

    /// <summary>Parses the header and checks it against the length of the data behind it.</summary>
    /// <exception cref="ModelFormatException">Any rule of the format is broken.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json, long dataLength)
    {
        var header = new SafetensorsHeader(file, json, dataLength);
        try
        {
            header.ReadRoot();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is how the reader reports text that is not valid UTF-8 or a lone surrogate.
            throw header.Bad($"not valid JSON ({exception.Message})", "header", exception);
        }
        header.CheckLayout();
        return header;
    }

    private void ReadRoot()
    {
        bool hasMetadata = false;
        Expect(JsonTokenType.StartObject, "header");
        while (NextProperty())
        {
            string name = ReadName("name of a tensor");
            if (name == MetadataName)
            {
                RefuseDuplicate(hasMetadata, name);
                hasMetadata = true;
                ReadMetadata();
                continue;
            }
            RefuseDuplicate(Entries.ContainsKey(name), name);
            if (Entries.Count == MaximumEntries)
            {
                throw Bad($"more than {MaximumEntries} tensors", "header");
            }
            Entries.Add(name, ReadEntry(name));
        }
        // Padding is white space; the reader throws for anything else behind the object.
        reader.Read();
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, MetadataName);
        while (NextProperty())
        {
            string key = ReadName(MetadataName);
            RefuseDuplicate(Metadata.ContainsKey(key), key);
            Expect(JsonTokenType.String, $"{MetadataName} {Quote(key)}");
            Metadata.Add(key, reader.GetString()!);
        }
    }

    private SafetensorsEntry ReadEntry(string name)
    {
        ElementType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(JsonTokenType.StartObject, Quote(name));
        while (NextProperty())
        {
            string field = ReadName(Quote(name));
            switch (field)
            {
                case "dtype":
                    RefuseDuplicate(type is not null, field);
                    type = ReadElementType(name);
                    break;
                case "shape":
                    RefuseDuplicate(shape is not null, field);
                    shape = ReadIntegers($"shape of {Quote(name)}", MaximumRank);
                    break;
                case "data_offsets":
                    RefuseDuplicate(offsets is not null, field);
                    offsets = ReadIntegers($"data_offsets of {Quote(name)}", 2);
                    break;
                default:
                    throw Bad($"unknown field {Quote(field)}", Quote(name));
            }
        }
        return MakeEntry(
            name,
            type ?? throw Bad("missing", $"dtype of {Quote(name)}"),
            shape ?? throw Bad("missing", $"shape of {Quote(name)}"),
            offsets ?? throw Bad("missing", $"data_offsets of {Quote(name)}"));
    }

    private SafetensorsEntry MakeEntry(string name, ElementType type, long[] shape, long[] offsets)
    {
        string field = $"data_offsets of {Quote(name)}";
        if (offsets.Length != 2)
        {
            throw Bad($"expected 2 numbers, found {offsets.Length}", field);
        }
        if (offsets[0] > offsets[1] || offsets[1] > dataLength)
        {
            throw Bad($"[{offsets[0]}, {offsets[1]}] does not lie within the {dataLength} bytes of data", field);
        }
        long length = offsets[1] - offsets[0];
        if (!TryByteCount(shape, type, out long expected))
        {
            throw Bad($"[{string.Join(", ", shape)}] has more bytes than 64 bits can count", $"shape of {Quote(name)}");
        }
        if (length != expected)
        {
            throw Bad($"{length} bytes, but {type}[{string.Join(", ", shape)}] takes {expected}", field);
        }
        return new SafetensorsEntry(name, type, shape, dataStart + offsets[0], length);
    }

    // A zero anywhere makes the product zero, but the other dimensions must not hide an overflow behind it.
    internal static bool TryByteCount(ReadOnlySpan<long> shape, ElementType type, out long bytes)
    {
        bytes = type.SizeInBytes();
        bool empty = false;
        foreach (long dimension in shape)
        {
            empty |= dimension == 0;
            UInt128 product = (UInt128)(ulong)bytes * (ulong)Math.Max(1, dimension);
            if (dimension < 0 || product > long.MaxValue)
            {
                return false;
            }
            bytes = (long)product;
        }
        bytes = empty ? 0 : bytes;
        return true;
    }

    private ElementType ReadElementType(string name)
    {
        Expect(JsonTokenType.String, $"dtype of {Quote(name)}");
        string text = reader.GetString()!;
        return SafetensorsTypes.TryParse(text, out ElementType type)
            ? type
            : throw Bad($"{Quote(text)} is not a type this reader knows", $"dtype of {Quote(name)}");
    }

    private long[] ReadIntegers(string field, int maximum)
    {
        Expect(JsonTokenType.StartArray, field);
        var values = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Bad("expected integers from 0 to 2^63 - 1", field);
            }
            if (values.Count == maximum)
            {
                throw Bad($"more than {maximum} numbers", field);
            }
            values.Add(value);
        }
        return [.. values];
    }

    // The tensors, in the order of their bytes, must tile the data: no hole, no overlap, nothing behind the last.
    private readonly void CheckLayout()
    {
        var ordered = new List<SafetensorsEntry>(Entries.Values);
        ordered.Sort(ByPosition);
        long position = dataStart;
        foreach (SafetensorsEntry entry in ordered)
        {
            if (entry.Offset != position)
            {
                string problem = entry.Offset > position ? "a hole" : "an overlap";
                throw new ModelFormatException(
                    file,
                    $"{problem}: starts at byte {entry.Offset} of the file, the tensor before it ends at {position}",
                    Math.Min(position, entry.Offset),
                    $"data_offsets of {Quote(entry.Name)}");
            }
            position += entry.ByteLength;
        }
        long end = dataStart + dataLength;
        if (position != end)
        {
            throw new ModelFormatException(file, $"{end - position} bytes behind the last tensor", position, "data");
        }
    }

    internal static int ByPosition(SafetensorsEntry left, SafetensorsEntry right)
    {
        int order = left.Offset.CompareTo(right.Offset);
        order = order != 0 ? order : left.ByteLength.CompareTo(right.ByteLength);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    }

    private bool NextProperty() => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private readonly string ReadName(string field)
    {
        string name = reader.GetString()!;
        foreach (char character in name)
        {
            if (char.IsControl(character))
            {
                throw Bad($"control character U+{(int)character:X4} in a name", field);
            }
        }
        return name;
    }

    private void Expect(JsonTokenType type, string field)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw Bad($"expected {type}, found {reader.TokenType}", field);
        }
    }

    private readonly void RefuseDuplicate(bool duplicate, string name)
    {
        if (duplicate)
        {
            throw Bad("the key occurs twice", Quote(name));
        }
    }

    private readonly ModelFormatException Bad(string problem, string field, Exception? inner = null)
    {
        long position = inner is null ? reader.TokenStartIndex : reader.BytesConsumed;
        return new ModelFormatException(file, problem, SafetensorsFile.LengthBytes + position, field, inner);
    }

    private static string Quote(string name) => NearestNames.Quote(name);
}
