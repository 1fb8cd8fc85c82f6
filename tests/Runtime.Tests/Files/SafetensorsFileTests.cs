using System.Diagnostics;
using System.Text;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Tests.Files;

public sealed class SafetensorsFileTests : IDisposable
{
    private const string Empty = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reads_entries_metadata_and_values()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Make(SafetensorsBytes.Header, SafetensorsBytes.DataBytes));
        Assert.Equal(["a", "b"], file.Entries.Select(entry => entry.Name));
        Assert.Equal("hand", file.Metadata["by"]);
        Assert.True(file.TryGet("a", out SafetensorsEntry? entry));
        Assert.Equal(ElementType.F32, entry.ElementType);
        Assert.Equal([2L, 3L], entry.Shape);
        Assert.Equal(24, entry.ByteLength);
        Assert.Equal(24, file.GetBytes("b")[0]);
        Assert.Equal(0x03020100, BitConverter.SingleToInt32Bits(file.Get<float>("a")[0]));
        Assert.False(file.TryGet("c", out _));
    }

    [Fact]
    public void An_unknown_name_lists_the_nearest()
    {
        string header = $$"""{"encoder.weight":{{Empty}},"bias":{{Empty}} }""";
        using SafetensorsFile file = Open(SafetensorsBytes.Make(header, 0));
        var error = Assert.Throws<KeyNotFoundException>(() => file.GetBytes("encoder.wieght"));
        Assert.Equal(
            $"{file.Path} has no tensor 'encoder.wieght'. The nearest are 'encoder.weight', 'bias'.", error.Message);
    }

    [Fact]
    public void Another_element_type_is_refused_and_so_is_a_closed_file()
    {
        SafetensorsFile file = Open(SafetensorsBytes.Make(SafetensorsBytes.Header, SafetensorsBytes.DataBytes));
        var error = Assert.Throws<ArgumentException>(() => file.Get<double>("a").Length);
        Assert.StartsWith($"{file.Path}: 'a' holds F32, not Double.", error.Message);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.GetBytes("a").Length);
    }

    // The expected text is what follows the path.
    [Theory]
    [InlineData("F32", "[2]", "[0,4]", " at byte 60: data_offsets of 't': 4 bytes, but F32[2] takes 8.")]
    [InlineData("F32", "[1]", "[0,8]",
        " at byte 60: data_offsets of 't': [0, 8] does not lie within the 4 bytes of data.")]
    [InlineData("F32", "[1]", "[4,0]",
        " at byte 60: data_offsets of 't': [4, 0] does not lie within the 4 bytes of data.")]
    [InlineData("F32", "[1]", "[0]", " at byte 58: data_offsets of 't': expected 2 numbers, found 1.")]
    [InlineData("F32", "[1]", "[0,2,4]", " at byte 60: data_offsets of 't': more than 2 numbers.")]
    [InlineData("F8_E5M2", "[4]", "[0,4]", " at byte 22: dtype of 't': 'F8_E5M2' is not a type this reader knows.")]
    [InlineData("U8", "[-4]", "[0,4]", " at byte 36: shape of 't': expected integers from 0 to 2^63 - 1.")]
    [InlineData("U8", "[1e400]", "[0,4]", " at byte 36: shape of 't': expected integers from 0 to 2^63 - 1.")]
    [InlineData("U8", "[4.0]", "[0,4]", " at byte 36: shape of 't': expected integers from 0 to 2^63 - 1.")]
    [InlineData("U8", "[[4]]", "[0,4]", null)]
    [InlineData("U8", "[NaN]", "[0,4]", null)]
    [InlineData("U8", "[9223372036854775808]", "[0,4]", null)]
    [InlineData("U8", "4", "[0,4]", " at byte 35: shape of 't': expected StartArray, found Number.")]
    [InlineData("U8", "[4]", "[\"0\",4]", null)]
    [InlineData("U8", "[3]", "[0,3]", " at byte 64: data: 1 bytes behind the last tensor.")]
    [InlineData("U8", "[3]", "[1,4]", null)]
    // Wraps to 4 modulo 2^64.
    [InlineData("U8", "[4194305,4194305,211106198978564]", "[0,4]", null)]
    [InlineData("F32", "[9223372036854775807]", "[0,4]", null)]
    [InlineData("F32", "[9223372036854775807,9223372036854775807,0]", "[0,0]", null)]
    public void Bad_entries_name_byte_and_field(string dtype, string shape, string offsets, string? message)
    {
        ModelFormatException error = Refused(SafetensorsBytes.Make(SafetensorsBytes.One(dtype, shape, offsets), 4));
        Assert.NotNull(error.Offset);
        Assert.NotNull(error.Field);
        if (message is not null)
        {
            Assert.Equal(error.File + message, error.Message);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData(" {}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{}x")]
    [InlineData("{}{}")]
    [InlineData("{")]
    [InlineData("{\"__metadata__\":{\"a\":1}}")]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}")]
    [InlineData("{\"t\":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[0]}}")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"more\":1}}")]
    [InlineData("{\"t\":" + Empty + ",\"t\":" + Empty + "}")]
    [InlineData("{\"\\u0000\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}," +
        "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}," +
        "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}")]
    public void Bad_headers_are_refused(string header) => Refused(SafetensorsBytes.Make(header, 3));

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        byte[] header = Encoding.Latin1.GetBytes("{\"\u00FF\":" + Empty + "}");
        Refused(SafetensorsBytes.Make(header, 0));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(3UL)]
    [InlineData(1UL << 63)]
    public void A_header_length_that_lies_is_refused(ulong declared) =>
        Refused(SafetensorsBytes.Make("{}"u8.ToArray(), 0, declared));

    [Fact]
    public void Too_many_entries_are_refused_and_so_are_too_many_dimensions()
    {
        var header = new StringBuilder("{");
        for (int index = 0; index <= 65_536; index++)
        {
            header.Append(index > 0 ? "," : "");
            header.Append($"\"{index}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        }
        ModelFormatException error = Refused(SafetensorsBytes.Make(header.Append('}').ToString(), 0));
        Assert.Contains("more than 65536 tensors", error.Message);
        string shape = $"[{string.Join(',', Enumerable.Repeat(1, 1_000_000))}]";
        Refused(SafetensorsBytes.Make(SafetensorsBytes.One("U8", shape, "[0,1]"), 1));
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_refused_or_still_a_valid_file()
    {
        byte[] good = SafetensorsBytes.Make(SafetensorsBytes.Header, SafetensorsBytes.DataBytes);
        var watch = Stopwatch.StartNew();
        for (int length = 0; length < good.Length; length++)
        {
            Refused(good[..length]);
        }
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] flipped = [.. good];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            OpensOrIsRefused(flipped);
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_missing_file_is_an_error_of_the_system() =>
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(folder.File("none")));

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(folder.File("file.safetensors", bytes));

    private ModelFormatException Refused(byte[] bytes)
    {
        var error = Assert.Throws<ModelFormatException>(() => Open(bytes).Dispose());
        Assert.Equal(folder.File("file.safetensors"), error.File);
        return error;
    }

    private void OpensOrIsRefused(byte[] bytes)
    {
        try
        {
            using SafetensorsFile file = Open(bytes);
            Assert.Equal(SafetensorsBytes.DataBytes, file.Entries.Sum(entry => file.GetBytes(entry.Name).Length));
        }
        catch (ModelFormatException error)
        {
            Assert.NotNull(error.Offset);
        }
    }
}
