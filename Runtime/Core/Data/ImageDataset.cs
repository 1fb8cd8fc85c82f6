using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Data;

/// <summary>Labelled images of 8 bits per channel, all of one size, in memory.</summary>
public sealed class ImageDataset
{
    private const int BlockBytes = 16;

    private readonly byte[] images;
    private readonly byte[] labels;

    /// <summary>Takes the arrays over without copying them.</summary>
    /// <param name="images">(count, channels, height, width), row-major.</param>
    /// <param name="labels">(count): the class of each image.</param>
    /// <param name="channels">Channels an image has.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <exception cref="ArgumentException">The arrays do not hold the same number of images of this size.</exception>
    public ImageDataset(byte[] images, byte[] labels, int channels, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        int size = checked(channels * height * width);
        if ((long)labels.Length * size != images.Length)
        {
            string wanted = $"{labels.Length} images of {channels}×{height}×{width}";
            long bytes = (long)labels.Length * size;
            throw new ArgumentException($"{wanted} take {bytes} bytes, not {images.Length}", nameof(images));
        }
        this.images = images;
        this.labels = labels;
        Channels = channels;
        Height = height;
        Width = width;
    }

    /// <summary>How many images there are.</summary>
    public int Count => labels.Length;

    /// <summary>Channels an image has.</summary>
    public int Channels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Bytes of one image, and floats one image takes in a batch.</summary>
    public int ImageSize => Channels * Height * Width;

    /// <summary>All pixels: (count, channels, height, width).</summary>
    public ReadOnlySpan<byte> Images => images;

    /// <summary>All labels: (count).</summary>
    public ReadOnlySpan<byte> Labels => labels;

    /// <summary>The pixels of one image: (channels, height, width).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return images.AsSpan(index * ImageSize, ImageSize);
    }

    /// <summary>A data set of the first images, all of them where there are fewer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public ImageDataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count >= Count
            ? this
            : new ImageDataset(images[..(count * ImageSize)], labels[..count], Channels, Height, Width);
    }

    /// <summary>Copies a batch as (pixel / 255 - mean) / deviation, one mean and deviation for all channels. Allocates
    /// nothing.</summary>
    /// <inheritdoc cref="CopyBatch(ReadOnlySpan{int}, Span{float}, Span{long}, ReadOnlySpan{float},
    /// ReadOnlySpan{float})"/>
    public void CopyBatch(
        ReadOnlySpan<int> indices,
        Span<float> batch,
        Span<long> batchLabels,
        float mean = 0f,
        float deviation = 1f)
    {
        CheckLengths(indices, batch, batchLabels);
        for (int row = 0; row < indices.Length; row++)
        {
            ReadOnlySpan<byte> image = Image(indices[row]);
            Normalise(image, batch.Slice(row * ImageSize, ImageSize), mean, deviation);
            batchLabels[row] = labels[indices[row]];
        }
    }

    /// <summary>Copies a batch as (pixel / 255 - mean) / deviation, with a mean and deviation for each channel.
    /// Allocates nothing.</summary>
    /// <param name="indices">The images to copy.</param>
    /// <param name="batch">Receives (indices, channels, height, width).</param>
    /// <param name="batchLabels">Receives (indices): the classes.</param>
    /// <param name="mean">What is subtracted, in units of the full brightness.</param>
    /// <param name="deviation">What is divided by, in units of the full brightness.</param>
    /// <exception cref="ArgumentException">A span is too short or has not one value per channel.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index names no image.</exception>
    public void CopyBatch(
        ReadOnlySpan<int> indices,
        Span<float> batch,
        Span<long> batchLabels,
        ReadOnlySpan<float> mean,
        ReadOnlySpan<float> deviation)
    {
        CheckLengths(indices, batch, batchLabels);
        if (mean.Length != Channels || deviation.Length != Channels)
        {
            throw new ArgumentException($"mean and deviation need {Channels} values, one a channel", nameof(mean));
        }
        int plane = Height * Width;
        for (int row = 0; row < indices.Length; row++)
        {
            ReadOnlySpan<byte> image = Image(indices[row]);
            Span<float> target = batch.Slice(row * ImageSize, ImageSize);
            for (int channel = 0; channel < Channels; channel++)
            {
                Span<float> values = target.Slice(channel * plane, plane);
                Normalise(image.Slice(channel * plane, plane), values, mean[channel], deviation[channel]);
            }
            batchLabels[row] = labels[indices[row]];
        }
    }

    private void CheckLengths(ReadOnlySpan<int> indices, ReadOnlySpan<float> batch, ReadOnlySpan<long> batchLabels)
    {
        long needed = (long)indices.Length * ImageSize;
        if (batch.Length < needed)
        {
            string counts = $"{indices.Length} images need {needed} floats, not {batch.Length}";
            throw new ArgumentException(counts, nameof(batch));
        }
        if (batchLabels.Length < indices.Length)
        {
            string counts = $"{indices.Length} images need as many labels, not {batchLabels.Length}";
            throw new ArgumentException(counts, nameof(batchLabels));
        }
    }

    /// <summary>Turns pixels of 8 bits into (pixel / 255 - mean) / deviation.</summary>
    /// <param name="source">The pixels.</param>
    /// <param name="target">Receives as many numbers.</param>
    /// <param name="mean">What is subtracted, in units of the full brightness.</param>
    /// <param name="deviation">What is divided by, in units of the full brightness.</param>
    /// <exception cref="ArgumentException">The target is shorter than the source.</exception>
    public static void Normalise(
        ReadOnlySpan<byte> source, Span<float> target, float mean = 0f, float deviation = 1f)
    {
        if (target.Length < source.Length)
        {
            string counts = $"{source.Length} pixels need as many floats, not {target.Length}";
            throw new ArgumentException(counts, nameof(target));
        }


        Vector128<float> means = Vector128.Create(mean);
        Vector128<float> deviations = Vector128.Create(deviation);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(target);
        int index = 0;
        for (; index <= source.Length - BlockBytes; index += BlockBytes)
        {
            Vector128<byte> pixels = Vector128.LoadUnsafe(ref from, (nuint)index);
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(pixels);
            StoreEight(low, means, deviations, ref Unsafe.Add(ref to, index));
            StoreEight(high, means, deviations, ref Unsafe.Add(ref to, index + BlockBytes / 2));
        }
        for (; index < source.Length; index++)
        {
            target[index] = (source[index] / 255f - mean) / deviation;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEight(
        Vector128<ushort> pixels, Vector128<float> means, Vector128<float> deviations, ref float target)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(pixels);
        Vector128<float> full = Vector128.Create(255f);
        Vector128<float> first = (Vector128.ConvertToSingle(low.AsInt32()) / full - means) / deviations;
        Vector128<float> second = (Vector128.ConvertToSingle(high.AsInt32()) / full - means) / deviations;
        first.StoreUnsafe(ref target);
        second.StoreUnsafe(ref target, (nuint)Vector128<float>.Count);
    }
}
