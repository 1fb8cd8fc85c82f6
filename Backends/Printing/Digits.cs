using System.Globalization;

namespace Sinter.Backends.Printing;

/// <summary>Numbers in as few digits as give them back.</summary>
internal static class Digits
{
    /// <summary>A finite number: nine digits do for every float, seventeen for every double, on every host.</summary>
    public static string Shortest(double value, bool single)
    {
        for (int digits = 1; ; digits++)
        {
            string text = value.ToString("G" + digits, CultureInfo.InvariantCulture);
            double read = double.Parse(text, CultureInfo.InvariantCulture);
            if (digits == (single ? 9 : 17) || (single ? (float)read == (float)value : read == value))
            {
                return text;
            }
        }
    }
}
