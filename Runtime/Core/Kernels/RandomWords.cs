using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

/// <summary>Elements of random draws: word i % 4 of the Philox block i / 4, under a seed, a step and a
/// stream.</summary>
/// <remarks>A vector computes as many neighbouring blocks as it has room for words: words 0 and 2 of all blocks in one
/// register, words 1 and 3 in another, each in 64 bits of which the upper half means nothing. A round multiplies the
/// first register, whose halves change places from round to round, so that only the second has to be turned.</remarks>
public static unsafe class RandomWords
{
    private const ulong FirstMultiplier = 0xD2511F53;
    private const ulong SecondMultiplier = 0xCD9E8D57;
    private const uint FirstWeyl = 0x9E3779B9;
    private const uint SecondWeyl = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>One element.</summary>
    public static uint Word(long seed, long step, long stream, long element)
    {
        var (x0, x1, x2, x3) = Philox.Generate(
            ((uint)(element >> 2), (uint)stream, (uint)step, (uint)(step >> 32)), (ulong)seed);
        return (element & 3) switch
        {
            0 => x0,
            1 => x1,
            2 => x2,
            _ => x3,
        };
    }

    /// <summary>Sixteen neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Words512(long seed, long step, long stream, long element) =>
        (element & 3) == 0 ? Blocks512(seed, step, stream, element >> 2) : Across512(seed, step, stream, element);

    /// <summary>Eight neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Words256(long seed, long step, long stream, long element) =>
        (element & 3) == 0 ? Blocks256(seed, step, stream, element >> 2) : Across256(seed, step, stream, element);

    /// <summary>Four neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Words128(long seed, long step, long stream, long element) =>
        (element & 3) == 0 ? Blocks128(seed, step, stream, element >> 2) : Across128(seed, step, stream, element);

    // Elements that begin inside a block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<uint> Across512(long seed, long step, long stream, long element)
    {
        uint* words = stackalloc uint[32];
        Blocks512(seed, step, stream, element >> 2).Store(words);
        Blocks512(seed, step, stream, (element >> 2) + 4).Store(words + 16);
        return Vector512.Load(words + (element & 3));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<uint> Across256(long seed, long step, long stream, long element)
    {
        uint* words = stackalloc uint[16];
        Blocks256(seed, step, stream, element >> 2).Store(words);
        Blocks256(seed, step, stream, (element >> 2) + 2).Store(words + 8);
        return Vector256.Load(words + (element & 3));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<uint> Across128(long seed, long step, long stream, long element)
    {
        uint* words = stackalloc uint[8];
        Blocks128(seed, step, stream, element >> 2).Store(words);
        Blocks128(seed, step, stream, (element >> 2) + 1).Store(words + 4);
        return Vector128.Load(words + (element & 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Blocks512(long seed, long step, long stream, long block)
    {
        uint first = (uint)block;
        Vector256<ulong> counters = Vector256.Create((ulong)first, first + 1, first + 2, first + 3);
        Vector512<ulong> even = Vector512.Create(counters, Vector256.Create((ulong)(uint)step));
        Vector512<ulong> odd = Pair512((ulong)(uint)stream, (ulong)step >> 32);
        Vector512<ulong> multipliers = Pair512(FirstMultiplier, SecondMultiplier);
        Vector512<ulong> turned = Pair512(SecondMultiplier, FirstMultiplier);
        uint firstKey = (uint)seed;
        uint secondKey = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round += 2)
        {
            // Words 2 and 3 are below after the first of two rounds, words 0 and 1 after the second.
            Vector512<ulong> product = Multiply(even, multipliers);
            even = (product >> 32) ^ Turned(odd) ^ Pair512(secondKey, firstKey);
            odd = product;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
            product = Multiply(even, turned);
            even = (product >> 32) ^ Turned(odd) ^ Pair512(firstKey, secondKey);
            odd = product;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
        }

        Vector512<ulong> words = (even & Vector512.Create(0xFFFFFFFFUL)) | (odd << 32);
        return Vector512.Shuffle(words, Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pair512(ulong lower, ulong upper) =>
        Vector512.Create(Vector256.Create(lower), Vector256.Create(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Turned(Vector512<ulong> value) =>
        Vector512.Shuffle(value, Vector512.Create(4UL, 5, 6, 7, 0, 1, 2, 3));

    // The lower 32 bits of both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.IsSupported
        ? Avx512F.Multiply(left.AsUInt32(), right.AsUInt32())
        : Vector512.Create(Multiply(left.GetLower(), right.GetLower()), Multiply(left.GetUpper(), right.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Blocks256(long seed, long step, long stream, long block)
    {
        uint first = (uint)block;
        Vector256<ulong> even = Vector256.Create(first, first + 1, (ulong)(uint)step, (uint)step);
        Vector256<ulong> odd = Pair256((ulong)(uint)stream, (ulong)step >> 32);
        Vector256<ulong> multipliers = Pair256(FirstMultiplier, SecondMultiplier);
        Vector256<ulong> turned = Pair256(SecondMultiplier, FirstMultiplier);
        uint firstKey = (uint)seed;
        uint secondKey = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round += 2)
        {
            Vector256<ulong> product = Multiply(even, multipliers);
            even = (product >> 32) ^ Turned(odd) ^ Pair256(secondKey, firstKey);
            odd = product;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
            product = Multiply(even, turned);
            even = (product >> 32) ^ Turned(odd) ^ Pair256(firstKey, secondKey);
            odd = product;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
        }

        Vector256<ulong> words = (even & Vector256.Create(0xFFFFFFFFUL)) | (odd << 32);
        return Vector256.Shuffle(words, Vector256.Create(0UL, 2, 1, 3)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Pair256(ulong lower, ulong upper) =>
        Vector256.Create(Vector128.Create(lower), Vector128.Create(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turned(Vector256<ulong> value) =>
        Vector256.Shuffle(value, Vector256.Create(2UL, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> left, Vector256<ulong> right) => Avx2.IsSupported
        ? Avx2.Multiply(left.AsUInt32(), right.AsUInt32())
        : Vector256.Create(Multiply(left.GetLower(), right.GetLower()), Multiply(left.GetUpper(), right.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Blocks128(long seed, long step, long stream, long block)
    {
        Vector128<ulong> even = Vector128.Create((ulong)(uint)block, (uint)step);
        Vector128<ulong> odd = Vector128.Create((ulong)(uint)stream, (ulong)step >> 32);
        Vector128<ulong> multipliers = Vector128.Create(FirstMultiplier, SecondMultiplier);
        Vector128<ulong> turned = Vector128.Create(SecondMultiplier, FirstMultiplier);
        uint firstKey = (uint)seed;
        uint secondKey = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round += 2)
        {
            Vector128<ulong> product = Multiply(even, multipliers);
            even = (product >> 32) ^ Turned(odd) ^ Vector128.Create((ulong)secondKey, firstKey);
            odd = product;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
            product = Multiply(even, turned);
            even = (product >> 32) ^ Turned(odd) ^ Vector128.Create((ulong)firstKey, secondKey);
            odd = product;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
        }

        return ((even & Vector128.Create(0xFFFFFFFFUL)) | (odd << 32)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Turned(Vector128<ulong> value) =>
        Vector128.Shuffle(value, Vector128.Create(1UL, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right) => Sse2.IsSupported
        ? Sse2.Multiply(left.AsUInt32(), right.AsUInt32())
        : (left & Vector128.Create(0xFFFFFFFFUL)) * (right & Vector128.Create(0xFFFFFFFFUL));
}
