using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>
/// A step of a plan: a launch (<see cref="Kernel"/>), launches beside each other (<see cref="Concurrent"/>), a
/// <see cref="Loop"/>, a <see cref="Branch"/> or a <see cref="SetSize"/>. Each says what it reads and writes of the
/// memory around it, so that order, lifetimes and placement follow without looking inside.
/// </summary>
public abstract record Step
{
    /// <summary>The buffers that the step touches, in order of first use.</summary>
    public abstract IReadOnlyList<Buffer> Buffers { get; }

    /// <summary>The buffers read.</summary>
    public abstract IReadOnlyCollection<Buffer> Read { get; }

    /// <summary>The buffers written.</summary>
    public abstract IReadOnlyCollection<Buffer> Written { get; }

    /// <summary>The step and all steps inside it, outer before inner.</summary>
    public virtual IEnumerable<Step> WithInner => [this];

    /// <summary>Every launch of the step, those inside loops once, those of both branches.</summary>
    public IEnumerable<Kernel> Kernels => WithInner.OfType<Kernel>();

    /// <summary>The step with another launch, on the same buffers, in the place of each.</summary>
    public abstract Step Map(Func<Kernel, Kernel> map);
}

/// <summary>Launches that may run at the same time: none touches what another writes, nor the memory of what another
/// uses. The order is the one in which pieces are handed out.</summary>
/// <param name="Launches">The launches, two or more.</param>
public sealed record Concurrent(IReadOnlyList<Kernel> Launches) : Step
{
    /// <inheritdoc/>
    public override IReadOnlyList<Buffer> Buffers { get; } =
        [.. Launches.SelectMany(launch => launch.Buffers).Distinct()];

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Read { get; } =
        new HashSet<Buffer>(Launches.SelectMany(launch => launch.Read));

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Written { get; } =
        new HashSet<Buffer>(Launches.SelectMany(launch => launch.Written));

    /// <inheritdoc/>
    public override IEnumerable<Step> WithInner => new Step[] { this }.Concat(Launches);

    /// <inheritdoc/>
    public override Step Map(Func<Kernel, Kernel> map) => this with { Launches = Launches.Select(map).ToArray() };
}

/// <summary>Gives a symbol its value, in front of all steps that name it.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Count">A scalar of I64.</param>
/// <param name="Site">The check that tells a value beyond the bound: the run is given up then.</param>
public sealed record SetSize(Symbol Symbol, Buffer Count, int Site) : Step
{
    /// <inheritdoc/>
    public override IReadOnlyList<Buffer> Buffers { get; } = [Count];

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Read => Buffers;

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Written => [];

    /// <inheritdoc/>
    public override Step Map(Func<Kernel, Kernel> map) => this;
}

/// <summary>Memory that a loop's body sees at another place in each iteration. Kernels do not know: they get an
/// address.</summary>
/// <param name="Buffer">The memory as kernels of the body name it.</param>
public abstract record Move(Buffer Buffer);

/// <summary>One of the slices along the first axis of a buffer: that of the iteration.</summary>
/// <param name="Buffer">The slice.</param>
/// <param name="Of">All slices, one after another.</param>
/// <param name="IsReversed">Whether the first iteration has the last slice.</param>
public sealed record Slice(Buffer Buffer, Buffer Of, bool IsReversed) : Move(Buffer);

/// <summary>What an iteration reads of the one before: a carried value.</summary>
/// <param name="Buffer">The value.</param>
/// <param name="First">Where the first iteration finds it.</param>
/// <param name="Next">What each iteration writes for the next: another moving buffer of the loop.</param>
public sealed record Previous(Buffer Buffer, Buffer First, Buffer Next) : Move(Buffer);

/// <summary>Two rooms that iterations write in turns, so that each may read what the one before wrote.</summary>
/// <param name="Buffer">The memory written.</param>
/// <param name="Even">The room of iterations 0, 2, …</param>
/// <param name="Odd">The room of the others.</param>
/// <param name="Last">Where the last iteration writes instead; null where nobody wants its value.</param>
public sealed record Turns(Buffer Buffer, Buffer Even, Buffer Odd, Buffer? Last) : Move(Buffer);

