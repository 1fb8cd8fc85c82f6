using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Tests.Files;

namespace Sinter.Runtime.Tests.Data;

public sealed class MnistTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Plain_and_packed_files_may_be_mixed()
    {
        WriteAll(labels: [3, 9]);
        (ImageDataset train, ImageDataset test) = Mnist.Load(folder.Path);
        Assert.Equal((2, 1, 1, 2), (train.Count, train.Channels, train.Height, train.Width));
        Assert.Equal([3, 9], test.Labels.ToArray());
        Assert.Equal([1, 2, 3, 4], test.Images.ToArray());
    }

    [Fact]
    public void What_is_saved_is_loaded()
    {
        var train = new ImageDataset([1, 2, 3, 4, 5, 6], [7, 8, 9], 1, 2, 1);
        var test = new ImageDataset([10, 20], [0], 1, 1, 2);
        Mnist.Save(folder.Path, train, test);
        (ImageDataset loaded, ImageDataset tests) = Mnist.Load(folder.Path);
        Assert.Equal(train.Images.ToArray(), loaded.Images.ToArray());
        Assert.Equal((3, 2, 1), (loaded.Count, loaded.Height, loaded.Width));
        Assert.Equal(test.Images.ToArray(), tests.Images.ToArray());
        Assert.Equal(train.Labels.ToArray(), loaded.Labels.ToArray());
        var colour = new ImageDataset(new byte[3], [0], 3, 1, 1);
        Assert.Throws<ArgumentException>(() => Mnist.Save(folder.Path, train, colour));
        Assert.Throws<ArgumentException>(() => IdxFile.WriteBytes(folder.File("x"), [2, 3], new byte[5]));
        Assert.Throws<ArgumentException>(() => IdxFile.WriteBytes(folder.File("x"), [], new byte[1]));
        Assert.False(File.Exists(folder.File("x")));
    }

    [Fact]
    public void Missing_files_are_named()
    {
        WriteAll(labels: [3, 9]);
        File.Delete(folder.File("t10k-labels-idx1-ubyte"));
        var error = Assert.Throws<FileNotFoundException>(() => Mnist.Load(folder.Path));
        Assert.Equal($"{folder.Path} lacks t10k-labels-idx1-ubyte (each plain or with .gz).", error.Message);
    }

    [Fact]
    public void Counts_must_agree_and_labels_must_be_classes()
    {
        WriteAll(labels: [1, 2, 3]);
        var error = Assert.Throws<ModelFormatException>(() => Mnist.Load(folder.Path));
        Assert.EndsWith(" at byte 4: dimension 0: expected one label for each of 2 images, found (3).", error.Message);
        WriteAll(labels: [1, 10]);
        error = Assert.Throws<ModelFormatException>(() => Mnist.Load(folder.Path));
        Assert.EndsWith(" at byte 9: label 1: 10 is not a class below 10.", error.Message);
    }

    [Theory]
    [InlineData("00000803000000000000001C0000001C", " at byte 4: dimension 0: there are no images.")]
    [InlineData("00000803000000010000000000000002",
        " at byte 3: dimensions: expected (count, height, width), found (1, 0, 2).")]
    [InlineData("000008010000000101", " at byte 3: dimensions: expected (count, height, width), found (1).")]
    public void Images_must_be_there_and_have_pixels(string images, string message)
    {
        WriteAll(labels: []);
        folder.File("t10k-images-idx3-ubyte", Convert.FromHexString(images));
        folder.File("train-images-idx3-ubyte.gz", IdxFileTests.Pack(Convert.FromHexString(images)));
        var error = Assert.Throws<ModelFormatException>(() => Mnist.Load(folder.Path));
        Assert.EndsWith(message, error.Message);
    }

    // The real files where the checkout has them beside it; the made-up ones above otherwise cover the same code.
    [Fact]
    public void The_real_files_load_where_they_are_present()
    {
        if (FindShared() is not string path)
        {
            WriteAll(labels: [3, 9]);
            Assert.Equal(2, Mnist.Load(folder.Path).Train.Count);
            return;
        }
        (ImageDataset train, ImageDataset test) = Mnist.Load(path);
        Assert.Equal((60_000, 10_000), (train.Count, test.Count));
        Assert.Equal((28, 28), (train.Height, train.Width));
        Assert.Equal([5, 0, 4, 1, 9], train.Labels[..5].ToArray());
        Assert.Equal(5421, train.Labels.Count((byte)5));
        var batch = new float[784 * 60_000];
        train.CopyBatch([.. Enumerable.Range(0, 60_000)], batch, new long[60_000]);
        Assert.Equal(0.1307, batch.Average(value => (double)value), 4);
    }

    private static string? FindShared()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "data", "mnist");
            if (Directory.Exists(path))
            {
                return path;
            }
        }
        return null;
    }

    private void WriteAll(byte[] labels)
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4];
        byte[] file = [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels];
        folder.File("train-images-idx3-ubyte.gz", IdxFileTests.Pack(images));
        folder.File("train-labels-idx1-ubyte.gz", IdxFileTests.Pack(file));
        folder.File("t10k-images-idx3-ubyte", images);
        folder.File("t10k-labels-idx1-ubyte", file);
    }
}
