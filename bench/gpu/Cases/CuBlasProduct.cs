using System.Runtime.InteropServices;
using Sinter.GpuBench.Timing;
using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench.Cases;

/// <summary>The operands of one product on the device, for cuBLAS.</summary>
internal sealed class CuBlasProduct : IDisposable
{
    private readonly BenchSession session;
    private readonly CuBlas library;
    private readonly int m;
    private readonly int n;
    private readonly int k;
    private readonly CudaMemory[] single;
    private readonly CudaMemory[] half;

    /// <summary>Takes memory for a product.</summary>
    public CuBlasProduct(BenchSession session, CuBlas library, int m, int n, int k)
    {
        this.session = session;
        this.library = library;
        this.m = m;
        this.n = n;
        this.k = k;
        long[] counts = [(long)m * k, (long)k * n, (long)m * n];
        single = Array.ConvertAll(counts, count => session.Clock.Context.Allocate(sizeof(float) * count));
        half = Array.ConvertAll(counts, count => session.Clock.Context.Allocate(sizeof(ushort) * count));
    }

    /// <summary>f32, TF32 and BF16.</summary>
    public Subject[] Subjects =>
    [
        .. Enum.GetValues<CuBlasMode>().Select(mode => new Subject(
            "cuBLAS " + mode, runs => session.Clock.Time(runs, () => Multiply(mode)))),
    ];

    /// <summary>Sends the operands.</summary>
    public void Fill(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        session.Clock.Stream.Upload(a, single[0].All());
        session.Clock.Stream.Upload(b, single[1].All());
        session.Clock.Stream.Upload<ushort>(Narrow(a), half[0].All());
        session.Clock.Stream.Upload<ushort>(Narrow(b), half[1].All());
    }

    /// <summary>Refuses wrong results: a call with its arguments mixed up would be compared with otherwise.</summary>
    public void Verify(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float[] result = new float[m * n];
        foreach (CuBlasMode mode in Enum.GetValues<CuBlasMode>())
        {
            Multiply(mode);
            if (mode == CuBlasMode.Bf16)
            {
                ushort[] narrow = new ushort[m * n];
                session.Clock.Stream.Download(half[2].All(), narrow.AsSpan());
                result = Array.ConvertAll(narrow, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
            }
            else
            {
                session.Clock.Stream.Download(single[2].All(), result.AsSpan());
            }

            ProductCases.Verify("cuBLAS " + mode, a, b, result, n, k, mode == CuBlasMode.F32 ? 1e-5 : 3e-2);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach([.. single, .. half], memory => memory.Dispose());

    private void Multiply(CuBlasMode mode)
    {
        CudaMemory[] operands = mode == CuBlasMode.Bf16 ? half : single;
        library.Multiply(mode, operands[0], operands[1], operands[2], m, n, k);
    }

    // The upper half of the bits: rounded towards zero, which is as good for timing.
    private static ushort[] Narrow(ReadOnlySpan<float> values)
    {
        ushort[] result = new ushort[values.Length];
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (ushort)(bits[i] >> 16);
        }

        return result;
    }
}
