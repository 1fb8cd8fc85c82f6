using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Specs;

/// <summary>Checks statements: scopes of counters, locals and pointers, and that what is written fits where it
/// goes.</summary>
/// <param name="values">The checks of values, which hold what is in scope.</param>
internal sealed class StatementSpec(ValueSpec values)
{
    private readonly MatrixSpec matrices = new(values);

    /// <summary>Checks a block; what it declares ends with it.</summary>
    /// <param name="body">The block.</param>
    /// <param name="isReached">Whether it may run: loops over an extent that is always 0 do not.</param>
    public HashSet<string> Block(IReadOnlyList<Statement> body, bool isReached = true)
    {
        values.Unreached += isReached ? 0 : 1;
        HashSet<string> names = Scope(body);
        values.Unreached -= isReached ? 0 : 1;
        return names;
    }

    private HashSet<string> Scope(IReadOnlyList<Statement> body)
    {
        // A name may come back in a block beside, not in one around: languages differ there, so none is relied on.
        var below = new HashSet<string>();
        var own = new List<string>();
        var counters = new List<LoopVariable>();
        var memory = new List<Buffer>();
        var registersHere = new List<Registers>();
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Declare declare:
                    Declare(declare, below, own);
                    break;
                case DeclarePointer { Pointer: var pointer }:
                    values.Memory.Require(pointer.Start);
                    values.Check(pointer.Offset);
                    Name(pointer.Name, below, own);
                    values.Memory.Add(pointer);
                    memory.Add(pointer);
                    break;
                case DeclareRegisters { Registers: var registers }:
                    Name(registers.Name, below, own);
                    values.Registers.Add(registers);
                    registersHere.Add(registers);
                    break;
                case Scratch scratch:
                    values.Memory.Add(scratch.Buffer);
                    memory.Add(scratch.Buffer);
                    break;
                default:
                    Other(statement, below, counters);
                    break;
            }
        }

        own.ForEach(name => values.Locals.Remove(name));
        counters.ForEach(counter => values.Counters.Remove(counter));
        memory.ForEach(buffer => values.Memory.Remove(buffer));
        registersHere.ForEach(registers => values.Registers.Remove(registers));
        below.UnionWith(own);
        return below;
    }

    private void Other(Statement statement, HashSet<string> below, List<LoopVariable> counters)
    {
        switch (statement)
        {
            case Share share:
                values.Require(values.Counters.Contains(share.Piece), () => $"{share.Piece} is no counter here");
                Count(share.First, counters);
                Count(share.Last, counters);
                break;
            case For loop:
                values.Check(loop.Begin);
                values.Check(loop.End);
                values.Require(loop.Step > 0, () => $"loop {loop.Variable} steps by {loop.Step}");
                var inside = new List<LoopVariable>();
                Count(loop.Variable, inside);
                below.UnionWith(Block(loop.Body, MayRun(loop.Variable, loop.Begin, loop.End)));
                inside.ForEach(counter => values.Counters.Remove(counter));
                break;
            case StripLoop loop:
                Strips(loop, below, counters);
                break;
            case If branch:
                foreach (Condition condition in branch.Conditions)
                {
                    new[] { condition.Index, condition.Low, condition.High }.ToList().ForEach(values.Check);
                }

                below.UnionWith(Block(branch.Body, branch.Conditions.All(MayHold)));
                break;
            case Let let:
                values.Check(let.Value);
                Count(let.Variable, counters);
                break;
            case Assign assign:
                values.Check(assign.Value);
                values.Check(assign.Local);
                values.RequireSame(assign.Local, assign.Value, "assigned");
                break;
            case Store store:
                Store(store);
                break;
            case SetRegister or LoadVector or StoreVector or LoadSquares or MultiplyMatrices or CopyAhead:
                matrices.Check(statement);
                break;
            case Prefetch prefetch:
                values.Memory.Require(prefetch.Buffer);
                values.Check(prefetch.Index);
                break;
            case Transpose transpose:
                values.Memory.Require(transpose.Source);
                values.Memory.Require(transpose.Target);
                new[] { transpose.From, transpose.To, transpose.SourceStride, transpose.Rows,
                    transpose.Columns }.ToList()
                    .ForEach(values.Check);
                break;
        }
    }

    private static bool MayRun(LoopVariable counter, Index begin, Index end) =>
        counter.Extent.Max > 0 && begin.Min < end.Max;

    private static bool MayHold(Condition condition) =>
        condition.Index.Max >= condition.Low.Min && condition.Index.Min < condition.High.Max;

    private void Strips(StripLoop loop, HashSet<string> below, List<LoopVariable> counters)
    {
        values.Check(loop.Begin);
        values.Check(loop.End);

        // All strips share the counter, which stays declared behind them.
        Count(loop.Variable, counters);
        long previous = long.MaxValue;
        foreach (Strip strip in loop.Strips)
        {
            values.Require(strip.Step > 0 && strip.Step <= previous, () => $"strips of {loop.Variable} grow");
            previous = strip.Step;
            below.UnionWith(Block(strip.Body, MayRun(loop.Variable, loop.Begin, loop.End)));
        }
    }

    private void Declare(Declare declare, HashSet<string> below, List<string> own)
    {
        values.Check(declare.Value);
        values.RequireSame(declare.Local, declare.Value, "declared");
        Name(declare.Local.Name, below, own);
        values.Locals[declare.Local.Name] = declare.Local;
    }

    private void Name(string name, HashSet<string> below, List<string> own)
    {
        bool free = !values.Locals.ContainsKey(name) && !below.Contains(name);
        values.Require(free, () => $"{name} is declared twice");
        values.Locals[name] = null;
        own.Add(name);
    }

    private void Count(LoopVariable counter, List<LoopVariable> scope)
    {
        values.Require(values.Counters.Add(counter), () => $"counter {counter} is declared twice");
        scope.Add(counter);
    }

    private void Store(Store store)
    {
        values.Memory.Require(store.Buffer);
        values.Check(store.Index);
        values.Check(store.Value);
        values.Require(
            store.Buffer.Type == store.Value.Type, () => $"a {store.Value.Type} is stored in {store.Buffer}");
        values.Require(
            store.Value.Lanes > 1 || store.Count is null, () => $"one element stored in {store.Buffer} has a count");
        if (store.Count is not null)
        {
            values.Check(store.Count);
        }

        values.RequireInside(store.Buffer, store.Index);
    }
}
