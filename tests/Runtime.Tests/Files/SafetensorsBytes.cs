using System.Buffers.Binary;
using System.Text;

namespace Sinter.Runtime.Tests.Files;

/// <summary>Safetensors files put together by hand, right and wrong ones.</summary>
internal static class SafetensorsBytes
{
    public const string Header =
        """
        {"__metadata__":{"by":"hand"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
        "b":{"dtype":"U8","shape":[],"data_offsets":[24,25]}}
        """;

    public const int DataBytes = 25;

    public static byte[] Make(string header, int dataBytes) => Make(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Make(byte[] header, int dataBytes, ulong? declared = null)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, declared ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        for (int index = 0; index < dataBytes; index++)
        {
            file[8 + header.Length + index] = (byte)index;
        }
        return file;
    }

    /// <summary>A header with one tensor t.</summary>
    public static string One(string dtype, string shape, string offsets) =>
        $$$"""{"t":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""";
}
