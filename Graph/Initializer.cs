using System.Globalization;

namespace Sinter;

/// <summary>How a parameter's values are drawn before training.</summary>
public enum InitializerKind
{
    /// <summary>All elements equal A.</summary>
    Constant,
    /// <summary>Uniform on [A, B).</summary>
    Uniform,
    /// <summary>Normal with mean A and standard deviation B.</summary>
    Normal,
}

/// <summary>The distribution of a parameter's values before training. Values are drawn by the runtime, keyed by seed
/// and name.</summary>
/// <param name="Kind">The family.</param>
/// <param name="A">Value, lower bound or mean.</param>
/// <param name="B">Upper bound or standard deviation.</param>
public sealed record Initializer(InitializerKind Kind, double A, double B)
{
    private static readonly string[] Names = ["constant", "uniform", "normal"];

    /// <summary>All zeros.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>All ones.</summary>
    public static Initializer Ones { get; } = Constant(1);

    /// <summary>One value everywhere.</summary>
    public static Initializer Constant(double value) => new(InitializerKind.Constant, value, 0);

    /// <summary>Uniform on [low, high).</summary>
    public static Initializer Uniform(double low, double high) => new(InitializerKind.Uniform, low, high);

    /// <summary>Normal.</summary>
    public static Initializer Normal(double mean, double standardDeviation) =>
        new(InitializerKind.Normal, mean, standardDeviation);

    /// <summary>He et al. 2015: uniform with variance 2 / fanIn, for layers followed by ReLU.</summary>
    public static Initializer HeUniform(long fanIn) => Symmetric(Math.Sqrt(6.0 / fanIn));

    /// <summary>He et al. 2015: normal with variance 2 / fanIn, for layers followed by ReLU.</summary>
    public static Initializer HeNormal(long fanIn) => Normal(0, Math.Sqrt(2.0 / fanIn));

    /// <summary>Glorot and Bengio 2010: uniform with variance 2 / (fanIn + fanOut).</summary>
    public static Initializer XavierUniform(long fanIn, long fanOut) =>
        Symmetric(Math.Sqrt(6.0 / ((double)fanIn + fanOut)));

    /// <summary>Glorot and Bengio 2010: normal with variance 2 / (fanIn + fanOut).</summary>
    public static Initializer XavierNormal(long fanIn, long fanOut) =>
        Normal(0, Math.Sqrt(2.0 / ((double)fanIn + fanOut)));

    /// <summary>PyTorch's default for linear and convolution layers: uniform on ±1 / sqrt(fanIn).</summary>
    public static Initializer FanInUniform(long fanIn) => Symmetric(1 / Math.Sqrt(fanIn));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="GraphException">The text is something else.</exception>
    public static Initializer Parse(string text)
    {
        if (text is null)
        {
            throw new ArgumentNullException(nameof(text));
        }

        string[] parts = text.Split(' ');
        if (parts.Length == 3
            && Enum.TryParse(parts[0], ignoreCase: true, out InitializerKind kind)
            && Enum.IsDefined(typeof(InitializerKind), kind)
            && long.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long a)
            && long.TryParse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long b))
        {
            return new Initializer(kind, BitConverter.Int64BitsToDouble(a), BitConverter.Int64BitsToDouble(b));
        }

        throw new GraphException($"'{text}' is not an initializer");
    }

    /// <summary>The family and the bits of both numbers, so that text is exact on every host.</summary>
    public override string ToString() =>
        Names[(int)Kind] + " " + Hexadecimal(A) + " " + Hexadecimal(B);

    private static string Hexadecimal(double value) =>
        BitConverter.DoubleToInt64Bits(value).ToString("x", CultureInfo.InvariantCulture);

    private static Initializer Symmetric(double bound) => Uniform(-bound, bound);
}
