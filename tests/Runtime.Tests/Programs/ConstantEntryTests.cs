using System.Text;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

public sealed class ConstantEntryTests
{
    [Fact]
    public void Text_in_base_64_is_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 10_001).Select(i => (byte)(i * 7))];
        ConstantEntry entry = ConstantEntry.OfText(128, Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
        Assert.Equal(128, entry.Offset);
        Assert.Equal(bytes, entry.Data);
        Assert.Throws<FormatException>(() => ConstantEntry.OfText(0, "AAA"u8));
        Assert.Throws<FormatException>(() => ConstantEntry.OfText(0, "AA?A"u8));
    }

    [Fact]
    public void A_missing_resource_is_told() => Assert.Throws<FormatException>(
        () => ConstantEntry.OfResource(0, typeof(ConstantEntryTests).Assembly, "none"));
}
