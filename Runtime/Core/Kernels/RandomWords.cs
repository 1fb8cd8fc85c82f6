using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

/// <summary>Elements of random draws: word i % 4 of the Philox block i / 4, under a seed, a step and a
/// stream.</summary>
public static unsafe class RandomWords
{
    /// <summary>One element.</summary>
    public static uint Word(long seed, long step, long stream, long element)
    {
        var (x0, x1, x2, x3) = Block(seed, step, stream, element >> 2);
        return (element & 3) switch
        {
            0 => x0,
            1 => x1,
            2 => x2,
            _ => x3,
        };
    }

    /// <summary>Sixteen neighbouring elements.</summary>
    public static Vector512<uint> Words512(long seed, long step, long stream, long element)
    {
        uint* words = stackalloc uint[20];
        Fill(words, seed, step, stream, element, 16);
        return Vector512.Load(words + (element & 3));
    }

    /// <summary>Eight neighbouring elements.</summary>
    public static Vector256<uint> Words256(long seed, long step, long stream, long element)
    {
        uint* words = stackalloc uint[12];
        Fill(words, seed, step, stream, element, 8);
        return Vector256.Load(words + (element & 3));
    }

    /// <summary>Four neighbouring elements.</summary>
    public static Vector128<uint> Words128(long seed, long step, long stream, long element)
    {
        uint* words = stackalloc uint[8];
        Fill(words, seed, step, stream, element, 4);
        return Vector128.Load(words + (element & 3));
    }

    private static void Fill(uint* words, long seed, long step, long stream, long element, int count)
    {
        long block = element >> 2;
        for (int i = 0; i < count + (int)(element & 3); i += 4)
        {
            (words[i], words[i + 1], words[i + 2], words[i + 3]) = Block(seed, step, stream, block++);
        }
    }

    private static (uint, uint, uint, uint) Block(long seed, long step, long stream, long block) =>
        Philox.Generate(((uint)block, (uint)stream, (uint)step, (uint)(step >> 32)), (ulong)seed);
}
