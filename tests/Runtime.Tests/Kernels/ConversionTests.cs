using System.Runtime.Intrinsics;
using Sinter.Runtime.Kernels;

namespace Sinter.Runtime.Tests.Kernels;

/// <summary>Conversions of the formats of 16 bits against the runtime's own, in every width.</summary>
public sealed class ConversionTests
{
    [Fact]
    public void Every_half_is_the_runtimes_number()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var half = Vector256.Create((ushort)bits);
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float[] found =
            [
                Lanes.FromF16(half)[15], Lanes.FromF16(half.GetLower())[7], Lanes.FromF16Lower(half.GetLower())[3],
                Scalars.FromF16((ushort)bits),
            ];
            Assert.All(found, value => Assert.True(
                Same(expected, value), $"{bits:x4}: wanted {expected}, got {value}"));
        }
    }

    [Fact]
    public void Singles_round_to_the_runtimes_halves()
    {
        foreach (float value in Samples())
        {
            ushort expected = BitConverter.HalfToUInt16Bits((Half)value);
            var single = Vector512.Create(value);
            ushort[] found =
            [
                Lanes.ToF16(single)[15], Lanes.ToF16(single.GetLower())[7],
                Lanes.ToF16(single.GetLower().GetLower())[3], Scalars.ToF16(value),
            ];
            bool isNan = float.IsNaN(value);
            Assert.All(found, bits => Assert.True(
                isNan ? Half.IsNaN(BitConverter.UInt16BitsToHalf(bits)) : bits == expected,
                $"{value:R}: wanted {expected:x4}, got {bits:x4}"));
        }
    }

    [Fact]
    public void Doubles_round_to_halves_once()
    {
        foreach (float single in Samples())
        {
            double exact = single;
            foreach (double value in new[] { exact, Math.BitIncrement(exact), Math.BitDecrement(exact) })
            {
                ushort expected = BitConverter.HalfToUInt16Bits((Half)value);
                var number = Vector512.Create(value);
                ushort[] found =
                [
                    Lanes.ToF16(Lanes.ToOdd(number))[7], Lanes.ToF16(Lanes.ToOdd(number.GetLower()))[3],
                    Lanes.ToF16(Lanes.ToOdd(number.GetLower().GetLower()))[1], Scalars.ToF16(value),
                ];
                Assert.All(found, bits => Assert.True(
                    double.IsNaN(value) || bits == expected, $"{value:R}: wanted {expected:x4}, got {bits:x4}"));
            }
        }
    }

    [Fact]
    public void Brain_floats_are_the_nearest_ties_to_even()
    {
        foreach (float value in Samples())
        {
            uint bits = BitConverter.SingleToUInt32Bits(value);
            ushort expected = (ushort)((bits + 0x7FFFL + ((bits >> 16) & 1)) >> 16);
            var single = Vector512.Create(value);
            ushort[] found =
            [
                Lanes.ToBF16(single)[15], Lanes.ToBF16(single.GetLower())[7],
                Lanes.ToBF16(single.GetLower().GetLower())[3], Scalars.ToBF16(value),
            ];
            bool isNan = float.IsNaN(value);
            Assert.All(found, half => Assert.True(
                isNan ? float.IsNaN(Scalars.FromBF16(half)) : half == expected,
                $"{value:R}: wanted {expected:x4}, got {half:x4}"));
            Assert.True(isNan || Same(Scalars.FromBF16(expected), Lanes.FromBF16(Vector256.Create(expected))[15]));
            Assert.True(isNan || Same(Scalars.FromBF16(expected), Lanes.FromBF16Lower(Vector128.Create(expected))[3]));
        }
    }

    [Fact]
    public void Random_words_in_vectors_are_those_of_the_blocks()
    {
        const long seed = 0x123456789ABCDEF0;
        const long step = 0x0FEDCBA987654321;
        foreach (long element in new long[] { 0, 1, 2, 3, 4, 15, 4096, 17179869171, 17179869180, 17179869183 })
        {
            Vector512<uint> wide = RandomWords.Words512(seed, step, 7, element);
            Vector256<uint> medium = RandomWords.Words256(seed, step, 7, element);
            Vector128<uint> narrow = RandomWords.Words128(seed, step, 7, element);
            for (int lane = 0; lane < 16; lane++)
            {
                uint expected = RandomWords.Word(seed, step, 7, element + lane);
                Assert.Equal(expected, wide[lane]);
                Assert.True(lane >= 8 || expected == medium[lane]);
                Assert.True(lane >= 4 || expected == narrow[lane]);
            }
        }
    }

    private static bool Same(float expected, float actual) => float.IsNaN(expected)
        ? float.IsNaN(actual) : BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(actual);

    // Every half, the middle between it and the next, the neighbours of both; and singles from everywhere.
    private static IEnumerable<float> Samples()
    {
        for (int bits = 0; bits < 0x7C00; bits += 5)
        {
            float half = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float middle = bits == 0x7BFF
                ? 65520 : (half + (float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1))) / 2;
            foreach (float value in new[] { half, middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle) })
            {
                yield return value;
                yield return -value;
            }
        }

        for (long bits = 0; bits <= uint.MaxValue; bits += 199933)
        {
            yield return BitConverter.UInt32BitsToSingle((uint)bits);
        }

        uint[] edges = [0x7FFFFFFF, 0x7F800001, uint.MaxValue, 0x477FEFFF, 0x477FF000, 1, 0x33000001];
        foreach (uint bits in edges)
        {
            yield return BitConverter.UInt32BitsToSingle(bits);
        }
    }
}
