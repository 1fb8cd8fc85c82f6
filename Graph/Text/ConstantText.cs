namespace Sinter;

/// <summary>The values of constants as hexadecimal digits: exact, compact, and as wide as the elements are.</summary>
internal static class ConstantText
{
    /// <summary>The digits of every value, one after another.</summary>
    public static string Encode(DType type, EquatableArray<long> bits)
    {
        int width = Width(type);
        var text = new char[bits.Count * width];
        for (int i = 0; i < bits.Count; i++)
        {
            long stored = Constants.Stored(type, bits[i]);
            for (int k = width - 1; k >= 0; k--)
            {
                text[(i * width) + k] = "0123456789abcdef"[(int)(stored & 15)];
                stored >>= 4;
            }
        }

        return new string(text);
    }

    /// <summary>Reads what <see cref="Encode"/> writes.</summary>
    /// <exception cref="GraphException">The text is something else.</exception>
    public static EquatableArray<long> Decode(DType type, string text)
    {
        int width = Width(type);
        if (text.Length % width != 0)
        {
            throw new GraphException($"{text.Length} digits do not make values of {width} digits");
        }

        var bits = new long[text.Length / width];
        for (int i = 0; i < bits.Length; i++)
        {
            long stored = 0;
            for (int k = i * width; k < (i + 1) * width; k++)
            {
                int digit = Digit(text[k]);
                if (digit < 0)
                {
                    throw new GraphException($"'{text.Substring(i * width, width)}' is not hexadecimal");
                }

                stored = (stored << 4) | (uint)digit;
            }

            bits[i] = Loaded(type, stored);
        }

        return bits;
    }

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };

    private static int Width(DType type) => 2 * DTypes.SizeOf(type);

    private static long Loaded(DType type, long stored) => type switch
    {
        DType.F16 or DType.BF16 => BitConverter.DoubleToInt64Bits(Float16.Value(type, unchecked((ushort)stored))),
        DType.F32 => BitConverter.DoubleToInt64Bits(Single(unchecked((int)stored))),
        DType.Bool => stored <= 1 ? stored : throw new GraphException($"{stored} is not a truth value"),
        _ => DTypes.Wrap(type, stored),
    };

    private static float Single(int bits) => BitConverter.ToSingle(BitConverter.GetBytes(bits), 0);
}
