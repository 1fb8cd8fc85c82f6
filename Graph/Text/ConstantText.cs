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
            long stored = Stored(type, bits[i]);
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

    // Floats other than F32 are written as the doubles that hold them.
    private static int Width(DType type) => type.IsFloat() && type != DType.F32 ? 16 : 2 * DTypes.SizeOf(type);

    private static long Stored(DType type, long bits)
    {
        if (type != DType.F32)
        {
            return bits;
        }

        float value = (float)BitConverter.Int64BitsToDouble(bits);
        return BitConverter.ToInt32(BitConverter.GetBytes(value), 0);
    }

    private static long Loaded(DType type, long stored) => type switch
    {
        DType.F32 => BitConverter.DoubleToInt64Bits(Single(unchecked((int)stored))),
        DType.Bool => stored <= 1 ? stored : throw new GraphException($"{stored} is not a truth value"),
        DType.I8 => unchecked((sbyte)stored),
        DType.I16 => unchecked((short)stored),
        DType.I32 => unchecked((int)stored),
        _ => stored,
    };

    private static float Single(int bits) => BitConverter.ToSingle(BitConverter.GetBytes(bits), 0);
}
