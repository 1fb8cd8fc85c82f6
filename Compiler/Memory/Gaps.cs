namespace Sinter.Compiler.Memory;

/// <summary>The free ranges of an arena that grows, in order of their offsets; neighbours are one.</summary>
/// <param name="start">Where the arena begins.</param>
internal sealed class Gaps(long start)
{
    private readonly List<(long Start, long End)> gaps = [];

    /// <summary>Where the arena ends.</summary>
    public long Top { get; private set; } = start;

    /// <summary>Takes the lowest range of so many bytes; the arena grows where there is none.</summary>
    /// <returns>Its offset.</returns>
    public long Take(long bytes)
    {
        int at = gaps.FindIndex(gap => bytes <= gap.End - gap.Start);
        if (at < 0)
        {
            // A gap at the very end is a part of what is taken.
            bool open = gaps.Count > 0 && gaps[gaps.Count - 1].End == Top;
            long offset = open ? gaps[gaps.Count - 1].Start : Top;
            if (open)
            {
                gaps.RemoveAt(gaps.Count - 1);
            }

            Top = checked(offset + bytes);
            return offset;
        }

        var (first, end) = gaps[at];
        if (first + bytes == end)
        {
            gaps.RemoveAt(at);
        }
        else
        {
            gaps[at] = (first + bytes, end);
        }

        return first;
    }

    /// <summary>Gives a range back.</summary>
    public void Free(long offset, long bytes)
    {
        int at = gaps.BinarySearch((offset, offset));
        at = at < 0 ? ~at : at;
        long end = offset + bytes;
        if (at < gaps.Count && gaps[at].Start == end)
        {
            end = gaps[at].End;
            gaps.RemoveAt(at);
        }

        if (at > 0 && gaps[at - 1].End == offset)
        {
            offset = gaps[at - 1].Start;
            gaps.RemoveAt(--at);
        }

        gaps.Insert(at, (offset, end));
    }
}
