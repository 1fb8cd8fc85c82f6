using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>Steps that are done in order, a run's or those of a body, and what is known of their memory.</summary>
/// <param name="Steps">The steps.</param>
/// <param name="FirstChange">How many come before the end of the last check.</param>
/// <param name="Storage">The memory that a buffer has.</param>
/// <param name="Always">What is alive all the time.</param>
/// <param name="IsElsewhere">Whether a buffer has memory that is not theirs to place.</param>
internal sealed record StepList(
    IReadOnlyList<Step> Steps, int FirstChange, Func<Buffer, Buffer> Storage, IEnumerable<Buffer> Always,
    Func<Buffer, bool> IsElsewhere)
{
    // Where memory has no budget, the peak may grow by such a share for threads to have work.
    private const int ShareOfPeak = 32;

    /// <summary>When their buffers are alive.</summary>
    public List<Lifetime> Lifetimes(PipelineOptions options) =>
        Memory.Lifetimes.Of(Steps, Always, IsElsewhere, Room.Of(Steps, options.Guard));

    /// <summary>The bytes that may be alive at one time.</summary>
    /// <param name="peak">Those that are.</param>
    /// <param name="options">The budget of memory.</param>
    public static long Most(long peak, PipelineOptions options) =>
        options.MemoryBudget is null ? peak + (peak / ShareOfPeak) : peak;
}
