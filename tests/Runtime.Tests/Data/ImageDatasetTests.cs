using Sinter.Runtime.Data;

namespace Sinter.Runtime.Tests.Data;

public sealed class ImageDatasetTests
{
    private const int Size = 3 * 5 * 7;

    private readonly ImageDataset dataset = Make(4);

    [Fact]
    public void A_batch_is_scaled_and_normalised_exactly()
    {
        int[] indices = [3, 0, 3];
        var batch = new float[3 * Size];
        var labels = new long[3];
        dataset.CopyBatch(indices, batch, labels, mean: 0.25f, deviation: 0.3f);
        Assert.Equal([3L, 0L, 3L], labels);
        for (int index = 0; index < batch.Length; index++)
        {
            byte pixel = dataset.Image(indices[index / Size])[index % Size];
            Assert.Equal((pixel / 255f - 0.25f) / 0.3f, batch[index]);
        }
    }

    [Fact]
    public void Every_channel_has_its_own_mean_and_deviation()
    {
        float[] mean = [0.1f, 0.2f, 0.3f];
        float[] deviation = [1f, 2f, 4f];
        var batch = new float[Size];
        dataset.CopyBatch([1], batch, new long[1], mean, deviation);
        for (int index = 0; index < Size; index++)
        {
            int channel = index / 35;
            Assert.Equal((dataset.Image(1)[index] / 255f - mean[channel]) / deviation[channel], batch[index]);
        }
    }

    [Fact]
    public void Copying_allocates_nothing()
    {
        int[] indices = [0, 1, 2, 3];
        var batch = new float[4 * Size];
        var labels = new long[4];
        dataset.CopyBatch(indices, batch, labels);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            dataset.CopyBatch(indices, batch, labels);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_sizes_and_indices_are_refused()
    {
        var batch = new float[Size];
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.CopyBatch([4], batch, new long[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.CopyBatch([-1], batch, new long[1]));
        Assert.Throws<ArgumentException>(() => dataset.CopyBatch([0, 1], batch, new long[2]));
        Assert.Throws<ArgumentException>(() => dataset.CopyBatch([0], batch, []));
        Assert.Throws<ArgumentException>(() => dataset.CopyBatch([0], batch, new long[1], [1f], [1f]));
        var error = Assert.Throws<ArgumentException>(() => new ImageDataset(new byte[5], new byte[2], 1, 1, 2));
        Assert.StartsWith("2 images of 1×1×2 take 4 bytes, not 5", error.Message);
    }

    private static ImageDataset Make(int count)
    {
        var images = new byte[count * Size];
        for (int index = 0; index < images.Length; index++)
        {
            images[index] = (byte)(index * 7);
        }
        return new ImageDataset(images, [.. Enumerable.Range(0, count).Select(label => (byte)label)], 3, 5, 7);
    }
}
