namespace Sinter.Runtime.Programs;

/// <summary>A buffer of a program that is compiled with guards.</summary>
/// <param name="Name">Its name in traces.</param>
/// <param name="Offset">Bytes into the arena.</param>
/// <param name="Bytes">Its size: the factor in front of the symbols is of bytes.</param>
/// <param name="End">Where its zone ends, bytes into the arena.</param>
/// <param name="IsInput">Whether the host fills it.</param>
public sealed record GuardEntry(string Name, long Offset, Size Bytes, long End, bool IsInput);

/// <summary>
/// Zones behind each buffer of the arena, around state, and behind each buffer of the calling thread's scratch, for
/// tests of the compiler. What a kernel writes there is found after its launch; what it reads there, or reads before
/// anything is written, is no number.
/// </summary>
internal sealed unsafe class GuardZones
{
    private const byte Canary = 0xFF;
    private const int Front = 64;

    private readonly ProgramTable table;
    private readonly byte* arena;
    private readonly byte* scratch;
    private readonly NativeMemoryBlock[] state;
    private readonly long[] prepared;
    private readonly long[] ends;

    public GuardZones(
        ProgramTable table, byte* arena, byte* scratch, NativeMemoryBlock[] state, ReadOnlySpan<long> prepared)
    {
        this.table = table;
        this.prepared = prepared.ToArray();
        for (int i = 0; i < prepared.Length; i++)
        {
            Behind(i).Fill(Canary);
        }

        this.arena = arena;
        this.scratch = scratch;
        this.state = state;
        ends = new long[table.Guards.Length];
        new Span<byte>(arena, checked((int)table.ArenaBytes)).Fill(Canary);
        foreach (GuardEntry input in table.Guards.Where(entry => entry.IsInput))
        {
            new Span<byte>(arena + input.Offset, checked((int)(input.End - input.Offset))).Clear();
        }

        foreach (NativeMemoryBlock block in state)
        {
            new Span<byte>(block.Pointer - Front, Front).Fill(Canary);
            new Span<byte>(block.Pointer + block.Bytes, NativeMemoryBlock.Slack).Fill(Canary);
        }
    }

    /// <summary>Zones begin where buffers of these sizes end.</summary>
    public void Resize(ReadOnlySpan<long> symbols)
    {
        for (int i = 0; i < ends.Length; i++)
        {
            GuardEntry entry = table.Guards[i];
            ends[i] = entry.Offset + entry.Bytes.Evaluate(symbols);
            Zone(i).Fill(Canary);
        }
    }

    /// <summary>Makes a launch's scratch no numbers.</summary>
    public void Before(LaunchEntry launch) => new Span<byte>(scratch, (int)launch.ScratchBytes).Fill(Canary);

    /// <summary>Looks at every zone.</summary>
    /// <exception cref="InvalidOperationException">The kernel has written outside its buffers.</exception>
    public void After(LaunchEntry launch)
    {
        Require(launch, new Span<byte>(arena, Front), "arena", "in front of");
        for (int i = 0; i < ends.Length; i++)
        {
            Require(launch, Zone(i), table.Guards[i].Name, "behind");
        }

        for (int i = 0; i < state.Length; i++)
        {
            Require(launch, new Span<byte>(state[i].Pointer - Front, Front), table.State[i].Name, "in front of");
            byte* end = state[i].Pointer + state[i].Bytes;
            Require(launch, new Span<byte>(end, NativeMemoryBlock.Slack), table.State[i].Name, "behind");
        }

        for (int i = 0; i < prepared.Length; i++)
        {
            Require(launch, Behind(i), $"prepared {i}", "behind");
        }

        long[] zones = launch.ScratchZones ?? [];
        for (int i = 0; i < zones.Length; i += 2)
        {
            Require(launch, new Span<byte>(scratch + zones[i], (int)zones[i + 1]), $"scratch {i / 2}", "behind");
        }
    }

    private Span<byte> Zone(int buffer) =>
        new(arena + ends[buffer], checked((int)(table.Guards[buffer].End - ends[buffer])));

    private Span<byte> Behind(int preparation)
    {
        PreparedEntry entry = table.Prepared[preparation];
        return new((byte*)prepared[preparation] + entry.Bytes, checked((int)(entry.Reserved - entry.Bytes)));
    }

    private void Require(LaunchEntry launch, Span<byte> zone, string buffer, string where)
    {
        int at = zone.IndexOfAnyExcept(Canary);
        if (at >= 0)
        {
            throw new InvalidOperationException(
                $"kernel {table.Kernels[launch.Kernel]} of program '{table.Name}' writes {where} '{buffer}', "
                + $"{at} bytes into its zone");
        }
    }
}
