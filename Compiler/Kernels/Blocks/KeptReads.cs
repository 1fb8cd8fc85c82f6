using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>Elements of a row that several stages read: the first reads them from memory, and keeps them where the same
/// thread finds them again.</summary>
internal static class KeptReads
{
    /// <summary>Rewrites the stages.</summary>
    /// <param name="stages">The stages of a row, in order.</param>
    /// <param name="bytes">Shared memory that is left.</param>
    /// <returns>The shared memory used.</returns>
    public static List<Buffer> Keep(IReadOnlyList<BlockStage> stages, long bytes)
    {
        var written = new HashSet<Buffer>(stages.SelectMany(stage => stage.Items).Select(item => item.Store!));
        var result = new List<Buffer>();
        for (int i = 0; i < stages.Count; i++)
        {
            BlockStage first = stages[i];
            BlockStage[] later = stages.Skip(i + 1).Where(stage => stage.Step == first.Step).ToArray();
            if (first.Step is not { } step || later.Length == 0)
            {
                continue;
            }

            foreach (Load load in Candidates(first).Where(load => !written.Contains(load.Buffer)).ToArray())
            {
                bool IsSame(Value value) => value is Load other && Reads.AreSame(load, other);
                long size = step.Elements.Max * DTypes.SizeOf(load.Type);
                bool isReadAgain = later.Any(stage => Candidates(stage).Any(IsSame));
                if (size > bytes || !load.Index.DependsOn(step.Counter) || !isReadAgain)
                {
                    continue;
                }

                bytes -= size;
                var kept = new Buffer("kept", load.Type, step.Elements.Max);
                var element = new Local("kept" + result.Count, load.Type);
                result.Add(kept);
                first.Front.Add(new Declare(element, load));
                first.Front.Add(new Store(kept, step.Element, element));
                first.Replace(value => IsSame(value) ? element : null);
                foreach (BlockStage stage in later)
                {
                    stage.Replace(value => IsSame(value) ? new Load(kept, step.Element) : null);
                }
            }
        }

        return result;
    }

    // Not what data chooses: other elements would be other data.
    private static IEnumerable<Load> Candidates(BlockStage stage) =>
        Reads.Plain(stage.Values.Values).Where(load => !load.Index.HasData());
}
