namespace Sinter.Runtime.Cuda.Native;

/// <summary>The names of the last launches of a stream, for errors that come long after them.</summary>
internal sealed class RecentLaunches
{
    private const int Kept = 8;

    private readonly string[] names = new string[Kept];
    private int count;

    /// <summary>Notes a launch.</summary>
    public void Add(string name)
    {
        names[count % Kept] = name;
        count = count == int.MaxValue ? Kept : count + 1;
    }

    /// <summary>The launches, newest first, as a part of a message.</summary>
    public string Describe()
    {
        if (count == 0)
        {
            return "";
        }

        int known = Math.Min(count, Kept);
        var newest = Enumerable.Range(1, known).Select(back => names[(count - back) % Kept]);
        return $" (launched last, newest first: {string.Join(", ", newest)})";
    }
}
