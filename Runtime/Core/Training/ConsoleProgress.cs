using System.Text;

namespace Sinter.Runtime.Training;

/// <summary>
/// Shows training progress: on a terminal a bar with loss, accuracy, speed and remaining time, redrawn in place at most
/// ten times a second; elsewhere a few plain lines for each epoch. May be called from any thread. Calls that draw
/// nothing allocate nothing.
/// </summary>
public sealed class ConsoleProgress : IProgress<TrainingProgress>, IDisposable
{
    private const int DefaultWidth = 80;
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TextWriter _writer;
    private readonly ConsoleProgressOptions _options;
    private readonly StringBuilder _line = new();
    private long _lastDraw;

    // Characters of the bar now on the terminal's current line: 0 when that line is free.
    private int _openLength;

    /// <summary>Shows progress on standard output, in the way it allows.</summary>
    public ConsoleProgress()
        : this(Console.Out, ConsoleProgressOptions.Detect())
    {
    }

    /// <summary>Shows progress on any writer.</summary>
    /// <param name="writer">Where to write; stays open.</param>
    /// <param name="options">What the writer's other end can do.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lines for an epoch are not positive.</exception>
    public ConsoleProgress(TextWriter writer, ConsoleProgressOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.LinesPerEpoch, nameof(options));
        _writer = writer;
        _options = options;
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        lock (_gate)
        {
            if (_options.Interactive)
                Redraw(value);
            else if (IsPlainLineDue(value))
                WritePlainLine(value);
        }
    }

    /// <summary>
    /// Ends the bar's line, so that other text can follow: for a message between two steps, or a run stopped within an
    /// epoch. The next report starts a new line.
    /// </summary>
    public void EndLine()
    {
        lock (_gate)
        {
            if (_openLength == 0)
                return;
            _openLength = 0;
            _writer.WriteLine();
            _writer.Flush();
        }
    }

    /// <summary>Ends the bar's line; the writer stays open.</summary>
    public void Dispose() => EndLine();

    private void Redraw(in TrainingProgress progress)
    {
        // The first drawing of a line and the last of an epoch are never skipped.
        bool due = _openLength == 0 || _options.Clock.GetElapsedTime(_lastDraw) >= RedrawInterval;
        if (!due && !progress.IsEpochEnd)
            return;
        _lastDraw = _options.Clock.GetTimestamp();

        _line.Clear().Append('\r');
        // One column stays free: many terminals wrap as soon as the last one is written.
        int length = ProgressLine.AppendBar(_line, progress, Width() - 1, _options.Color, _options.Unicode);
        _line.Append(' ', Math.Max(0, _openLength - length));
        _openLength = length;
        if (progress.IsEpochEnd)
        {
            _line.Append(_writer.NewLine);
            _openLength = 0;
        }

        _writer.Write(_line);
        _writer.Flush();
    }

    // Due where the epoch's share of lines grows by one; the last step always is.
    private bool IsPlainLineDue(in TrainingProgress progress)
    {
        long before = (progress.Step - 1L) * _options.LinesPerEpoch / progress.StepsPerEpoch;
        long now = (long)progress.Step * _options.LinesPerEpoch / progress.StepsPerEpoch;
        return now > before;
    }

    private void WritePlainLine(in TrainingProgress progress)
    {
        _line.Clear();
        ProgressLine.AppendPlain(_line, progress);
        _line.Append(_writer.NewLine);
        _writer.Write(_line);
        _writer.Flush();
    }

    private int Width()
    {
        try
        {
            int width = _options.Width?.Invoke() ?? DefaultWidth;
            return width > 0 ? width : DefaultWidth;
        }
        catch (Exception)
        {
            // Services, containers and some terminals have no width to tell; a bar must not end a training run.
            return DefaultWidth;
        }
    }
}
