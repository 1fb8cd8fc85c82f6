using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    private const float TanhStep = 149f / 256;

    private static Vector512<float> Tanh0
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            0f, 0.524140239f, 0.822359443f, 0.940929294f, 0.981174827f, 0.994084179f, 0.998149216f, 0.999421775f,
            0.999819458f, 0.999943614f, 0.999982417f, 0.999994516f, 0.999998271f, 0.999999464f, 0.999999821f,
            0.99999994f);
    }

    private static Vector512<float> Tanh1
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            1f, 0.725277066f, 0.323724985f, 0.114652015f, 0.0372959711f, 0.0117966142f,
            0.00369811431f, 0.00115607865f, 0.000361088954f, 0.00011275147f, 3.52040915e-05f, 1.09913863e-05f,
            3.43169131e-06f, 1.0714275e-06f, 3.34516102e-07f, 1.04441035e-07f);
    }

    private static Vector512<float> Tanh2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            0f, -0.380148977f, -0.266221195f, -0.107876718f, -0.036594402f, -0.0117254062f,
            -0.00368994358f, -0.00115369656f, -0.000362753606f, -0.000111926325f, -3.69822556e-05f, -1.21325311e-05f,
            -2.23318784e-06f, -1.00266811e-06f, 7.57074702e-07f, 5.93078653e-07f);
    }

    private static Vector512<float> Tanh3
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            -0.333330989f, -0.0425126962f, 0.111019671f, 0.0632893369f, 0.0234729759f, 0.00772526069f,
            0.002451726f, 0.000769386359f, 0.000240595909f, 7.51551706e-05f, 2.34681684e-05f, 7.32749049e-06f,
            2.28777549e-06f, 7.14284511e-07f, 2.23011014e-07f, 6.96272693e-08f);
    }

    private static Vector512<float> Tanh4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            0f, 0.14904815f, -0.00247544143f, -0.0236601606f, -0.0108211348f, -0.00380412233f,
            -0.00124804361f, -0.000424251833f, -7.93536528e-05f, -5.69032563e-05f, 3.0274221e-05f, 2.32866787e-05f,
            -2.94469555e-05f, -1.98089765e-06f, -2.58899745e-05f, -1.6507096e-05f);
    }

    private static Vector512<float> Tanh5
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            0.133166686f, -0.0476630665f, -0.0277419742f, 0.00365529791f, 0.0036343825f, 0.00143515295f,
            0.000479597453f, 0.000152728724f, 4.80067974e-05f, 1.50155292e-05f, 4.69221732e-06f, 1.46493721e-06f,
            4.57669927e-07f, 1.42838104e-07f, 4.45927419e-08f, 1.39265328e-08f);
    }

    private static Vector512<float> Tanh6
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            0f, -0.0334674418f, 0.0168884937f, 0.00259307516f, -0.000836513529f, -0.000205639197f,
            5.50016011e-05f, 0.000222097529f, -0.000291756587f, 0.000125412655f, -0.000285012473f, -0.000182333941f,
            0.000190815306f, 1.09079647e-05f, 0.000173919805f, 0.000111138572f);
    }

    private static Vector512<float> Tanh7
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            -0.0505515933f, 0.0286868401f, -0.00307151722f, -0.00202654768f, -2.70416494e-05f, 9.72455091e-05f,
            4.08582819e-05f, 1.47195196e-05f, 4.61083755e-06f, 1.46835293e-06f, 4.52002297e-07f, 1.43248286e-07f,
            4.31061871e-08f, 1.38011167e-08f, 4.3320223e-09f, 1.32832234e-09f);
    }

    /// <summary>The hyperbolic tangent of x.</summary>
    /// <remarks>At most 2.6 ulp, never outside -1 to 1. Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float x) => Tanh(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Tanh(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Tanh(Vector128<float> x) =>
        Tanh<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Tanh(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x) =>
        Tanh<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Tanh(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x) =>
        Tanh<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Tanh<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // |x| = k h + d with |d| <= h / 2, and a polynomial in d for each k, as in Erf. From 9.02 on the nearest float
        // is 1.
        TFloat magnitude = TLanes.Abs(TLanes.Clamp(x, -9.02f, 9.02f));
        TFloat rounded = TLanes.MultiplyAdd(magnitude, 1 / TanhStep, Rounder);
        TFloat d = TLanes.MultiplyAdd(TLanes.Subtract(rounded, Rounder), -TanhStep, magnitude);
        TInt k = TLanes.Bits(rounded);
        TFloat p = TLanes.Lookup(Tanh7, k);
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh6, k));
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh5, k));
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh4, k));
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh3, k));
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh2, k));
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh1, k));
        p = TLanes.MultiplyAdd(p, d, TLanes.Lookup(Tanh0, k));
        return TLanes.Xor(p, TLanes.Sign(x));
    }
}
