using System.Globalization;

namespace Digits;

/// <summary>What the command line asks for.</summary>
/// <param name="Weights">A file of weights, or null for those that came with the program.</param>
/// <param name="Images">A file of images in MNIST's format.</param>
/// <param name="Labels">The file of their labels.</param>
/// <param name="Draw">The image to show, or null.</param>
/// <param name="Bench">Whether to measure.</param>
/// <param name="Threads">Threads to compute on.</param>
/// <param name="Device">Where to compute: cpu, cuda, cuda:N or best.</param>
/// <param name="Since">When this process was started to be measured, as a time stamp; or null.</param>
/// <param name="Times">How long the processes before it took.</param>
internal sealed record Options(
    string? Weights, string? Images, string? Labels, int? Draw, bool Bench, int Threads, string Device, long? Since,
    string Times)
{
    public const string Help = """
        Reads handwritten digits with LeNet-5.

          digits --images F --labels F    the accuracy on labelled images, in MNIST's format, plain or .gz
          digits --images F --draw [N]    shows image N (0 without a number) and what it is read as
          digits --bench                  microseconds of a run, and milliseconds from process start to first result

          --weights F    weights as a safetensors file; otherwise those embedded, or lenet5.safetensors beside
          --threads N    threads to compute on, 1 without it
          --device D     where to compute: cpu, cuda, cuda:N, or best, which is cuda where it works; cpu without it
        """;

    private const int MostThreads = 1_024;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">They make no sense.</exception>
    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options(null, null, null, null, false, 1, "cpu", null, "");
        while (arguments.Length > 0)
        {
            string name = arguments[0];
            string? value = arguments.Length > 1 && !IsOption(arguments[1]) ? arguments[1] : null;
            bool valued = value is not null && name != "--bench";
            options = name switch
            {
                "--weights" => options with { Weights = Required(name, value) },
                "--images" => options with { Images = Required(name, value) },
                "--labels" => options with { Labels = Required(name, value) },
                "--draw" => options with { Draw = value is null ? 0 : (int)Number(name, value, 0, int.MaxValue) },
                "--bench" => options with { Bench = true },
                "--threads" => options with { Threads = (int)Number(name, value, 1, MostThreads) },
                "--device" => options with { Device = Place(name, value) },
                "--since" => options with { Since = Number(name, value, 0, long.MaxValue) },
                "--times" => options with { Times = value ?? "" },
                _ => throw new FormatException($"nobody knows what '{name}' means; --help lists the options"),
            };
            arguments = arguments[(valued ? 2 : 1)..];
        }

        options.Check();
        return options;
    }

    private static bool IsOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private static string Required(string name, string? value) => string.IsNullOrEmpty(value)
        ? throw new FormatException($"{name} must name a file")
        : value;

    private static string Place(string name, string? value)
    {
        const string Prefix = "cuda:";
        bool isIndex = value?.StartsWith(Prefix, StringComparison.Ordinal) == true
            && int.TryParse(value.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isIndex || value is "cpu" or "cuda" or "best"
            ? value!
            : throw new FormatException($"{name} must be cpu, cuda, cuda:N or best, not '{value}'");
    }

    private static long Number(string name, string? value, long smallest, long largest) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && number >= smallest && number <= largest
            ? number
            : throw new FormatException($"{name} must be a whole number from {smallest} to {largest}, not '{value}'");

    private void Check()
    {
        bool measures = Bench || Since is not null;
        if (!measures && Images is null)
        {
            throw new FormatException("--images or --bench must say what to do; --help lists the options");
        }

        if (!measures && Draw is null && Labels is null)
        {
            throw new FormatException("--images needs --labels to count what is read right, or --draw");
        }
    }
}
