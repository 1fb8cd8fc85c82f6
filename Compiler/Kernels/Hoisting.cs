using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>
/// The last pass over kernels: addresses become pointers that inner loops only step (strength reduction), values that a
/// loop does not change move in front of it (loop-invariant code motion), products join sums, and values used twice get
/// a name (common subexpressions).
/// </summary>
public sealed class Hoisting
{
    private readonly MultiplyAdds multiplyAdds = new();
    private int names;

    /// <summary>A plan with every kernel hoisted, those of one text once. Kernels touch the same buffers as
    /// before.</summary>
    public static Plan Run(Plan plan)
    {
        var texts = new Dictionary<Kernel, Kernel>();
        Kernel Text(Kernel kernel)
        {
            if (!texts.TryGetValue(kernel, out Kernel? text))
            {
                text = kernel with { Body = new Hoisting().Block(kernel.Body, null, null) };
                texts.Add(kernel, text);
            }

            return text;
        }

        IReadOnlyList<Step> Steps(IReadOnlyList<Step> steps) =>
            steps.Select(step => step.Map(kernel => kernel.WithCode(Text))).ToArray();
        return plan with { Prepare = Steps(plan.Prepare), Run = Steps(plan.Run) };
    }

    // Statements of one block. The loop is the one whose body this is; what does not depend on it is left for the
    // caller.
    private List<Statement> Block(
        IReadOnlyList<Statement> body, LoopFrame? loop, Scope? around, bool isBranch = false)
    {
        var scope = new Scope(loop, around, isBranch);
        List<Statement> result = scope.Result;
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case For inner:
                    var frame = new LoopFrame(inner.Variable, inner.Body);
                    List<Statement> inside = Block(inner.Body, frame, scope);
                    Emit(frame, scope);
                    result.Add(new For(
                        inner.Variable, inner.Begin, inner.End, inner.Step, inside, inner.Unrolls));
                    break;
                case StripLoop strips:
                    var shared = new LoopFrame(strips.Variable, strips.Strips.SelectMany(strip => strip.Body));
                    var parts = strips.Strips.Select(strip => strip with { Body = Block(strip.Body, shared, scope) })
                        .ToArray();
                    Emit(shared, scope);
                    result.Add(new StripLoop(strips.Variable, strips.Begin, strips.End, parts));
                    break;
                case If branch:
                    // What is done under a condition stays where it is: no value moves in front of it, and of what only
                    // some threads do, no address.
                    result.Add(new If(branch.Conditions, branch.IsCommon
                        ? Block(branch.Body, scope.Loop, scope.Around, isBranch: true)
                        : Block(branch.Body, null, null)));
                    break;
                default:
                    result.Add(Rewrite(statement, scope));
                    break;
            }
        }

        return Naming.Run(result, () => "t" + names++);
    }

    // What the inner loop left: values and pointers that do not depend on it, which may not depend on this loop either.
    private void Emit(LoopFrame inner, Scope scope)
    {
        foreach (Declare declare in inner.Hoisted)
        {
            scope.Result.Add(Rewrite(declare, scope));
        }

        foreach (Pointer pointer in inner.Pointers)
        {
            Pointer declared = Declare(pointer, scope);
            if (declared.Name != pointer.Name)
            {
                scope.Result.Add(new DeclarePointer(new Pointer(pointer.Name, declared, Index.Zero)));
            }
        }
    }

    // Declares a pointer as far out as its offset allows; where there is one like it already, that one is meant.
    private Pointer Declare(Pointer pointer, Scope scope)
    {
        if (scope.Find(pointer.Start, pointer.Offset) is { } known)
        {
            return known;
        }

        Index fixedPart = scope.Loop?.FixedPart(pointer.Offset) ?? Index.Zero;
        if (scope.Loop is { } loop && fixedPart.Equals(pointer.Offset))
        {
            return loop.Pointer(pointer.Start, pointer.Offset, () => pointer.Name);
        }

        Buffer start = fixedPart.Terms.Count == 0
            ? pointer.Start
            : scope.Around?.Find(pointer.Start, fixedPart) ?? scope.Loop!.Pointer(
                pointer.Start, fixedPart, NextPointer);
        var declared = new Pointer(pointer.Name, start, pointer.Offset - fixedPart);
        scope.Declared.Add((pointer.Start, pointer.Offset), declared);
        scope.Result.Add(new DeclarePointer(declared));
        return declared;
    }

    private string NextPointer() => "q" + names++;

    private Statement Rewrite(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Declare declare:
                return new Declare(declare.Local, Rewrite(declare.Value, scope));
            case Assign assign:
                return new Assign(assign.Local, Rewrite(assign.Value, scope));
            case SetRegister set:
                return new SetRegister(set.Registers, set.Row, set.Column, Rewrite(set.Value, scope));
            case Store store:
                Value value = Rewrite(store.Value, scope);
                var (buffer, index) = Split(store.Buffer, store.Index.MapData(data => Rewrite(data, scope)), scope);
                return new Store(buffer, index, value, store.Count, store.Stride, store.Streams);
            case LoadVector load:
                var (read, first) = Split(
                    load.Buffer, load.Index.MapData(data => Rewrite(data, scope)), scope);
                return new LoadVector(load.Target, read, first);
            case StoreVector store:
                var (written, at) = Split(
                    store.Buffer, store.Index.MapData(data => Rewrite(data, scope)), scope);
                return new StoreVector(written, at, store.Source);
            case CopyAhead copy:
                var (target, to) = Split(copy.Target, copy.To, scope);
                var (source, from) = Split(copy.Source, copy.From, scope);
                return new CopyAhead(target, to, source, from, copy.Conditions);
            case Prefetch prefetch:
                var (memory, ahead) = Split(prefetch.Buffer, prefetch.Index, scope);
                return new Prefetch(memory, ahead);
            default:
                return statement;
        }
    }

    // Values that statements of a block share stay shared: what is overwritten in place must be read once, in front.
    private Value Rewrite(Value value, Scope scope) => multiplyAdds.Run(value)
        .Map(index => index, v => Replacement(v, scope, guarded: false), scope.Values);

    private Value? Replacement(Value value, Scope scope, bool guarded)
    {
        // What is computed only under a guard may not move in front of it.
        if (!guarded && scope is { IsBranch: false, Loop: { } loop } && !IsConstant(value) && loop.IsFixed(value)
            && !(loop.HasLoops && IsVectorRead(value)))
        {
            return scope.Outermost(value).Hoist(value, () => "h" + names++);
        }

        Value Inside(Value v) =>
            v.Map(index => index, inner => Replacement(inner, scope, guarded: true), scope.Guarded);
        switch (value)
        {
            case Guard guard:
                return new Guard(guard.Conditions, Inside(guard.Operands[0]), Inside(guard.Operands[1]));
            case Load load:
                Index index = load.Index.MapData(guarded ? Inside : data => Rewrite(data, scope));
                var (buffer, rest) = Split(load.Buffer, index, scope);
                return new Load(buffer, rest, load.Lanes, load.Stride, load.Repeat, load.Count);
            case GuardedLoad load:
                var (start, offset) = Split(load.Buffer, load.Index, scope);
                return new GuardedLoad(start, offset, load.Low, load.High, load.Fill, load.Lanes);
            default:
                return null;
        }
    }

    private (Buffer Buffer, Index Constant) Split(Buffer buffer, Index index, Scope scope)
    {
        Index constant = index.Terms.FirstOrDefault(term => term.Atom is null).Coefficient.Constant;
        Index offset = index - constant;
        if (offset.Terms.Count == 0 || offset.HasData())
        {
            return (buffer, index);
        }

        if (!scope.Pointers.TryGetValue((buffer, offset), out Pointer? pointer))
        {
            pointer = Declare(new Pointer(NextPointer(), buffer, offset), scope);
            scope.Pointers.Add((buffer, offset), pointer);
        }

        return (pointer, constant);
    }

    /// <summary>A block being rewritten.</summary>
    private sealed class Scope(LoopFrame? loop, Scope? around, bool isBranch)
    {
        /// <summary>Whether the block is under a condition: its loop is the one around that.</summary>
        public bool IsBranch { get; } = isBranch;

        /// <summary>The block around the loop.</summary>
        public Scope? Around { get; } = around;

        /// <summary>The pointers declared so far, by what they are moved from and by how much.</summary>
        public Dictionary<(Buffer, Index), Pointer> Declared { get; } = [];

        /// <summary>The loop whose body the block is, or null at the top.</summary>
        public LoopFrame? Loop { get; } = loop;

        /// <summary>The statements so far.</summary>
        public List<Statement> Result { get; } = [];

        /// <summary>The pointers of the block.</summary>
        public Dictionary<(Buffer, Index), Pointer> Pointers { get; } = [];

        /// <summary>The outermost of the loops around this block that do not change a value.</summary>
        public LoopFrame Outermost(Value value) =>
            Around is { IsBranch: false, Loop: { } outer } && outer.IsFixed(value) && !IsVectorRead(value)
                ? Around.Outermost(value) : Loop!;

        /// <summary>A pointer declared here or around here.</summary>
        public Pointer? Find(Buffer start, Index offset) =>
            Declared.TryGetValue((start, offset), out Pointer? pointer) ? pointer : Around?.Find(start, offset);

        /// <summary>What values became.</summary>
        public Dictionary<Value, Value> Values { get; } = [];

        /// <summary>What values under guards became.</summary>
        public Dictionary<Value, Value> Guarded { get; } = [];
    }

    // A vector that is read anew costs less than the register that it would keep across the loops inside.
    private static bool IsVectorRead(Value value) => value is Load { Lanes: > 1, Stride: 1, Repeat: 1 };

    private static bool IsConstant(Value value) =>
        value is Literal or Local || (value is Splat splat && splat.Operands[0] is Literal);
}
