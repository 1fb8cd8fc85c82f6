using System.Text;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Tests.Files;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = folder.File("weights.safetensors");
        var metadata = new Dictionary<string, string> { ["z"] = "last", ["a"] = "first \" \u2028" };
        SafetensorsWriter.Write(path, Tensors(), metadata);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(metadata, file.Metadata.ToDictionary());
        Assert.Equal([1.5f, -2f, float.NaN, 0f, 1f, 2f], file.Get<float>("layer.weight").ToArray());
        Assert.Equal([7, 8, 9], file.Get<byte>("codes").ToArray());
        Assert.Equal([long.MinValue], file.Get<long>("step").ToArray());
        Assert.Equal(0, file.GetBytes("nothing").Length);
        Assert.Equal([true, false], file.Get<bool>("flags").ToArray());
        Assert.All(file.Entries, entry => Assert.Equal(0, entry.Offset % entry.ElementType.SizeInBytes()));
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_in_any_order()
    {
        SafetensorsWriter.Write(folder.File("one"), Tensors());
        SafetensorsWriter.Write(folder.File("two"), Tensors().Reverse());
        byte[] bytes = File.ReadAllBytes(folder.File("one"));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("two")));
        long header = BitConverter.ToInt64(bytes);
        Assert.Equal(0, header % 8);
        string text = Encoding.UTF8.GetString(bytes, 8, (int)header);
        Assert.StartsWith("""{"codes":{"dtype":"U8","shape":[3],"data_offsets":[32,35]},"flags":""", text);
    }

    [Fact]
    public void Wrong_tensors_are_refused_before_a_file_exists()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.FromBytes("t", ElementType.F32, [1], bytes));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.FromBytes("__metadata__", ElementType.U8, [3], bytes));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.FromBytes("a\0", ElementType.U8, [3], bytes));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.From<float>("t", ElementType.F64, [1], new float[1]));
        SafetensorsTensor tensor = SafetensorsTensor.FromBytes("t", ElementType.U8, [3], bytes);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.File("x"), [tensor, tensor]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failure_in_the_middle_leaves_the_old_file_and_nothing_else()
    {
        string path = folder.File("weights", "old"u8);
        var failing = new SafetensorsTensor(
            "t", ElementType.U8, [4], _ => throw new InvalidOperationException("broke"));
        var error = Assert.Throws<SaveException>(() => SafetensorsWriter.Write(path, [.. Tensors(), failing]));
        Assert.Equal(path, error.File);
        Assert.Equal($"{path}: could not be saved; the previous file, if any, is untouched. broke", error.Message);
        var shorter = new SafetensorsTensor("t", ElementType.U8, [4], stream => stream.WriteByte(1));
        Assert.Throws<SaveException>(() => SafetensorsWriter.Write(path, [shorter]));
        OnlyTheOldFileIsLeft(path);
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_nothing_else()
    {
        string path = folder.File("weights", "old"u8);
        var error = Assert.Throws<SaveException>(
            () => AtomicFile.Write(path, stream => stream.Write(new byte[1 << 20]), OpenOnFullDisk));
        Assert.IsAssignableFrom<IOException>(error.InnerException);
        OnlyTheOldFileIsLeft(path);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        // Not even root may create a file in a folder that is a file, or in the process table.
        string file = folder.File("file", "old"u8);
        string[] paths = OperatingSystem.IsLinux()
            ? [Path.Combine(file, "weights"), "/proc/weights", folder.File("none/weights")]
            : [Path.Combine(file, "weights"), folder.File("none/weights")];
        foreach (string path in paths)
        {
            var error = Assert.Throws<SaveException>(() => SafetensorsWriter.Write(path, Tensors()));
            Assert.Equal(path, error.File);
        }
        OnlyTheOldFileIsLeft(file);
    }

    private void OnlyTheOldFileIsLeft(string path)
    {
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    // Creates the temporary file, so that its removal can be seen, but writes to the device that is always full.
    // Systems without it get a stream that may not be written: as good a failure.
    private static FileStream OpenOnFullDisk(string path)
    {
        File.WriteAllBytes(path, []);
        return OperatingSystem.IsLinux()
            ? new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0)
            : new FullStream(path);
    }

    private static SafetensorsTensor[] Tensors() =>
    [
        SafetensorsTensor.From<float>(
            "layer.weight", ElementType.F32, [2, 3], new[] { 1.5f, -2f, float.NaN, 0f, 1f, 2f }),
        SafetensorsTensor.From<byte>("codes", ElementType.U8, [3], new byte[] { 7, 8, 9 }),
        SafetensorsTensor.From<long>("step", ElementType.I64, [], new[] { long.MinValue }),
        SafetensorsTensor.From<ushort>("nothing", ElementType.BF16, [0, 5], Array.Empty<ushort>()),
        SafetensorsTensor.From<bool>("flags", ElementType.Bool, [2], new[] { true, false }),
    ];

    private sealed class FullStream(string path) : FileStream(path, FileMode.Open)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("no space left on device");
    }
}
