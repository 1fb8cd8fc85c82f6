using System.Runtime.Intrinsics;
using Sinter.Runtime.Kernels;

namespace Sinter.Runtime.Tests.Kernels;

public sealed class VectorMathTests
{
    // Odd, so that all low bits occur; the full range was run once when the bounds were stated.
    private const long Stride = 1021;

    private static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, -2f, 3f, -3f, 1e-45f, -1e-45f, 1e-39f, 1.17549435e-38f, 88.72283f, 88.72284f,
        -87.33655f, -103.97208f, -103.97209f, 1e5f, -1e5f, 100_001f, 1e30f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 33f, -33f, 16_777_217f, 1.5f, -2.5f,
    ];

    public static TheoryData<string, double> Bounds => new()
    {
        { "Exp", 0.92 },
        { "Expm1", 1.6 },
        { "Log", 0.9 },
        { "Log1p", 1.6 },
        { "Tanh", 2.6 },
        { "Sigmoid", 2.41 },
        { "Erf", 3.9 },
        { "Sin", 1.8 },
        { "Cos", 1.83 },
        { "Rsqrt", 1.5 },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Errors_stay_within_the_stated_bound(string name, double bound)
    {
        (Func<Vector512<float>, Vector512<float>> function, Func<double, double> exact) = Find(name);
        object gate = new();
        double worst = 0;
        float at = 0;
        Parallel.For(0, 64, part =>
        {
            (double error, float x) = Worst(function, exact, (long)part << 26, (long)(part + 1) << 26);
            lock (gate)
            {
                (worst, at) = error > worst ? (error, x) : (worst, at);
            }
        });
        Assert.True(worst <= bound, $"{name}({at:R}) is {worst} ulp off");
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Every_width_gives_the_same_bits(string name, double bound)
    {
        Assert.True(bound > 0);
        foreach (Vector512<float> x in Inputs())
        {
            Vector512<float> wide = Find(name).Function(x);
            Vector512<int> expected = wide.AsInt32();
            Assert.Equal(expected, Halves(name, x).AsInt32());
            Assert.Equal(expected, Quarters(name, x).AsInt32());
            for (int lane = 0; lane < 16; lane++)
            {
                float single = Scalar(name, x[lane]);
                Assert.Equal(expected[lane], BitConverter.SingleToInt32Bits(single));
            }
        }
    }

    [Fact]
    public void Signs_of_zero_and_infinities_are_right()
    {
        foreach (string name in new[] { "Expm1", "Log1p", "Tanh", "Erf", "Sin" })
        {
            Assert.Equal(0f, Scalar(name, -0f));
            Assert.True(float.IsNegative(Scalar(name, -0f)), name);
            Assert.False(float.IsNegative(Scalar(name, 0f)), name);
        }
        Assert.Equal(float.NegativeInfinity, VectorMath.Log(-0f));
        Assert.Equal(float.NegativeInfinity, VectorMath.Rsqrt(-0f));
        Assert.Equal((1f, -1f), (VectorMath.Tanh(float.PositiveInfinity), VectorMath.Tanh(float.NegativeInfinity)));
        Assert.Equal((1f, -1f), (VectorMath.Erf(float.PositiveInfinity), VectorMath.Erf(float.NegativeInfinity)));
        Assert.Equal(float.Epsilon, VectorMath.Exp(-103.27893f));
    }

    private static (double Error, float At) Worst(
        Func<Vector512<float>, Vector512<float>> function, Func<double, double> exact, long start, long end)
    {
        (double Error, float At) worst = (0, 0);
        Span<float> inputs = stackalloc float[16];
        for (long bits = start + start / 7 % Stride; bits < end; bits += 16 * Stride)
        {
            for (int lane = 0; lane < 16; lane++)
            {
                inputs[lane] = BitConverter.UInt32BitsToSingle((uint)(bits + lane * Stride));
            }
            Vector512<float> results = function(Vector512.Create<float>(inputs));
            for (int lane = 0; lane < 16; lane++)
            {
                double error = Ulp.Error(results[lane], exact(inputs[lane]));
                worst = error > worst.Error ? (error, inputs[lane]) : worst;
            }
        }
        return worst;
    }

    private static IEnumerable<Vector512<float>> Inputs()
    {
        for (int start = 0; start < Special.Length; start++)
        {
            IEnumerable<int> indices = Enumerable.Range(start, 16);
            yield return Vector512.Create([.. indices.Select(index => Special[index % Special.Length])]);
        }
        var random = new Random(1);
        for (int round = 0; round < 4000; round++)
        {
            float scale = round % 2 == 0 ? 1f : 40f;
            yield return round % 4 == 3
                ? Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => random.Next())]).AsSingle()
                : Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => (random.NextSingle() - 0.5f) * scale)]);
        }
    }

    private static (Func<Vector512<float>, Vector512<float>> Function, Func<double, double> Exact) Find(string name) =>
        name switch
        {
            "Exp" => (x => VectorMath.Exp(x), Math.Exp),
            "Expm1" => (x => VectorMath.Expm1(x), ExactMath.Expm1),
            "Log" => (x => VectorMath.Log(x), Math.Log),
            "Log1p" => (x => VectorMath.Log1p(x), ExactMath.Log1p),
            "Tanh" => (x => VectorMath.Tanh(x), Math.Tanh),
            "Sigmoid" => (x => VectorMath.Sigmoid(x), ExactMath.Sigmoid),
            "Erf" => (x => VectorMath.Erf(x), ExactMath.Erf),
            "Sin" => (x => VectorMath.Sin(x), Math.Sin),
            "Cos" => (x => VectorMath.Cos(x), Math.Cos),
            "Rsqrt" => (x => VectorMath.Rsqrt(x), ExactMath.Rsqrt),
            _ => throw new ArgumentException(name),
        };

    private static float Scalar(string name, float x) => name switch
    {
        "Exp" => VectorMath.Exp(x),
        "Expm1" => VectorMath.Expm1(x),
        "Log" => VectorMath.Log(x),
        "Log1p" => VectorMath.Log1p(x),
        "Tanh" => VectorMath.Tanh(x),
        "Sigmoid" => VectorMath.Sigmoid(x),
        "Erf" => VectorMath.Erf(x),
        "Sin" => VectorMath.Sin(x),
        "Cos" => VectorMath.Cos(x),
        "Rsqrt" => VectorMath.Rsqrt(x),
        _ => throw new ArgumentException(name),
    };

    private static Vector256<float> Half(string name, Vector256<float> x) => name switch
    {
        "Exp" => VectorMath.Exp(x),
        "Expm1" => VectorMath.Expm1(x),
        "Log" => VectorMath.Log(x),
        "Log1p" => VectorMath.Log1p(x),
        "Tanh" => VectorMath.Tanh(x),
        "Sigmoid" => VectorMath.Sigmoid(x),
        "Erf" => VectorMath.Erf(x),
        "Sin" => VectorMath.Sin(x),
        "Cos" => VectorMath.Cos(x),
        "Rsqrt" => VectorMath.Rsqrt(x),
        _ => throw new ArgumentException(name),
    };

    private static Vector128<float> Quarter(string name, Vector128<float> x) => name switch
    {
        "Exp" => VectorMath.Exp(x),
        "Expm1" => VectorMath.Expm1(x),
        "Log" => VectorMath.Log(x),
        "Log1p" => VectorMath.Log1p(x),
        "Tanh" => VectorMath.Tanh(x),
        "Sigmoid" => VectorMath.Sigmoid(x),
        "Erf" => VectorMath.Erf(x),
        "Sin" => VectorMath.Sin(x),
        "Cos" => VectorMath.Cos(x),
        "Rsqrt" => VectorMath.Rsqrt(x),
        _ => throw new ArgumentException(name),
    };

    private static Vector512<float> Halves(string name, Vector512<float> x) =>
        Vector512.Create(Half(name, x.GetLower()), Half(name, x.GetUpper()));

    private static Vector512<float> Quarters(string name, Vector512<float> x) => Vector512.Create(
        Vector256.Create(Quarter(name, x.GetLower().GetLower()), Quarter(name, x.GetLower().GetUpper())),
        Vector256.Create(Quarter(name, x.GetUpper().GetLower()), Quarter(name, x.GetUpper().GetUpper())));
}