/// <summary>Steps done a number of times.</summary>
/// <param name="Count">How many times.</param>
/// <param name="Moves">The memory that is elsewhere in each iteration.</param>
/// <param name="Body">The steps of an iteration, in order.</param>
/// <param name="HasChecks">Whether it looks at indices from data, so that a run may be given up inside it.</param>
public sealed record Loop(
    Dimension Count, IReadOnlyList<Move> Moves, IReadOnlyList<Step> Body, bool HasChecks = false) : Step
{
    private readonly Uses uses = Uses.Of(Moves, Body);

    /// <inheritdoc/>
    public override IReadOnlyList<Buffer> Buffers => uses.Buffers;

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Read => uses.Read;

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Written => uses.Written;

    /// <inheritdoc/>
    public override IEnumerable<Step> WithInner => new[] { this }.Concat(Body.SelectMany(step => step.WithInner));

    /// <inheritdoc/>
    public override Step Map(Func<Kernel, Kernel> map) =>
        this with { Body = Body.Select(step => step.Map(map)).ToArray() };

    /// <summary>Memory that only the loop uses: values within an iteration, and what iterations write in
    /// turns.</summary>
    public IReadOnlyCollection<Buffer> Locals => uses.Locals;

    /// <summary>Those of the locals that are alive from one iteration to the next.</summary>
    public IEnumerable<Buffer> Kept => Moves.OfType<Turns>().SelectMany(turns => new[] { turns.Even, turns.Odd });

    private sealed record Uses(
        IReadOnlyList<Buffer> Buffers, HashSet<Buffer> Read, HashSet<Buffer> Written, HashSet<Buffer> Locals)
    {
        public static Uses Of(IReadOnlyList<Move> moves, IReadOnlyList<Step> body)
        {
            var read = new HashSet<Buffer>(body.SelectMany(step => step.Read));
            var locals = new HashSet<Buffer>(body.SelectMany(step => step.Written));
            var written = new HashSet<Buffer>();
            foreach (Move move in moves)
            {
                if (move is Slice slice)
                {
                    (locals.Contains(slice.Buffer) ? written : read).Add(slice.Of);
                }
                else if (move is Previous previous)
                {
                    read.Add(previous.First);
                }
                else if (move is Turns { Last: { } last })
                {
                    written.Add(last);
                }
            }

            var moving = new HashSet<Buffer>(moves.Select(move => move.Buffer));
            locals.ExceptWith(moving);
            read.ExceptWith(moving);
            read.ExceptWith(locals);
            locals.UnionWith(moves.OfType<Turns>().SelectMany(turns => new[] { turns.Even, turns.Odd }));
            return new Uses([.. read.Union(written)], read, written, locals);
        }
    }
}

/// <summary>Two lists of steps, of which a run does one.</summary>
/// <param name="Predicate">One truth value: where it holds, the first list is done.</param>
/// <param name="Then">The first list, in order.</param>
/// <param name="Otherwise">The second list, in order.</param>
/// <param name="Results">What either list writes for the steps behind.</param>
/// <param name="HasChecks">Whether either looks at indices from data, so that a run may be given up inside it.</param>
public sealed record Branch(
    Buffer Predicate, IReadOnlyList<Step> Then, IReadOnlyList<Step> Otherwise, IReadOnlyCollection<Buffer> Results,
    bool HasChecks = false) : Step
{
    /// <inheritdoc/>
    public override IReadOnlyList<Buffer> Buffers { get; } =
        [.. ReadBy(Predicate, [.. Then, .. Otherwise]), .. Results];

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Read { get; } = ReadBy(Predicate, [.. Then, .. Otherwise]);

    /// <inheritdoc/>
    public override IReadOnlyCollection<Buffer> Written => Results;

    /// <inheritdoc/>
    public override IEnumerable<Step> WithInner =>
        new[] { this }.Concat(Then.Concat(Otherwise).SelectMany(step => step.WithInner));

    /// <inheritdoc/>
    public override Step Map(Func<Kernel, Kernel> map) => this with
    {
        Then = Then.Select(step => step.Map(map)).ToArray(),
        Otherwise = Otherwise.Select(step => step.Map(map)).ToArray(),
    };

    /// <summary>Memory that only this list of steps uses.</summary>
    public HashSet<Buffer> LocalsOf(IReadOnlyList<Step> steps) =>
        [.. steps.SelectMany(step => step.Written).Except(Results)];

    private static HashSet<Buffer> ReadBy(Buffer predicate, Step[] steps) =>
        [predicate, .. steps.SelectMany(step => step.Read).Except(steps.SelectMany(step => step.Written))];
}
