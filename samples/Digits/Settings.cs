using Sinter.Runtime.Data;

namespace Digits;

/// <summary>What the command line asks for.</summary>
/// <param name="Data">A folder with the files of MNIST, or null for synthetic digits.</param>
/// <param name="Examples">The most images to train on, or null for all.</param>
/// <param name="Epochs">How often to go through them.</param>
/// <param name="Batch">Images in a step.</param>
/// <param name="Seed">Chooses initial parameters, order, and synthetic digits.</param>
/// <param name="Threads">Threads to compute on.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="Output">The file for the trained parameters.</param>
/// <param name="SaveData">A folder to write the images to, or null.</param>
internal sealed record Settings(
    string? Data, int? Examples, int Epochs, int Batch, ulong Seed, int Threads, string Device, string Output,
    string? SaveData)
{
    private const int SyntheticExamples = 20_000;
    private const int SyntheticTests = 4_000;

    /// <summary>The images to train on, and others to test with.</summary>
    public (ImageDataset Train, ImageDataset Test) LoadData()
    {
        if (Data is not null)
        {
            (ImageDataset train, ImageDataset test) = Mnist.Load(Data);
            return (train.Take(Examples ?? train.Count), test);
        }

        return (Synthetic(Seed, Examples ?? SyntheticExamples), Synthetic(~Seed, SyntheticTests));
    }

    private static ImageDataset Synthetic(ulong seed, int count)
    {
        (byte[] images, byte[] labels) = SyntheticDigits.Generate(seed, count);
        return new ImageDataset(images, labels, channels: 1, SyntheticDigits.Side, SyntheticDigits.Side);
    }
}
