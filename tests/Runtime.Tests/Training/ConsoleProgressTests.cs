using System.Globalization;
using Sinter.Runtime.Training;

namespace Sinter.Runtime.Tests.Training;

public class ConsoleProgressTests
{
    private static readonly TrainingProgress Sample = new(
        Epoch: 2,
        Epochs: 10,
        Step: 120,
        StepsPerEpoch: 313,
        Loss: 0.12345,
        Accuracy: 0.96431,
        ExamplesPerSecond: 12345.4,
        Elapsed: TimeSpan.FromSeconds(75),
        Remaining: TimeSpan.FromSeconds(3661));

    private readonly ManualClock _clock = new();
    private readonly StringWriter _text = new() { NewLine = "\n" };

    [Theory]
    [InlineData(200, "============..................  120/313  loss 0.1235  acc 96.43%  12,345/s  ETA 1:01:01")]
    [InlineData(81, "====......  120/313  loss 0.1235  acc 96.43%  12,345/s  ETA 1:01:01")]
    [InlineData(80, "=======...........  loss 0.1235  acc 96.43%  12,345/s  ETA 1:01:01")]
    [InlineData(62, "====......  loss 0.1235  acc 96.43%  ETA 1:01:01")]
    [InlineData(61, "loss 0.1235  acc 96.43%  ETA 1:01:01")]
    [InlineData(40, "loss 0.1235  acc 96.43%")]
    [InlineData(30, "loss 0.1235")]
    public void TheBarFitsTheTerminal(int width, string expected)
    {
        Terminal(() => width).Report(Sample);
        Assert.Equal("\repoch  2/10  " + expected, _text.ToString());
        Assert.True(width >= _text.ToString().Length);
    }

    [Theory]
    [InlineData(20, "\repoch  2/10")]
    [InlineData(8, "\repoch  ")]
    [InlineData(1, "\r")]
    public void AVeryNarrowTerminalShowsTheEpoch(int width, string expected)
    {
        Terminal(() => width).Report(Sample);
        Assert.Equal(expected, _text.ToString());
    }

    [Fact]
    public void WideTerminalInColor()
    {
        ConsoleProgressOptions options = TerminalOptions(() => 120) with { Color = true, Unicode = true };
        new ConsoleProgress(_text, options).Report(Sample);
        Assert.Equal(
            "\repoch  2/10  \e[32m━━━━━━━━━━━━\e[90m──────────────────\e[0m  "
            + "120/313  loss 0.1235  acc 96.43%  12,345/s  ETA 1:01:01",
            _text.ToString());
    }

    [Fact]
    public void RedrawsAtMostTenTimesASecond()
    {
        ConsoleProgress progress = Terminal(() => 30);
        for (int step = 1; step <= 100; step++)
        {
            progress.Report(Sample with { Step = step });
            _clock.Advance(0.01);
        }

        Assert.Equal(10, _text.ToString().Count(character => character == '\r'));
    }

    [Fact]
    public void AnEpochKeepsItsLastLineAndTheRunsLastTellsItsTime()
    {
        ConsoleProgress progress = Terminal(() => 80);
        progress.Report(Sample with { Epoch = 9, Step = 313, Accuracy = double.NaN });
        progress.Report(Sample with { Epoch = 10, Step = 313, Accuracy = double.NaN });
        progress.Dispose();
        Assert.Equal(
            "\repoch  9/10  =====================  313/313  loss 0.1235  12,345/s  ETA 1:01:01\n"
            + "\repoch 10/10  =========================  313/313  loss 0.1235  12,345/s  in 1:15\n",
            _text.ToString());
    }

    [Fact]
    public void AShorterLineErasesTheLongerOne()
    {
        ConsoleProgress progress = Terminal(() => 30);
        progress.Report(Sample with { Loss = 1234.5 });
        _clock.Advance(1);
        progress.Report(Sample);
        progress.EndLine();
        progress.EndLine();
        progress.Report(Sample);
        Assert.Equal(
            "\repoch  2/10  loss 1234.5000\repoch  2/10  loss 0.1235   \n\repoch  2/10  loss 0.1235",
            _text.ToString());
    }

    [Fact]
    public void AnUnknownWidthIsEightyColumns()
    {
        Terminal(() => throw new IOException("no terminal")).Report(Sample);
        string failed = _text.ToString();
        _text.GetStringBuilder().Clear();
        Terminal(() => 0).Report(Sample);
        Assert.Equal(failed, _text.ToString());
        Assert.Equal(80, failed.Length);
    }

    [Fact]
    public void RedirectedOutputGetsAFewPlainLines()
    {
        var progress = new ConsoleProgress(_text, new ConsoleProgressOptions { LinesPerEpoch = 2 });
        for (int step = 1; step <= 313; step++)
            progress.Report(Sample with { Epoch = 9, Step = step });
        progress.Report(Sample with { Epoch = 10, Step = 313, Accuracy = double.NaN, Loss = 0.00012345 });
        progress.Dispose();
        Assert.Equal(
            """
            epoch  9/10  step 157/313  loss 0.1235  accuracy 96.43%  12,345 examples/s  elapsed 1:15  remaining 1:01:01
            epoch  9/10  step 313/313  loss 0.1235  accuracy 96.43%  12,345 examples/s  elapsed 1:15  remaining 1:01:01
            epoch 10/10  step 313/313  loss 1.23e-4  12,345 examples/s  elapsed 1:15

            """.ReplaceLineEndings("\n"),
            _text.ToString());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(1000, 4)]
    public void PlainLinesForAnEpoch(int steps, int lines)
    {
        var progress = new ConsoleProgress(_text, new ConsoleProgressOptions());
        for (int step = 1; step <= steps; step++)
            progress.Report(Sample with { Step = step, StepsPerEpoch = steps });
        Assert.Equal(lines, _text.ToString().Count(character => character == '\n'));
        Assert.Contains($"step {steps}/{steps}", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TextDoesNotDependOnTheCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NumberGroupSeparator = ".";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Terminal(() => 81).Report(Sample);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal(
            "\repoch  2/10  ====......  120/313  loss 0.1235  acc 96.43%  12,345/s  ETA 1:01:01",
            _text.ToString());
    }

    [Theory]
    [InlineData(double.NaN, "loss NaN")]
    [InlineData(double.PositiveInfinity, "loss Infinity")]
    [InlineData(0, "loss 0.0000")]
    [InlineData(-1.5, "loss -1.5000")]
    [InlineData(123456, "loss 1.23e+5")]
    public void UnusualLosses(double loss, string expected)
    {
        Terminal(() => 120).Report(Sample with { Loss = loss });
        Assert.Contains(expected, _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HugeRemainingTimesAreInDays()
    {
        Terminal(() => 120).Report(Sample with { Remaining = TimeSpan.FromDays(1234.2) });
        Assert.EndsWith("ETA 1,234 days", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SkippedReportsAllocateNothing()
    {
        ConsoleProgress progress = Terminal(() => 80);
        progress.Report(Sample);
        for (int step = 0; step < 100; step++)
            progress.Report(Sample);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 1000; step++)
            progress.Report(Sample);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private ConsoleProgress Terminal(Func<int> width) => new(_text, TerminalOptions(width));

    private ConsoleProgressOptions TerminalOptions(Func<int> width) =>
        new() { Interactive = true, Width = width, Clock = _clock };
}
