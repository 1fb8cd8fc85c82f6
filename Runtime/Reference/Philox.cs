namespace Sinter.Reference;

/// <summary>The four words of a counter, and of a block of random words.</summary>
internal readonly record struct PhiloxCounter(uint Word0, uint Word1, uint Word2, uint Word3)
{
    public uint this[int word] => word switch
    {
        0 => Word0,
        1 => Word1,
        2 => Word2,
        _ => Word3,
    };
}

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1,
/// 2, 3"
/// (SC 2011): ten rounds of two 32x32-bit products, the key growing by two fixed odd numbers.
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9;
    private const uint KeyStep1 = 0xBB67AE85;

    /// <summary>The block of words that belongs to a counter and a key.</summary>
    public static PhiloxCounter Block(PhiloxCounter counter, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * counter.Word0;
            ulong product1 = (ulong)Multiplier1 * counter.Word2;
            counter = new PhiloxCounter(
                (uint)(product1 >> 32) ^ counter.Word1 ^ key0,
                (uint)product1,
                (uint)(product0 >> 32) ^ counter.Word3 ^ key1,
                (uint)product0);
            key0 = unchecked(key0 + KeyStep0);
            key1 = unchecked(key1 + KeyStep1);
        }

        return counter;
    }
}
