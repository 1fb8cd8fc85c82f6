using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>A loop whose body is hoisted: what it changes, and what was moved in front of it.</summary>
internal sealed class LoopFrame
{
    private readonly LoopVariable variable;
    private readonly HashSet<string> changed = [];
    private readonly HashSet<Buffer> written = [];
    private readonly HashSet<LoopVariable> inner = [];
    private readonly Dictionary<Value, Local> hoisted = new(SameValue.Comparer);
    private readonly Dictionary<Value, bool> known = [];

    public LoopFrame(LoopVariable variable, IEnumerable<Statement> body)
    {
        this.variable = variable;
        Collect(body);
    }

    public List<Declare> Hoisted { get; } = [];

    /// <summary>Whether other loops are inside: what stands in front of this one is kept in registers across
    /// them.</summary>
    public bool HasLoops { get; private set; }

    public List<Pointer> Pointers { get; } = [];

    public bool IsFixed(Value value)
    {
        if (!known.TryGetValue(value, out bool result))
        {
            result = Decide(value);
            known.Add(value, result);
        }

        return result;
    }

    private bool Decide(Value value)
    {
        bool varies = value is Register || value.DependsOn(variable) || inner.Any(value.DependsOn)
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
        return !part.HasData() && !part.DependsOn(variable) && !inner.Any(part.DependsOn);
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
        value.Indices.SelectMany(index => index.DataValues());

    private void Collect(IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case For loop:
                    inner.Add(loop.Variable);
                    HasLoops = true;
                    break;
                case StripLoop loop:
                    inner.Add(loop.Variable);
                    HasLoops = true;
                    break;
                case Share share:
                    inner.Add(share.First);
                    inner.Add(share.Last);
                    break;
                case Let let:
                    inner.Add(let.Variable);
                    break;
                case Declare declare:
                    changed.Add(declare.Local.Name);
                    break;
                case Assign assign:
                    changed.Add(assign.Local.Name);
                    break;
            }

            if (statement.WrittenBuffer is { } buffer)
            {
                written.Add(buffer);
            }

            Collect(statement.Nested);
        }
    }
}
