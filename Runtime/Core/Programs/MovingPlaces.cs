namespace Sinter.Runtime.Programs;

/// <summary>Where the memory of a program stands, on whatever device: that of loops moves with their
/// iterations.</summary>
/// <param name="arena">The arena's address.</param>
/// <param name="state">The address of each piece of state.</param>
/// <param name="steps">The program's steps.</param>
internal sealed class MovingPlaces(long arena, long[] state, StepEntry[] steps)
{
    private readonly long[] now = new long[Count(steps)];

    /// <summary>The address of a place. Of one that moves: in the iteration that was entered last.</summary>
    public long this[Place place] =>
        place.Move is { } move ? now[move] : place.IsState ? state[place.Offset] : arena + place.Offset;

    /// <summary>Moves a loop's memory to where an iteration finds it.</summary>
    public void Enter(LoopEntry loop, long iteration, long count, ReadOnlySpan<long> symbols)
    {
        // What the iteration before wrote is found before that moves on.
        for (int i = 0; i < loop.Moves.Length; i++)
        {
            if (loop.Moves[i] is PreviousEntry previous)
            {
                now[loop.FirstMove + i] = iteration == 0 ? this[previous.First] : now[previous.Next];
            }
        }

        for (int i = 0; i < loop.Moves.Length; i++)
        {
            if (loop.Moves[i] is SliceEntry slice)
            {
                long position = slice.IsReversed ? count - 1 - iteration : iteration;
                now[loop.FirstMove + i] = this[slice.Of] + (position * slice.Stride.Evaluate(symbols));
            }
            else if (loop.Moves[i] is TurnsEntry turns)
            {
                bool isLast = iteration == count - 1 && turns.Last is not null;
                now[loop.FirstMove + i] =
                    this[isLast ? turns.Last!.Value : iteration % 2 == 0 ? turns.Even : turns.Odd];
            }
        }
    }

    /// <summary>Whether a place moves with the iterations of this loop, not with those of one around or inside
    /// it.</summary>
    public static bool IsOf(LoopEntry loop, Place place) =>
        place.Move >= loop.FirstMove && place.Move < loop.FirstMove + loop.Moves.Length;

    private static int Count(StepEntry[] steps) =>
        steps.Sum(step => step switch
        {
            LoopEntry loop => loop.Moves.Length + Count(loop.Body),
            BranchEntry branch => Count(branch.Then) + Count(branch.Otherwise),
            _ => 0,
        });
}
