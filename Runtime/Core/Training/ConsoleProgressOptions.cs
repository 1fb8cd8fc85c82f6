namespace Sinter.Runtime.Training;

/// <summary>What <see cref="ConsoleProgress"/> may assume about the place it writes to.</summary>
public sealed record ConsoleProgressOptions
{
    /// <summary>Whether a carriage return goes back to the start of the line, so that a bar can be redrawn.</summary>
    public bool Interactive { get; init; }

    /// <summary>Whether ANSI colours are shown.</summary>
    public bool Color { get; init; }

    /// <summary>Whether box-drawing characters are shown; the bar is of ASCII otherwise.</summary>
    public bool Unicode { get; init; }

    /// <summary>Columns of the terminal, asked before each redraw; 80 when null, failing or not positive.</summary>
    public Func<int>? Width { get; init; }

    /// <summary>Lines written for an epoch where nothing can be redrawn; at least 1.</summary>
    public int LinesPerEpoch { get; init; } = 4;

    /// <summary>Source of time for the redraws.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// What the process's standard output can do: a bar on a terminal, plain lines when it is redirected or TERM is
    /// <c>dumb</c>; colours unless NO_COLOR is set (https://no-color.org).
    /// </summary>
    /// <returns>The options to use with <see cref="Console.Out"/>.</returns>
    public static ConsoleProgressOptions Detect()
    {
        bool interactive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new ConsoleProgressOptions
        {
            Interactive = interactive,
            Color = interactive && TerminalHasColors() && !IsSet("NO_COLOR"),
            Unicode = Console.OutputEncoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase),
            Width = () => Console.WindowWidth,
        };
    }

    // The old Windows console prints escape sequences as text; what understands them there announces itself.
    private static bool TerminalHasColors() => !OperatingSystem.IsWindows() || IsSet("WT_SESSION") || IsSet("TERM");

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
