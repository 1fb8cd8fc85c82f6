using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>A value that is not kept between two steps that read it.</summary>
/// <param name="Buffer">The value.</param>
/// <param name="After">The step after which it goes.</param>
internal readonly record struct Gap(Buffer Buffer, int After);

/// <summary>Where a step of a regenerated run comes from.</summary>
/// <param name="Step">The step, on the buffers that hold its values now.</param>
/// <param name="Base">The step of the draft that it is, or for which it computes something again.</param>
/// <param name="IsAgain">Whether it computes something again.</param>
internal readonly record struct Regenerated(Step Step, int Base, bool IsAgain);

/// <summary>
/// The steps of a draft when some values are not kept: what is missing where a step wants it is computed again, by the
/// same kernel from the same values into other memory, so that it is the same to the last bit. What goes into it may be
/// missing too.
/// </summary>
/// <param name="facts">What is known of the draft.</param>
/// <param name="gaps">When values go.</param>
/// <param name="passing">Values that, computed again on the way to another, go at once.</param>
internal sealed class Regeneration(RunFacts facts, HashSet<Gap> gaps, HashSet<Buffer> passing)
{
    // Values that wait for one another are computed by recursion.
    private const int MostNested = 200;

    private readonly List<Regenerated> result = [];

    // Which buffer holds a value now: for all steps to come, or for this one.
    private readonly Dictionary<Buffer, Buffer> held = [];
    private readonly Dictionary<Buffer, Buffer> once = [];

    /// <summary>The value that a copy holds.</summary>
    public Dictionary<Buffer, Buffer> Originals { get; } = [];

    /// <summary>The steps, or null where something cannot be computed again.</summary>
    public IReadOnlyList<Regenerated>? Run()
    {
        for (int i = 0; i < facts.Steps.Count; i++)
        {
            Step step = facts.Steps[i];
            once.Clear();
            foreach (Buffer value in step.Buffers.Where(facts.IsPassing))
            {
                if (!held.ContainsKey(value) && !Provide(value, i, 0))
                {
                    return null;
                }
            }

            bool same = step.Buffers.All(buffer => Now(buffer) == buffer);
            if (!same && step is not Kernel)
            {
                return null;
            }

            result.Add(new Regenerated(same ? step : ((Kernel)step).On(Now), i, IsAgain: false));
            foreach (Buffer value in step.Buffers.Where(facts.IsPassing))
            {
                if (gaps.Contains(new Gap(value, i)) || facts.Uses(value).Last() == i)
                {
                    held.Remove(value);
                }
            }
        }

        return result;
    }

    private Buffer Now(Buffer buffer) =>
        held.TryGetValue(buffer, out Buffer? now) || once.TryGetValue(buffer, out now) ? now : buffer;

    // Sees that a value is there when a step runs.
    private bool Provide(Buffer value, int at, int depth)
    {
        if (held.ContainsKey(value) || once.ContainsKey(value))
        {
            return true;
        }

        if (facts.Uses(value)[0] == at)
        {
            held.Add(value, value);
            return true;
        }

        if (depth > MostNested || !facts.CanRepeat(value, at))
        {
            return false;
        }

        var kernel = (Kernel)facts.Steps[facts.Uses(value)[0]];
        if (!facts.Operands(kernel).All(operand => Provide(operand, at, depth + 1)))
        {
            return false;
        }

        var copies = kernel.Written.ToDictionary(written => written, Copy);
        result.Add(new Regenerated(
            kernel.On(b => copies.TryGetValue(b, out Buffer? copy) ? copy : Now(b)), at, IsAgain: true));
        foreach (var pair in copies.Where(pair => !held.ContainsKey(pair.Key) && !once.ContainsKey(pair.Key)))
        {
            bool isWanted = facts.Uses(pair.Key).Last() >= at
                && (!passing.Contains(pair.Key) || facts.Uses(pair.Key).Contains(at));
            (isWanted ? held : once).Add(pair.Key, pair.Value);
        }

        return true;
    }

    private Buffer Copy(Buffer value)
    {
        var copy = new Buffer(value.Name + "_again", value.Type, value.Size);
        Originals.Add(copy, value);
        return copy;
    }
}
