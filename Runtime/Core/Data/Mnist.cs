using Sinter.Runtime.Files;

namespace Sinter.Runtime.Data;

/// <summary>The four files of MNIST, or of a data set with the same names such as Fashion-MNIST.</summary>
public static class Mnist
{
    private const int Classes = 10;

    /// <summary>Reads the training and the test set from a folder.</summary>
    /// <param name="directory">Holds <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>,
    /// <c>t10k-images-idx3-ubyte</c> and <c>t10k-labels-idx1-ubyte</c>, each plain or with <c>.gz</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Files are missing; the message names all of them.</exception>
    /// <exception cref="ModelFormatException">A file is damaged or without images, images and labels differ in number,
    /// or a label is not below 10.</exception>
    public static (ImageDataset Train, ImageDataset Test) Load(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"{directory} is not a folder.");
        }
        string[] names =
        [
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        ];
        string?[] paths = [.. names.Select(name => Find(directory, name))];
        string[] missing = [.. names.Where((_, index) => paths[index] is null)];
        if (missing.Length > 0)
        {
            string list = string.Join(", ", missing);
            throw new FileNotFoundException($"{directory} lacks {list} (each plain or with .gz).", missing[0]);
        }
        return (LoadPair(paths[0]!, paths[1]!), LoadPair(paths[2]!, paths[3]!));
    }

    private static void Save(string directory, string set, ImageDataset data)
    {
        if (data.Channels != 1)
        {
            throw new ArgumentException($"images of {data.Channels} channels do not fit these files", nameof(data));
        }

        string images = Path.Combine(directory, set + "-images-idx3-ubyte");
        IdxFile.WriteBytes(images, [data.Count, data.Height, data.Width], data.Images.ToArray());
        IdxFile.WriteBytes(Path.Combine(directory, set + "-labels-idx1-ubyte"), [data.Count], data.Labels.ToArray());
    }

    private static string? Find(string directory, string name)
    {
        string plain = Path.Combine(directory, name);
        string packed = plain + ".gz";
        return File.Exists(plain) ? plain : File.Exists(packed) ? packed : null;
    }

    /// <summary>Writes both sets to a folder, under the names that <see cref="Load"/> looks for.</summary>
    /// <exception cref="SaveException">A file cannot be written.</exception>
    /// <exception cref="ArgumentException">Images have more than one channel.</exception>
    public static void Save(string directory, ImageDataset train, ImageDataset test)
    {
        Save(directory, "train", train);
        Save(directory, "t10k", test);
    }

    /// <summary>Reads images and their labels, each plain or compressed with gzip.</summary>
    /// <param name="imagePath">An idx file of (count, height, width).</param>
    /// <param name="labelPath">An idx file of (count).</param>
    /// <exception cref="ModelFormatException">A file is damaged or without images, images and labels differ in number,
    /// or a label is not below 10.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static ImageDataset LoadPair(string imagePath, string labelPath)
    {
        (int[] shape, byte[] images) = IdxFile.ReadBytes(imagePath);
        (int[] labelShape, byte[] labels) = IdxFile.ReadBytes(labelPath);
        if (shape.Length != 3 || shape[1] == 0 || shape[2] == 0)
        {
            string found = string.Join(", ", shape);
            string problem = $"expected (count, height, width), found ({found})";
            throw new ModelFormatException(imagePath, problem, 3, "dimensions");
        }
        if (shape[0] == 0)
        {
            throw new ModelFormatException(imagePath, "there are no images", 4, "dimension 0");
        }
        if (labelShape.Length != 1 || labelShape[0] != shape[0])
        {
            string found = string.Join(", ", labelShape);
            throw new ModelFormatException(
                labelPath, $"expected one label for each of {shape[0]} images, found ({found})", 4, "dimension 0");
        }
        int wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0)
        {
            throw new ModelFormatException(
                labelPath, $"{labels[wrong]} is not a class below {Classes}", 8 + wrong, $"label {wrong}");
        }
        return new ImageDataset(images, labels, 1, shape[1], shape[2]);
    }
}
