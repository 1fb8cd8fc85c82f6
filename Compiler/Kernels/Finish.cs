namespace Sinter.Compiler.Kernels;

/// <summary>
/// The last pass over a kernel before it is printed: addresses become pointers that inner loops only step, values that a loop
/// does not change move in front of it, and values used twice get a name.
/// </summary>
public sealed class Finish
{
    private int names;

    /// <summary>A kernel's statements, finished.</summary>
    public static IReadOnlyList<Statement> Run(IReadOnlyList<Statement> body)
    {
        var finish = new Finish();
        var scope = finish.Block(body, null);
        return scope;
    }

    // Statements of one block. The loop is the one whose body this is; what does not depend on it is left for the caller.
    private List<Statement> Block(IReadOnlyList<Statement> body, LoopFrame? loop)
    {
        var pointers = new Dictionary<(Buffer, Index), Pointer>();
        var result = new List<Statement>();
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case For inner:
                    var frame = new LoopFrame(inner.Variable, inner.Body);
                    List<Statement> inside = Block(inner.Body, frame);
                    Emit(frame, result, pointers, loop);
                    result.Add(new For(inner.Variable, inner.Begin, inner.End, inner.Step, inside));
                    break;
                case StripLoop strips:
                    var shared = new LoopFrame(strips.Variable, strips.Strips.SelectMany(strip => strip.Body));
                    var parts = strips.Strips.Select(strip => strip with { Body = Block(strip.Body, shared) }).ToArray();
                    Emit(shared, result, pointers, loop);
                    result.Add(new StripLoop(strips.Variable, strips.Begin, strips.End, parts));
                    break;
                default:
                    result.Add(Rewrite(statement, result, pointers, loop));
                    break;
            }
        }

        return Naming.Run(result, () => "t" + names++);
    }

    // What the inner loop left: values and pointers that do not depend on it, which may not depend on this loop either.
    private void Emit(LoopFrame inner, List<Statement> result, Dictionary<(Buffer, Index), Pointer> pointers, LoopFrame? loop)
    {
        foreach (Declare declare in inner.Hoisted)
        {
            result.Add(Rewrite(declare, result, pointers, loop));
        }

        foreach (Pointer pointer in inner.Pointers)
        {
            Declare(pointer, result, loop);
        }
    }

    private void Declare(Pointer pointer, List<Statement> result, LoopFrame? loop)
    {
        if (loop is null)
        {
            result.Add(new DeclarePointer(pointer));
            return;
        }

        Index fixedPart = loop.FixedPart(pointer.Offset);
        if (fixedPart.Equals(pointer.Offset))
        {
            loop.Pointers.Add(pointer);
            return;
        }

        Buffer start = fixedPart.Terms.Count == 0 ? pointer.Start : loop.Pointer(pointer.Start, fixedPart, () => "q" + names++);
        result.Add(new DeclarePointer(new Pointer(pointer.Name, start, pointer.Offset - fixedPart)));
    }

    private Statement Rewrite(Statement statement, List<Statement> result, Dictionary<(Buffer, Index), Pointer> pointers, LoopFrame? loop)
    {
        var done = new Dictionary<Value, Value>();
        Value Of(Value value) => Address(Hoist(value, loop), result, pointers, loop, done);
        switch (statement)
        {
            case Declare declare:
                return new Declare(declare.Local, Of(declare.Value));
            case Assign assign:
                return new Assign(assign.Local, Of(assign.Value));
            case Store store:
                Value value = Of(store.Value);
                var (buffer, index) = Split(store.Buffer, DataIndex(store.Index, Of), result, pointers, loop);
                return new Store(buffer, index, value, store.Count, store.Stride);
            default:
                return statement;
        }
    }

    private static Index DataIndex(Index index, Func<Value, Value> of)
    {
        Index result = Index.Zero;
        foreach (Term term in index.Terms)
        {
            result += term.Atom is DataAtom data
                ? Index.Of(new DataAtom(of(data.Value), data.Extent)) * term.Coefficient
                : Index.FromTerms([term]);
        }

        return result;
    }

    // Replaces memory indices by a shared pointer and a constant.
    private Value Address(
        Value value, List<Statement> result, Dictionary<(Buffer, Index), Pointer> pointers, LoopFrame? loop, Dictionary<Value, Value> done)
    {
        Value? Replacement(Value v)
        {
            if (v is Load load)
            {
                Index index = DataIndex(load.Index, data => Address(data, result, pointers, loop, done));
                var (buffer, rest) = Split(load.Buffer, index, result, pointers, loop);
                return new Load(buffer, rest, load.Lanes, load.Stride);
            }

            if (v is GuardedLoad guarded)
            {
                var (buffer, rest) = Split(guarded.Buffer, guarded.Index, result, pointers, loop);
                return new GuardedLoad(buffer, rest, guarded.Low, guarded.High, guarded.Fill, guarded.Lanes);
            }

            return null;
        }

        return value.Map(index => index, Replacement, done);
    }

    private (Buffer Buffer, Index Constant) Split(
        Buffer buffer, Index index, List<Statement> result, Dictionary<(Buffer, Index), Pointer> pointers, LoopFrame? loop)
    {
        Index constant = Index.FromTerms(index.Terms.Where(term => term.Atom is null && term.Coefficient.IsStatic));
        Index offset = index - constant;
        bool fromData = offset.Terms.Any(term => term.Atom is DataAtom);
        if (offset.Terms.Count == 0 || fromData)
        {
            return (buffer, index);
        }

        if (!pointers.TryGetValue((buffer, offset), out Pointer? pointer))
        {
            pointer = new Pointer("q" + names++, buffer, offset);
            pointers.Add((buffer, offset), pointer);
            Declare(pointer, result, loop);
        }

        return (pointer, constant);
    }

    // Moves what the loop does not change in front of it. Guarded values stay where their guard is.
    private Value Hoist(Value value, LoopFrame? loop)
    {
        if (loop is null || IsConstant(value))
        {
            return value;
        }

        if (loop.IsFixed(value))
        {
            return loop.Hoist(value, () => "h" + names++);
        }

        return value is Guard ? value : value.Replace(v =>
        {
            bool moves = !IsConstant(v) && !ReferenceEquals(v, value) && loop.IsFixed(v);
            return moves ? loop.Hoist(v, () => "h" + names++) : v is Guard ? v : null;
        });
    }

    private static bool IsConstant(Value value) => value is Literal or Local || (value is Splat splat && splat.Operands[0] is Literal);

    /// <summary>A loop being finished: what it changes, and what was moved in front of it.</summary>
    private sealed class LoopFrame
    {
        private readonly LoopVariable variable;
        private readonly HashSet<string> changed = [];
        private readonly HashSet<Buffer> written = [];
        private readonly HashSet<LoopVariable> inner = [];
        private readonly Dictionary<Value, Local> hoisted = [];

        public LoopFrame(LoopVariable variable, IEnumerable<Statement> body)
        {
            this.variable = variable;
            Collect(body);
        }

        public List<Declare> Hoisted { get; } = [];

        public List<Pointer> Pointers { get; } = [];

        public bool IsFixed(Value value)
        {
            bool varies = value.DependsOn(variable) || inner.Any(value.DependsOn)
                || (value is Local local && changed.Contains(local.Name))
                || (value is Load load && written.Contains(load.Buffer))
                || (value is GuardedLoad guarded && written.Contains(guarded.Buffer));
            return !varies && value.Operands.All(IsFixed) && DataValues(value).All(IsFixed);
        }

        public Local Hoist(Value value, Func<string> name)
        {
            if (!hoisted.TryGetValue(value, out Local? local))
            {
                local = new Local(name(), value.Type, value.Lanes);
                hoisted.Add(value, local);
                Hoisted.Add(new Declare(local, value));
            }

            return local;
        }

        /// <summary>The terms of an offset that are the same in every iteration.</summary>
        public Index FixedPart(Index offset) => Index.FromTerms(offset.Terms.Where(term =>
        {
            Index part = Index.FromTerms([term]);
            return term.Atom is not DataAtom && !part.DependsOn(variable) && !inner.Any(part.DependsOn);
        }));

        public Pointer Pointer(Buffer start, Index offset, Func<string> name)
        {
            Pointer? pointer = Pointers.FirstOrDefault(p => p.Start == start && p.Offset.Equals(offset));
            if (pointer is null)
            {
                pointer = new Pointer(name(), start, offset);
                Pointers.Add(pointer);
            }

            return pointer;
        }

        private static IEnumerable<Value> DataValues(Value value) =>
            value.Indices.SelectMany(index => index.Terms).Select(term => term.Atom).OfType<DataAtom>().Select(data => data.Value);

        private void Collect(IEnumerable<Statement> body)
        {
            foreach (Statement statement in body)
            {
                switch (statement)
                {
                    case For loop:
                        inner.Add(loop.Variable);
                        Collect(loop.Body);
                        break;
                    case StripLoop loop:
                        inner.Add(loop.Variable);
                        Collect(loop.Strips.SelectMany(strip => strip.Body));
                        break;
                    case Declare declare:
                        changed.Add(declare.Local.Name);
                        break;
                    case Assign assign:
                        changed.Add(assign.Local.Name);
                        break;
                    case Store store:
                        written.Add(store.Buffer);
                        break;
                    case Transpose transpose:
                        written.Add(transpose.Target);
                        break;
                }
            }
        }
    }
}
