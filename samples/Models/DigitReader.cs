using System.Reflection;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Digits;

/// <summary>Finds the weights of <see cref="LeNet5"/>, and says what its logits mean.</summary>
internal static class DigitReader
{
    /// <summary>The most images a run takes.</summary>
    public const int MaximumBatch = 64;

    /// <summary>Bytes of an image.</summary>
    public const int Pixels = 28 * 28;

    /// <summary>How many digits there are.</summary>
    public const int Classes = 10;

    private const string WeightsName = "lenet5.safetensors";

    /// <summary>The weights: those of the file named, or embedded in the program, or of the file beside it.</summary>
    /// <exception cref="FileNotFoundException">There are none.</exception>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public static SafetensorsFile OpenWeights(string? path)
    {
        if (path is not null)
        {
            return SafetensorsFile.Open(path);
        }

        var program = Assembly.GetExecutingAssembly();
        if (program.GetManifestResourceInfo(WeightsName) is not null)
        {
            return SafetensorsFile.OpenResource(program, WeightsName);
        }

        string beside = Path.Combine(AppContext.BaseDirectory, WeightsName);
        return File.Exists(beside)
            ? SafetensorsFile.Open(beside)
            : throw new FileNotFoundException($"there are no weights: neither embedded nor in {beside}", beside);
    }

    /// <summary>The digit with the largest logit, and its probability.</summary>
    public static (int Digit, float Probability) Judge(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int digit = 1; digit < logits.Length; digit++)
        {
            best = logits[digit] > logits[best] ? digit : best;
        }

        float sum = 0;
        foreach (float logit in logits)
        {
            sum += MathF.Exp(logit - logits[best]);
        }

        return (best, 1 / sum);
    }
}
