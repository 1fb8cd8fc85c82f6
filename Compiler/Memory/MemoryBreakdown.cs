using System.Globalization;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>Says what holds a program's memory where most is needed.</summary>
internal static class MemoryBreakdown
{
    private const int MostLines = 12;
    private const string OutsideOfLayers = "outside of layers";

    /// <summary>The error of a program that does not fit.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="budget">The bytes that it may take.</param>
    /// <param name="draft">The best that was found.</param>
    /// <param name="lifetimes">When its buffers are alive.</param>
    /// <param name="live">The bytes alive at each step.</param>
    public static MemoryBudgetException Refusal(
        string name, long budget, PlanDraft draft, List<Lifetime> lifetimes, long[] live)
    {
        long needed = BufferPlanner.Run(lifetimes, draft.Rooms.Values).Bytes;
        int peak = Array.IndexOf(live, live.Max());
        Dictionary<Buffer, string> owners = Owners(draft);
        var holders = lifetimes.Where(one => one.First <= peak && peak <= one.Last)
            .GroupBy(one => owners.TryGetValue(one.Buffer, out string? owner) ? owner : OutsideOfLayers)
            .Select(group => (Owner: group.Key, Bytes: group.Sum(one => one.Bytes)))
            .OrderByDescending(holder => holder.Bytes).ThenBy(holder => holder.Owner, StringComparer.Ordinal).ToArray();
        IEnumerable<string> lines = holders.Take(MostLines).Select(holder => $"\n  {Text(holder.Bytes)} {holder.Owner}");
        string more = holders.Length <= MostLines
            ? "" : $"\n  {Text(holders.Skip(MostLines).Sum(holder => holder.Bytes))} others";
        string where = peak < draft.Run.Count && draft.Run[peak] is Kernel kernel ? $" at {Describe(kernel)}" : "";
        return new MemoryBudgetException(
            $"program '{name}' may take {Text(budget)} bytes beside its state and needs {Text(needed)}, whatever is "
            + $"computed again; most is alive{where}:{string.Concat(lines)}{more}", budget, needed);
    }

    // Who made what: layers by their path, and what is there all the time.
    private static Dictionary<Buffer, string> Owners(PlanDraft draft)
    {
        var owners = new Dictionary<Buffer, string>();
        foreach (Kernel kernel in draft.Prepare.Concat(draft.Run).SelectMany(step => step.Kernels))
        {
            foreach (Buffer buffer in kernel.Written.Where(buffer => !owners.ContainsKey(buffer)))
            {
                owners.Add(buffer, Path(kernel) is { Length: > 0 } path ? path : OutsideOfLayers);
            }
        }

        // What a loop or branch has for itself belongs to the layer that it begins with.
        foreach (var pair in draft.Rooms)
        {
            owners[pair.Value.Buffer] = pair.Key.Kernels.Select(Path).FirstOrDefault(path => path.Length > 0)
                ?? OutsideOfLayers;
        }

        foreach (Buffer buffer in draft.Always)
        {
            owners[buffer] = owners.ContainsKey(buffer) ? "outputs" : "inputs and constants";
        }

        return owners;
    }

    private static string Describe(Kernel kernel) =>
        Path(kernel) is { Length: > 0 } path ? $"{kernel.Name} of {path}" : kernel.Name;

    private static string Path(Kernel kernel) =>
        kernel.Nodes.Select(node => node.ModulePath).LastOrDefault(path => path.Length > 0) ?? "";

    private static string Text(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}
