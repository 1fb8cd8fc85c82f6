using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    // The lanes whose mask is set, zero elsewhere; memory of the others is not touched.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadMasked(float* source, Vector128<float> mask)
    {
        if (Avx.IsSupported)
        {
            return Avx.MaskLoad(source, mask);
        }
        float* lanes = stackalloc float[4];
        uint set = mask.ExtractMostSignificantBits();
        for (int lane = 0; lane < 4; lane++)
        {
            lanes[lane] = (set >> lane & 1) != 0 ? source[lane] : 0;
        }
        return Vector128.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadMasked(float* source, Vector256<float> mask)
    {
        if (Avx.IsSupported)
        {
            return Avx.MaskLoad(source, mask);
        }
        float* lanes = stackalloc float[8];
        uint set = mask.ExtractMostSignificantBits();
        for (int lane = 0; lane < 8; lane++)
        {
            lanes[lane] = (set >> lane & 1) != 0 ? source[lane] : 0;
        }
        return Vector256.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LoadMasked(float* source, Vector512<float> mask)
    {
#if NET10_0_OR_GREATER
        if (Avx512F.IsSupported)
        {
            return Avx512F.MaskLoad(source, mask, Vector512<float>.Zero);
        }
#endif
        Vector256<float> lower = LoadMasked(source, mask.GetLower());
        return Vector512.Create(lower, LoadMasked(source + 8, mask.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> LoadMasked(int* source, Vector128<int> mask)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MaskLoad(source, mask);
        }
        int* lanes = stackalloc int[4];
        uint set = mask.ExtractMostSignificantBits();
        for (int lane = 0; lane < 4; lane++)
        {
            lanes[lane] = (set >> lane & 1) != 0 ? source[lane] : 0;
        }
        return Vector128.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> LoadMasked(int* source, Vector256<int> mask)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MaskLoad(source, mask);
        }
        int* lanes = stackalloc int[8];
        uint set = mask.ExtractMostSignificantBits();
        for (int lane = 0; lane < 8; lane++)
        {
            lanes[lane] = (set >> lane & 1) != 0 ? source[lane] : 0;
        }
        return Vector256.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> LoadMasked(int* source, Vector512<int> mask)
    {
#if NET10_0_OR_GREATER
        if (Avx512F.IsSupported)
        {
            return Avx512F.MaskLoad(source, mask, Vector512<int>.Zero);
        }
#endif
        Vector256<int> lower = LoadMasked(source, mask.GetLower());
        return Vector512.Create(lower, LoadMasked(source + 8, mask.GetUpper()));
    }
}
