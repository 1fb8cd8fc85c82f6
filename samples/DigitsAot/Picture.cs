using System.Text;
using Sinter.Runtime.Data;
using Sinter.Runtime.Files;

namespace Digits;

/// <summary>Shows an image in the terminal.</summary>
internal static class Picture
{
    private const int Side = 28;

    // Two rows of pixels share a line of text: a character is about twice as high as wide.
    private const string Shades = " .:-=+*#%@";

    /// <summary>The image, and what it is read as.</summary>
    /// <exception cref="FormatException">There is no such image.</exception>
    public static void Show(Model model, Options options, int index)
    {
        (int[] shape, byte[] images) = IdxFile.ReadBytes(options.Images!);
        Accuracy.Check(options.Images!, shape.Length == 3 ? shape[1] * shape[2] : 0);
        if (index >= shape[0])
        {
            throw new FormatException($"--draw {index}: there are {shape[0]} images, counted from 0");
        }

        ReadOnlySpan<byte> image = images.AsSpan(index * DigitReader.Pixels, DigitReader.Pixels);
        Console.Write(Draw(image));
        (int digit, float probability) = model.Read(image);
        string label = options.Labels is null ? "" : Label(options, index);
        Console.WriteLine(FormattableString.Invariant($"read as {digit}, probability {probability:F4}{label}"));
    }

    private static string Label(Options options, int index)
    {
        ImageDataset data = Mnist.LoadPair(options.Images!, options.Labels!);
        return FormattableString.Invariant($", labelled {data.Labels[index]}");
    }

    private static string Draw(ReadOnlySpan<byte> image)
    {
        var text = new StringBuilder();
        for (int y = 0; y < Side; y += 2)
        {
            for (int x = 0; x < Side; x++)
            {
                int ink = (image[(y * Side) + x] + image[((y + 1) * Side) + x]) / 2;
                text.Append(Shades[ink * Shades.Length / 256]);
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
