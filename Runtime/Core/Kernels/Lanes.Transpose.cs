using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>
    /// target[c * targetStride + r] = source[r * sourceStride + c] for r below <paramref name="width"/> and c below
    /// <paramref name="columns"/>, at most 16 each (a whole vector of each row is read), target rows ascending and at
    /// least that wide apart; rows from <paramref name="rows"/> on are written as zero and not read.
    /// </summary>
    [SkipLocalsInit]
    public static void Transpose(
        float* source, long sourceStride, float* target, long targetStride, long rows, long columns, int width)
    {
        long count = Math.Min(columns, 16);
        if (Avx512F.IsSupported && count > 0)
        {
            if (rows >= 16 && count == 16 && width == 16)
            {
                TransposeBlock(source, sourceStride, target, targetStride, 16);
                return;
            }

            // Whole vectors in ascending order: what one row writes too much, the next one overwrites; only the last
            // is cut.
            float* block = stackalloc float[256];
            TransposeBlock(source, sourceStride, block, 16, rows);
            for (int c = 0; c < count - 1; c++)
            {
                Vector512.Load(block + (c * 16)).Store(target + (c * targetStride));
            }

            StorePartial(target + ((count - 1) * targetStride), Vector512.Load(block + ((count - 1) * 16)), width);
            return;
        }

        for (int c = 0; c < count; c++)
        {
            for (int r = 0; r < width; r++)
            {
                target[(c * targetStride) + r] = r < rows ? source[(r * sourceStride) + c] : 0;
            }
        }
    }

    // Four rounds of exchanges: pairs of elements, of pairs, of fours, of eights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeBlock(float* source, long sourceStride, float* target, long targetStride, long rows)
    {
        for (int half = 0; half < 2; half++)
        {
            // Rows 8*half .. 8*half+7 become columns 8*half .. of each of the 16 target rows.
            float* s = source + (half * 8 * sourceStride);
            float* t = target + (half * 8);
            Vector512<float> r0 = rows > half * 8 ? Vector512.Load(s) : Vector512<float>.Zero;
            Vector512<float> r1 = rows > (half * 8) + 1 ? Vector512.Load(s + sourceStride) : Vector512<float>.Zero;
            Vector512<float> r2 = rows > (half * 8) + 2
                ? Vector512.Load(s + (2 * sourceStride)) : Vector512<float>.Zero;
            Vector512<float> r3 = rows > (half * 8) + 3
                ? Vector512.Load(s + (3 * sourceStride)) : Vector512<float>.Zero;
            Vector512<float> r4 = rows > (half * 8) + 4
                ? Vector512.Load(s + (4 * sourceStride)) : Vector512<float>.Zero;
            Vector512<float> r5 = rows > (half * 8) + 5
                ? Vector512.Load(s + (5 * sourceStride)) : Vector512<float>.Zero;
            Vector512<float> r6 = rows > (half * 8) + 6
                ? Vector512.Load(s + (6 * sourceStride)) : Vector512<float>.Zero;
            Vector512<float> r7 = rows > (half * 8) + 7
                ? Vector512.Load(s + (7 * sourceStride)) : Vector512<float>.Zero;

            // Lane group g (four lanes) of each result holds columns 4g .. 4g+3 of two rows.
            Vector512<double> a0 = Avx512F.UnpackLow(r0, r1).AsDouble();
            Vector512<double> a1 = Avx512F.UnpackHigh(r0, r1).AsDouble();
            Vector512<double> a2 = Avx512F.UnpackLow(r2, r3).AsDouble();
            Vector512<double> a3 = Avx512F.UnpackHigh(r2, r3).AsDouble();
            Vector512<double> a4 = Avx512F.UnpackLow(r4, r5).AsDouble();
            Vector512<double> a5 = Avx512F.UnpackHigh(r4, r5).AsDouble();
            Vector512<double> a6 = Avx512F.UnpackLow(r6, r7).AsDouble();
            Vector512<double> a7 = Avx512F.UnpackHigh(r6, r7).AsDouble();

            // Column 4g + k of rows 0..3 (low) and 4..7 (high), for k = 0..3.
            StoreColumns(Avx512F.UnpackLow(a0, a2), Avx512F.UnpackLow(a4, a6), t, targetStride);
            StoreColumns(Avx512F.UnpackHigh(a0, a2), Avx512F.UnpackHigh(a4, a6), t + targetStride, targetStride);
            StoreColumns(Avx512F.UnpackLow(a1, a3), Avx512F.UnpackLow(a5, a7), t + (2 * targetStride), targetStride);
            StoreColumns(Avx512F.UnpackHigh(a1, a3), Avx512F.UnpackHigh(a5, a7), t + (3 * targetStride), targetStride);
        }
    }

    // Lane group g of low and high are eight elements of target row 4g.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreColumns(Vector512<double> low, Vector512<double> high, float* target, long stride)
    {
        Vector512<float> l = low.AsSingle();
        Vector512<float> h = high.AsSingle();
        Vector256.Create(l.GetLower().GetLower(), h.GetLower().GetLower()).Store(target);
        Vector256.Create(l.GetLower().GetUpper(), h.GetLower().GetUpper()).Store(target + (4 * stride));
        Vector256.Create(l.GetUpper().GetLower(), h.GetUpper().GetLower()).Store(target + (8 * stride));
        Vector256.Create(l.GetUpper().GetUpper(), h.GetUpper().GetUpper()).Store(target + (12 * stride));
    }
}
