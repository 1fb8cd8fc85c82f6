namespace Sinter.Cuda.Tests.Emulation;

/// <summary>What the kernels of the tests give, on the emulation as on a device.</summary>
internal static class Expected
{
    /// <summary>What the kernel 'lanes' writes.</summary>
    public static float[] Lanes()
    {
        float ballot = Enumerable.Range(0, 16).Where(lane => lane % 3 == 0).Sum(lane => 1 << lane);
        return
        [
            .. Enumerable.Range(0, 32).SelectMany(lane => new float[]
            {
                7, lane >= 3 ? lane - 3 : lane, lane < 29 ? lane + 3 : lane, lane ^ 5, lane ^ 5, ballot, 496, 26,
                -5, RoundToBf16(1f + (lane / 256f)) + (float)(Half)(lane + 0.1f),
            }),
        ];
    }

    /// <summary>a (m, k) times b, whose rows or columns are of k.</summary>
    public static float[] Product(float[] a, float[] b, int m, int n, int k, bool byColumns) =>
    [
        .. from i in Enumerable.Range(0, m)
           from j in Enumerable.Range(0, n)
           select Enumerable.Range(0, k).Sum(l => a[(i * k) + l] * b[byColumns ? (j * k) + l : (l * n) + j]),
    ];

    /// <summary>Integers from -8 to 8, of which every sum is exact.</summary>
    public static float[] Integers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-8, 9))];
    }

    /// <summary>The upper half of a float.</summary>
    public static ushort Narrow(float value) => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);

    private static float RoundToBf16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
