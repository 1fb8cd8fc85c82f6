using System.Globalization;
using System.Text;

namespace Sinter.Runtime.Training;

/// <summary>The texts of <see cref="ConsoleProgress"/>, the same in every culture.</summary>
internal static class ProgressLine
{
    private const string Gap = "  ";
    private const int NarrowestBar = 10;
    private const int WidestBar = 30;
    private const string Green = "\e[32m";
    private const string Grey = "\e[90m";
    private const string Reset = "\e[0m";

    /// <summary>Appends a bar and figures; what does not fit into the width is left out, least telling first.</summary>
    /// <returns>Visible characters appended; colours do not count.</returns>
    public static int AppendBar(StringBuilder line, in TrainingProgress progress, int width, bool color, bool unicode)
    {
        string epoch = $"epoch {Counter(progress.Epoch, progress.Epochs)}";
        string steps = Counter(progress.Step, progress.StepsPerEpoch);
        string loss = "loss " + Loss(progress.Loss);
        string accuracy = double.IsNaN(progress.Accuracy) ? "" : "acc " + Percent(progress.Accuracy);
        string speed = Integer(progress.ExamplesPerSecond) + "/s";
        string time = progress.IsRunEnd
            ? "in " + Duration(progress.Elapsed)
            : "ETA " + Duration(progress.Remaining);
        bool bar = true;

        int Needed() =>
            epoch.Length + (bar ? Gap.Length + NarrowestBar : 0) + Length(steps) + Length(loss) + Length(accuracy)
            + Length(speed) + Length(time);

        if (Needed() > width)
            steps = "";
        if (Needed() > width)
            speed = "";
        if (Needed() > width)
            bar = false;
        if (Needed() > width)
            time = "";
        if (Needed() > width)
            accuracy = "";
        if (Needed() > width)
            loss = "";

        if (epoch.Length > width)
            epoch = epoch[..Math.Max(width, 0)];
        int barWidth = bar ? Math.Min(WidestBar, NarrowestBar + width - Needed()) : 0;
        int length = Needed() + (bar ? barWidth - NarrowestBar : 0);
        line.Append(epoch);
        if (bar)
            AppendBar(line.Append(Gap), (double)progress.Step / progress.StepsPerEpoch, barWidth, color, unicode);
        AppendFields(line, steps, loss, accuracy, speed, time);
        return length;
    }

    /// <summary>Appends the figures as one line of a log.</summary>
    public static void AppendPlain(StringBuilder line, in TrainingProgress progress)
    {
        line.Append("epoch ").Append(Counter(progress.Epoch, progress.Epochs));
        AppendFields(
            line,
            "step " + Counter(progress.Step, progress.StepsPerEpoch),
            "loss " + Loss(progress.Loss),
            double.IsNaN(progress.Accuracy) ? "" : "accuracy " + Percent(progress.Accuracy),
            Integer(progress.ExamplesPerSecond) + " examples/s",
            "elapsed " + Duration(progress.Elapsed));
        if (!progress.IsRunEnd)
            AppendFields(line, "remaining " + Duration(progress.Remaining));
    }

    /// <summary>A duration as m:ss, h:mm:ss or, above two days, in days.</summary>
    public static string Duration(TimeSpan duration)
    {
        long seconds = (long)Math.Round(duration.TotalSeconds);
        if (seconds >= 48 * 3600)
            return Integer(duration.TotalDays) + " days";
        long minutes = seconds / 60;
        return minutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{minutes}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}:{minutes % 60:00}:{seconds % 60:00}");
    }

    private static void AppendFields(StringBuilder line, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
        {
            if (field.Length > 0)
                line.Append(Gap).Append(field);
        }
    }

    private static void AppendBar(StringBuilder line, double share, int width, bool color, bool unicode)
    {
        int filled = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        if (color)
            line.Append(Green);
        line.Append(unicode ? '━' : '=', filled);
        if (color)
            line.Append(Grey);
        line.Append(unicode ? '─' : '.', width - filled);
        if (color)
            line.Append(Reset);
    }

    private static int Length(string field) => field.Length == 0 ? 0 : Gap.Length + field.Length;

    // Padded to the total's width, so that the line does not jitter while it counts.
    private static string Counter(int value, int total)
    {
        string last = total.ToString(CultureInfo.InvariantCulture);
        return value.ToString(CultureInfo.InvariantCulture).PadLeft(last.Length) + "/" + last;
    }

    private static string Loss(double loss)
    {
        double size = Math.Abs(loss);
        bool plain = size is 0 or (>= 0.001 and < 10000) || !double.IsFinite(loss);
        return loss.ToString(plain ? "F4" : "0.00e+0", CultureInfo.InvariantCulture);
    }

    private static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + "%";

    private static string Integer(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
