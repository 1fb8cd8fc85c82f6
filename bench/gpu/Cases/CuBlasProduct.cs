using System.Runtime.InteropServices;
using Sinter.GpuBench.Timing;
using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench.Cases;

/// <summary>The operands of one product on the device, for cuBLAS.</summary>
internal sealed class CuBlasProduct : IDisposable
{
    private readonly BenchSession session;
    private readonly CuBlas library;
    private readonly CuBlasMode mode;
    private readonly int m;
    private readonly int n;
    private readonly int k;
    private readonly CudaMemory[] operands;

    /// <summary>Takes memory for a product.</summary>
    public CuBlasProduct(BenchSession session, CuBlas library, CuBlasMode mode, int m, int n, int k)
    {
        this.session = session;
        this.library = library;
        this.mode = mode;
        this.m = m;
        this.n = n;
        this.k = k;
        long size = mode == CuBlasMode.Bf16 ? sizeof(ushort) : sizeof(float);
        long[] counts = [(long)m * k, (long)k * n, (long)m * n];
        operands = Array.ConvertAll(counts, count => session.Clock.Context.Allocate(size * count));
    }

    /// <summary>What is timed.</summary>
    public Subject Subject => new("cuBLAS " + mode, runs => session.Clock.Time(runs, Multiply));

    /// <summary>Sends the operands.</summary>
    public void Fill(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (mode == CuBlasMode.Bf16)
        {
            session.Clock.Stream.Upload<ushort>(Narrow(a), operands[0].All());
            session.Clock.Stream.Upload<ushort>(Narrow(b), operands[1].All());
        }
        else
        {
            session.Clock.Stream.Upload(a, operands[0].All());
            session.Clock.Stream.Upload(b, operands[1].All());
        }
    }

    /// <summary>Refuses wrong results: a call with its arguments mixed up would be compared with otherwise.</summary>
    public void Verify(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Multiply();
        float[] result = new float[m * n];
        if (mode == CuBlasMode.Bf16)
        {
            ushort[] narrow = new ushort[m * n];
            session.Clock.Stream.Download(operands[2].All(), narrow.AsSpan());
            result = Array.ConvertAll(narrow, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
        }
        else
        {
            session.Clock.Stream.Download(operands[2].All(), result.AsSpan());
        }

        ProductCases.Verify("cuBLAS " + mode, a, b, result, n, k, mode == CuBlasMode.F32 ? 1e-5 : 3e-2);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(operands, memory => memory.Dispose());

    private void Multiply() => library.Multiply(mode, operands[0], operands[1], operands[2], m, n, k);

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
