using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sinter;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;
using Sinter.Runtime.Training;

namespace Digits;

/// <summary>The options, and what errors become.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder with the four files of MNIST, plain or .gz; without it, digits are drawn by the program.",
        CustomParser = NotEmpty,
    };

    private static readonly Option<int?> Examples = new("--examples")
    {
        Description = "Train on this many images only, for a quick look.",
        CustomParser = result => Positive(result, 1_000_000),
    };

    private static readonly Option<int> Epochs = new("--epochs")
    {
        Description = "How often to go through the images.",
        DefaultValueFactory = _ => 3,
        CustomParser = result => Positive(result, 1_000_000),
    };

    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "Images in a step.",
        DefaultValueFactory = _ => 64,
        CustomParser = result => Positive(result, 1_000_000),
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Chooses initial parameters, the order of images, and the digits drawn.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads to compute on where that is the cpu; results do not depend on it.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
        CustomParser = result => Positive(result, 1_024),
    };

    private static readonly Option<string> Device = new("--device")
    {
        Description = "Where to compute: cpu, cuda, cuda:N, or best, which is cuda where it works.",
        DefaultValueFactory = _ => "cpu",
        CustomParser = PlaceName,
    };

    private static readonly Option<string> Output = new("--output")
    {
        Description = "File for the trained parameters.",
        DefaultValueFactory = _ => "lenet5.safetensors",
        CustomParser = NotEmpty,
    };

    private static readonly Option<string?> SaveData = new("--save-data")
    {
        Description = "Folder to write the images and labels to, as files of MNIST's format.",
        CustomParser = NotEmpty,
    };

    /// <summary>Parses the arguments and runs the program.</summary>
    /// <returns>The program's exit code; 1 after an error, 2 for arguments that make no sense.</returns>
    public static int Run(string[] arguments, Func<Settings, int> run)
    {
        var command = new RootCommand("Trains LeNet-5 to read digits.")
        {
            Data, Examples, Epochs, Batch, Seed, Threads, Device, Output, SaveData,
        };
        command.SetAction(result => Guard(() => run(Read(result))));
        ParseResult parsed = command.Parse(arguments);
        foreach (ParseError error in parsed.Errors)
        {
            Console.Error.WriteLine("error: " + error.Message);
        }

        return parsed.Errors.Count > 0 ? Misused : parsed.Invoke();
    }

    // An unset variable in a script gives an empty argument.
    private static string NotEmpty(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (text.Length == 0)
        {
            result.AddError($"{Name(result)} must name a place, not ''");
        }

        return text;
    }

    private static string PlaceName(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (!Workplace.IsName(text))
        {
            result.AddError($"{Name(result)} must be cpu, cuda, cuda:N or best, not '{text}'");
        }

        return text;
    }

    private static int Positive(ArgumentResult result, int largest)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        if (!valid || value < 1 || value > largest)
        {
            FormattableString problem = $"{Name(result)} must be a whole number from 1 to {largest}, not '{text}'";
            result.AddError(FormattableString.Invariant(problem));
        }

        return value;
    }

    private static string Name(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? "the value";

    private static Settings Read(ParseResult result) => new(
        result.GetValue(Data),
        result.GetValue(Examples),
        result.GetValue(Epochs),
        result.GetValue(Batch),
        result.GetValue(Seed),
        result.GetValue(Threads),
        result.GetValue(Device)!,
        result.GetValue(Output)!,
        result.GetValue(SaveData));

    // What users can do something about is told in a line; anything else is a fault, and keeps its stack trace.
    private static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception error) when (error is GraphException or RunException or TrainingException
            or ModelFormatException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            Console.Error.WriteLine("error: " + error.Message);
            return Failed;
        }
        catch (CudaException error)
        {
            Console.Error.WriteLine("error: " + error.Summary);
            return Failed;
        }
    }
}
