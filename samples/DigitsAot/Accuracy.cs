using Sinter.Runtime.Data;
using Sinter.Runtime.Files;

namespace Digits;

/// <summary>Counts how many labelled images are read right.</summary>
internal static class Accuracy
{
    public static void Print(Model model, Options options)
    {
        ImageDataset data = Mnist.LoadPair(options.Images!, options.Labels!);
        Check(options.Images!, data.ImageSize);
        int correct = 0;
        for (int start = 0; start < data.Count; start += DigitReader.MaximumBatch)
        {
            correct += Correct(model, data, start, Math.Min(DigitReader.MaximumBatch, data.Count - start));
        }

        Console.WriteLine(FormattableString.Invariant($"accuracy: {(double)correct / data.Count:F4}"));
    }

    /// <summary>Refuses images of another size than the model's.</summary>
    /// <exception cref="ModelFormatException">They have one.</exception>
    public static void Check(string path, int imageSize)
    {
        if (imageSize != DigitReader.Pixels)
        {
            string problem = $"images of {imageSize} pixels, the model reads 28 × 28";
            throw new ModelFormatException(path, problem, 8, "dimensions");
        }
    }

    private static int Correct(Model model, ImageDataset data, int start, int count)
    {
        ReadOnlySpan<byte> images = data.Images.Slice(start * data.ImageSize, count * data.ImageSize);
        ImageDataset.Normalise(images, model.Images(count));
        ReadOnlySpan<float> logits = model.Run(count);
        int correct = 0;
        for (int i = 0; i < count; i++)
        {
            int digit = DigitReader.Judge(logits.Slice(i * DigitReader.Classes, DigitReader.Classes)).Digit;
            correct += digit == data.Labels[start + i] ? 1 : 0;
        }

        return correct;
    }
}
