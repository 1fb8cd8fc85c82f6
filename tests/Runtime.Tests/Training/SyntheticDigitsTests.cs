using System.Security.Cryptography;
using Digits;

namespace Sinter.Runtime.Tests.Training;

public class SyntheticDigitsTests
{
    private const int Count = 5000;

    [Fact]
    public void TheBytesOfASeedNeverChange()
    {
        (byte[] images, byte[] labels) = SyntheticDigits.Generate(seed: 1, Count);
        Assert.Equal("856b7e8b89b8ab2f7565db87f58016355c1bfc6e992230134faf49e73332d147", Hash(images));
        Assert.Equal("bb5bd6a3b28042d2ddad2bfbdacb2e1c79a5d4a5984e5be05a1931aa85e30316", Hash(labels));
    }

    [Fact]
    public void OneImageIsTheSameAloneAndInASet()
    {
        (byte[] images, byte[] labels) = SyntheticDigits.Generate(seed: 5, 100);
        var alone = new byte[SyntheticDigits.PixelCount];
        SyntheticDigits.Draw(seed: 5, index: 42, labels[42], alone);
        Assert.Equal(images.AsSpan(42 * SyntheticDigits.PixelCount, SyntheticDigits.PixelCount).ToArray(), alone);
    }

    [Fact]
    public void SetsOfDifferentSeedsShareNoImage()
    {
        var seen = new HashSet<string>();
        for (ulong seed = 0; seed < 4; seed++)
        {
            (byte[] images, _) = SyntheticDigits.Generate(seed, 500);
            foreach (byte[] image in images.Chunk(SyntheticDigits.PixelCount))
                Assert.True(seen.Add(Hash(image)));
        }
    }

    [Fact]
    public void LabelsAreAboutEquallyFrequent()
    {
        (_, byte[] labels) = SyntheticDigits.Generate(seed: 2, Count);
        for (int digit = 0; digit < 10; digit++)
            Assert.InRange(labels.Count(label => label == digit), Count * 0.08, Count * 0.12);
    }

    [Fact]
    public void EveryImageHasInkAndPaper()
    {
        (byte[] images, _) = SyntheticDigits.Generate(seed: 3, Count);
        foreach (byte[] image in images.Chunk(SyntheticDigits.PixelCount))
        {
            Assert.InRange(image.Count(pixel => pixel > 100), 12, image.Length / 2);
            Assert.InRange(image.Count(pixel => pixel < 70), image.Length / 2, image.Length);
        }
    }

    [Fact]
    public void WrongArgumentsAreRefused()
    {
        var pixels = new byte[SyntheticDigits.PixelCount];
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Draw(0, 0, 10, pixels));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Draw(0, 0, -1, pixels));
        Assert.Throws<ArgumentException>(() => SyntheticDigits.Draw(0, 0, 0, pixels.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticDigits.Generate(0, -1));
        Assert.Empty(SyntheticDigits.Generate(0, 0).Images);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
