using System.Diagnostics;
using System.IO.Compression;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Tests.Files;

public sealed class IdxFileTests : IDisposable
{
    private static readonly byte[] Good = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60];

    private const string CutShort = " that such a file can hold: it is cut short.";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Plain_and_packed_files_give_the_same()
    {
        foreach (string path in new[] { folder.File("plain", Good), folder.File("packed.gz", Pack(Good)) })
        {
            (int[] shape, byte[] data) = IdxFile.ReadBytes(path);
            Assert.Equal([2, 3], shape);
            Assert.Equal([10, 20, 30, 40, 50, 60], data);
        }
    }

    [Fact]
    public void A_dimension_of_zero_makes_an_empty_array()
    {
        string path = folder.File("empty", Convert.FromHexString("000008030000001C000000000000001C"));
        (int[] shape, byte[] data) = IdxFile.ReadBytes(path);
        Assert.Equal([28, 0, 28], shape);
        Assert.Empty(data);
    }

    [Theory]
    [InlineData("", " at byte 0: magic number: the file ends here.")]
    [InlineData("00000D01", " at byte 0: magic number: expected 000008 and a rank of 1 to 8, found 00000D01.")]
    [InlineData("00000800", " at byte 0: magic number: expected 000008 and a rank of 1 to 8, found 00000800.")]
    [InlineData("00000809", " at byte 0: magic number: expected 000008 and a rank of 1 to 8, found 00000809.")]
    [InlineData("00000802000000020000", " at byte 10: dimensions: the file ends here.")]
    [InlineData("0000080100000002AA", " at byte 9: data: the file ends here, 1 of 2 bytes missing.")]
    [InlineData("0000080100000001AABB", " at byte 9: data: bytes behind the data.")]
    [InlineData("0000080100000000AA", " at byte 8: data: bytes behind the data.")]
    [InlineData("00000801FFFFFFFF", " at byte 4: dimension 0: 4294967295 makes more than the 8 bytes" + CutShort)]
    [InlineData("00000802FFFFFFFFFFFFFFFF",
        " at byte 4: dimension 0: 4294967295 makes more than the 12 bytes" + CutShort)]
    [InlineData("0000080200000000FFFFFFFF",
        " at byte 8: dimension 1: 4294967295 makes more than 1073741824 bytes.")]
    public void Bad_files_name_byte_and_field(string hex, string message)
    {
        string path = folder.File("bad", Convert.FromHexString(hex));
        Assert.Equal(path + message, Assert.Throws<ModelFormatException>(() => IdxFile.ReadBytes(path)).Message);
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_refused_or_still_valid()
    {
        var watch = Stopwatch.StartNew();
        foreach (byte[] file in new[] { Good, Pack(Good) })
        {
            for (int length = 0; length < file.Length; length++)
            {
                ReadsOrIsRefused(file[..length]);
            }
            for (int bit = 0; bit < file.Length * 8; bit++)
            {
                byte[] flipped = [.. file];
                flipped[bit / 8] ^= (byte)(1 << bit % 8);
                ReadsOrIsRefused(flipped);
            }
        }
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_packed_header_that_lies_allocates_no_more_than_the_file_justifies()
    {
        // Declares 1 GiB - 1 and holds 20 MB of zeros, which pack a thousand to one: the length alone does not give it
        // away.
        var contents = new byte[20_000_000];
        byte[] header = [0, 0, 8, 1, 0x3F, 0xFF, 0xFF, 0xFF];
        header.CopyTo(contents, 0);
        string small = folder.File("small.gz", Pack(contents));
        string large = folder.File("large.gz", [.. Pack(contents), .. new byte[2_000_000]]);
        foreach (string path in new[] { small, large })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<ModelFormatException>(() => IdxFile.ReadBytes(path));
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 80_000_000, $"{allocated} bytes");
        }
    }

    [Fact]
    public void A_bomb_behind_a_modest_header_is_not_unpacked()
    {
        var contents = new byte[50_000_000];
        Good.CopyTo(contents, 0);
        string path = folder.File("bomb.gz", Pack(contents));
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<ModelFormatException>(() => IdxFile.ReadBytes(path));
        Assert.EndsWith("at byte 18: data: bytes behind the data.", error.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    private void ReadsOrIsRefused(byte[] bytes)
    {
        string path = folder.File("file", bytes);
        try
        {
            (int[] shape, byte[] data) = IdxFile.ReadBytes(path);
            Assert.Equal(shape.Aggregate(1, (product, size) => product * size), data.Length);
        }
        catch (ModelFormatException error)
        {
            Assert.Equal(path, error.File);
        }
    }

    internal static byte[] Pack(byte[] contents)
    {
        using var memory = new MemoryStream();
        using (var packer = new GZipStream(memory, CompressionLevel.Optimal))
        {
            packer.Write(contents);
        }
        return memory.ToArray();
    }
}
