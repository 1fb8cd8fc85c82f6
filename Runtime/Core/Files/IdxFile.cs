using System.Buffers.Binary;
using System.IO.Compression;

namespace Sinter.Runtime.Files;

/// <summary>The idx files of MNIST and its relatives: arrays of unsigned bytes, plain or compressed with
/// gzip.</summary>
public static class IdxFile
{
    private const int MaximumRank = 8;
    private const byte UnsignedByte = 0x08;
    private const long MaximumBytes = 1L << 30;
    private const int FirstBufferBytes = 1 << 20;

    // Deflate cannot pack tighter than this, so a header that declares more is a lie.
    private const long MaximumRatio = 1032;

    /// <summary>Reads a whole file. It is unpacked when it starts with gzip's magic number.</summary>
    /// <returns>The dimensions, and that many bytes, row-major.</returns>
    /// <exception cref="ModelFormatException">The file is not an idx file of bytes, is cut short, has trailing bytes,
    /// or declares more than 1 GiB or more than its own length can hold. At most twice the bytes that are really there
    /// are allocated, whatever the header says.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static (int[] Shape, byte[] Data) ReadBytes(string path)
    {
        // A pipe or a device has no length. Opening a pipe would wait for somebody who writes to it.
        if (new FileInfo(path) is { Exists: true, Length: 0 })
        {
            throw new ModelFormatException(path, "the file ends here", 0, "magic number");
        }
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!stream.CanSeek)
        {
            throw new ModelFormatException(path, "a pipe or device, not a file");
        }
        try
        {
            bool packed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
            stream.Position = 0;
            if (!packed)
            {
                return Read(path, stream, stream.Length);
            }
            using var unpacked = new GZipStream(stream, CompressionMode.Decompress);
            return Read(path, unpacked, stream.Length * MaximumRatio);
        }
        catch (InvalidDataException exception)
        {
            throw new ModelFormatException(path, $"broken gzip data ({exception.Message})", null, "gzip", exception);
        }
    }

    /// <summary>Writes a whole file, not compressed; a failure leaves the previous one whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The dimensions, 1 to 8 of them.</param>
    /// <param name="data">That many bytes, row-major.</param>
    /// <exception cref="ArgumentException">The data does not have the shape.</exception>
    /// <exception cref="SaveException">The file cannot be written.</exception>
    public static void WriteBytes(string path, ReadOnlySpan<int> shape, ReadOnlyMemory<byte> data)
    {
        long size = 1;
        byte[] header = new byte[4 + (4 * shape.Length)];
        header[2] = UnsignedByte;
        header[3] = (byte)shape.Length;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            size = checked(size * shape[axis]);
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * axis)), shape[axis]);
        }

        if (shape.Length is 0 or > MaximumRank || size != data.Length)
        {
            string dimensions = string.Join(", ", shape.ToArray());
            throw new ArgumentException($"{data.Length} bytes do not have the shape ({dimensions})", nameof(data));
        }

        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            stream.Write(data.Span);
        });
    }

    private static (int[] Shape, byte[] Data) Read(string path, Stream stream, long available)
    {
        Span<byte> header = stackalloc byte[4 + 4 * MaximumRank];
        ReadHeader(path, stream, header[..4], 0, "magic number");
        if (header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] is 0 or > MaximumRank)
        {
            string found = Convert.ToHexString(header[..4]);
            string problem = $"expected 000008 and a rank of 1 to 8, found {found}";
            throw new ModelFormatException(path, problem, 0, "magic number");
        }
        int rank = header[3];
        ReadHeader(path, stream, header.Slice(4, 4 * rank), 4, "dimensions");
        var sizes = new uint[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            sizes[axis] = BinaryPrimitives.ReadUInt32BigEndian(header.Slice(4 + 4 * axis, 4));
        }
        int[] shape = CheckSizes(path, sizes, available);
        int count = shape.Aggregate(1, (product, size) => product * size);
        return (shape, ReadData(path, stream, count, 4 + 4 * rank));
    }

    private static int[] CheckSizes(string path, uint[] sizes, long available)
    {
        bool isEmpty = sizes.Contains(0u);
        var shape = new int[sizes.Length];
        long bytes = 1;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            uint size = sizes[axis];
            // Neither factor exceeds 2^32 and 2^30, so the product fits.
            bytes *= Math.Max(1, size);
            bool isCut = bytes > available && !isEmpty;
            if (isCut || bytes > MaximumBytes)
            {
                string problem = isCut
                    ? $"{size} makes more than the {available} bytes that such a file can hold: it is cut short"
                    : $"{size} makes more than {MaximumBytes} bytes";
                throw new ModelFormatException(path, problem, 4 + 4 * axis, $"dimension {axis}");
            }
            shape[axis] = (int)size;
        }
        return shape;
    }

    private static void ReadHeader(string path, Stream stream, Span<byte> bytes, int offset, string field)
    {
        int found = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (found < bytes.Length)
        {
            throw new ModelFormatException(path, "the file ends here", offset + found, field);
        }
    }

    // The buffer grows with what has really arrived.
    private static byte[] ReadData(string path, Stream stream, int count, int offset)
    {
        var data = new byte[Math.Min(count, FirstBufferBytes)];
        int filled = 0;
        while (true)
        {
            filled += stream.ReadAtLeast(data.AsSpan(filled), data.Length - filled, throwOnEndOfStream: false);
            if (filled < data.Length)
            {
                string problem = $"the file ends here, {count - filled} of {count} bytes missing";
                throw new ModelFormatException(path, problem, offset + (long)filled, "data");
            }
            if (filled == count)
            {
                break;
            }
            Array.Resize(ref data, (int)Math.Min(count, 2L * data.Length));
        }
        if (stream.ReadByte() >= 0)
        {
            throw new ModelFormatException(path, "bytes behind the data", offset + (long)count, "data");
        }
        return data;
    }
}
