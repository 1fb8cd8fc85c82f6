namespace Sinter.Runtime;

/// <summary>The counter-based generator Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As
/// Easy as 1, 2, 3" (2011). The output is a pure function of counter and key, so any element can be drawn by any
/// thread.</summary>
public static class Philox
{
    private const int Rounds = 10;
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstWeyl = 0x9E3779B9;
    private const uint SecondWeyl = 0xBB67AE85;

    /// <summary>Four random words of 32 bits.</summary>
    /// <param name="counter">The 128-bit counter, four words, least significant first.</param>
    /// <param name="key">The key; its low half is the first key word.</param>
    public static (uint X0, uint X1, uint X2, uint X3) Generate((uint X0, uint X1, uint X2, uint X3) counter, ulong key)
    {
        uint firstKey = (uint)key;
        uint secondKey = (uint)(key >> 32);
        (uint x0, uint x1, uint x2, uint x3) = counter;
        for (int round = 0; round < Rounds; round++)
        {
            ulong first = (ulong)FirstMultiplier * x0;
            ulong second = (ulong)SecondMultiplier * x2;
            x0 = (uint)(second >> 32) ^ x1 ^ firstKey;
            x1 = (uint)second;
            x2 = (uint)(first >> 32) ^ x3 ^ secondKey;
            x3 = (uint)first;
            firstKey += FirstWeyl;
            secondKey += SecondWeyl;
        }
        return (x0, x1, x2, x3);
    }
}
