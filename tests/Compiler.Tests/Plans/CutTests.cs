using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>Loops cut into pieces: whole, and even, for every number of iterations.</summary>
public sealed class CutTests
{
    private const int Largest = 700;

    public static TheoryData<long, long> Grains => new()
    {
        { 1, 1 }, { 2, 1 }, { 3, 1 }, { 7, 1 }, { 36, 6 }, { 5, 6 }, { 96, 16 }, { 300, 4 }, { 699, 1 }, { 100_000, 16 },
    };

    [Theory]
    [MemberData(nameof(Grains))]
    public void Pieces_of_a_symbolic_loop_are_whole_and_even(long grain, long multiple)
    {
        Symbol n = Symbol.Create("N", 0, Largest);
        Share share = Loops.Cut(n, grain, multiple);
        long most = (grain + multiple - 1) / multiple * multiple;
        Assert.InRange(share.Grain.Min, 1, share.Grain.Max);
        Assert.True(share.Grain.Max <= most, $"{share.Grain.Max} iterations at most, of {most}");
        for (long extent = 0; extent <= Largest; extent++)
        {
            long each = share.Grain.Evaluate(_ => extent);
            long pieces = share.Piece.Extent.Evaluate(_ => extent);
            Assert.InRange(each, 1, most);
            Assert.True(grain == 1 || each % multiple == 0, $"{each} is no multiple of {multiple}");
            Assert.InRange(extent, (each * (pieces - 1)) + (pieces > 0 ? 1 : 0), each * pieces);

            // Rounding aside, an even number of pieces of one size: two threads have as much to do.
            long pairs = (extent + (2 * most) - 1) / (2 * most);
            Assert.True(grain == 1 || extent <= most || pieces > 2 * (pairs - 1), $"{pieces} pieces of {extent}");
            Assert.True(
                grain == 1 || extent <= most || (each * 2 * pairs) - extent < 2 * pairs * multiple,
                $"{pieces} pieces of {each} make {extent}");
        }
    }

    [Theory]
    [MemberData(nameof(Grains))]
    public void Pieces_of_a_known_loop_are_no_longer_than_the_grain(long grain, long multiple)
    {
        for (long extent = 1; extent <= Largest; extent++)
        {
            Share share = Loops.Cut(extent, grain, multiple);
            Assert.InRange(share.Grain.Value, 1, (grain + multiple - 1) / multiple * multiple);
            Assert.Equal((extent + share.Grain.Value - 1) / share.Grain.Value, share.Piece.Extent.Value);
        }
    }
}
