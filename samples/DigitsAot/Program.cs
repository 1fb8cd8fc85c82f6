using Digits;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

const int Failed = 1;
const int Misused = 2;
if (args is ["--help" or "-h" or "-?"])
{
    Console.WriteLine(Options.Help);
    return 0;
}

try
{
    var options = Options.Parse(args);
    using var model = new Model(options);
    switch (options)
    {
        case { Since: not null }:
            StartTimes.GoOn(model, options);
            break;
        case { Bench: true }:
            Benchmark.Run(model, options);
            break;
        case { Draw: { } index }:
            Picture.Show(model, options, index);
            break;
        default:
            Accuracy.Print(model, options);
            break;
    }

    return 0;
}
catch (FormatException error)
{
    Console.Error.WriteLine("error: " + error.Message);
    return Misused;
}
catch (Exception error) when (error is RunException or ModelFormatException or IOException
    or UnauthorizedAccessException or PlatformNotSupportedException)
{
    Console.Error.WriteLine("error: " + error.Message);
    return Failed;
}
catch (Exception error) when (Devices.Describe(error) is { } problem)
{
    Console.Error.WriteLine("error: " + problem);
    return Failed;
}
