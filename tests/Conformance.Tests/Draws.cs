namespace Sinter.Conformance.Tests;

/// <summary>
/// Draws the elements of an input. Every value is an F32, so that single precision starts without an error.
/// </summary>
public delegate double[] Draw(Random random, int count);

/// <summary>The distributions that cases draw from. Those named "away" keep finite differences off the kinks.</summary>
public static class Draws
{
    /// <summary>-2 to 2.</summary>
    public static Draw Any { get; } = Between(-2, 2);

    /// <summary>0.5 to 3.</summary>
    public static Draw Positive { get; } = Between(0.5, 3);

    /// <summary>0.3 to 2, of either sign.</summary>
    public static Draw AwayFromZero { get; } =
        Each(random => (random.Next(2) == 0 ? -1 : 1) * (0.3 + (1.7 * random.NextDouble())));

    /// <summary>-3 to 3, at least 0.2 from every half and whole number.</summary>
    public static Draw AwayFromRounding { get; } =
        Each(random => (random.Next(-6, 6) * 0.5) + 0.2 + (0.1 * random.NextDouble()));

    /// <summary>Multiples of a half from -2 to 2: many are equal.</summary>
    public static Draw Tied { get; } = Each(random => random.Next(-4, 5) * 0.5);

    /// <summary>All different, at least 0.05 apart.</summary>
    public static Draw Distinct { get; } = (random, count) =>
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Single(((i - (count / 2.0)) * 0.1) + (0.05 * random.NextDouble()));
        }

        random.Shuffle(values);
        return values;
    };

    /// <summary>Uniform.</summary>
    public static Draw Between(double low, double high) => Each(random => low + ((high - low) * random.NextDouble()));

    /// <summary>The given values, again and again.</summary>
    public static Draw Exactly(params double[] values) =>
        (_, count) => Enumerable.Range(0, count).Select(i => Single(values[i % values.Length])).ToArray();

    private static Draw Each(Func<Random, double> draw) =>
        (random, count) => Enumerable.Range(0, count).Select(_ => Single(draw(random))).ToArray();

    private static double Single(double value) => (float)value;
}
