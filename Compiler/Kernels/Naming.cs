using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>Gives a local to each value that a block uses more than once, so that it is computed once and text stays
/// short.</summary>
internal static class Naming
{
    // Compilers follow expressions by recursion: deeper ones are cut.
    private const int MostDepth = 64;

    /// <summary>The block with declarations in front of first uses.</summary>
    public static List<Statement> Run(IReadOnlyList<Statement> block, Func<string> name)
    {
        var uses = new Dictionary<Value, int>();
        foreach (Statement statement in block)
        {
            foreach (Value value in statement.Values)
            {
                Count(value, uses);
            }
        }

        var locals = new Dictionary<Value, Value>();
        var depths = new Dictionary<Value, int>();
        var result = new List<Statement>();
        foreach (Statement statement in block)
        {
            Value Name(Value value) => Named(value, uses, locals, depths, result, name);
            result.Add(statement switch
            {
                Declare declare => new Declare(declare.Local, Name(declare.Value)),
                Assign assign => new Assign(assign.Local, Name(assign.Value)),
                SetRegister set => new SetRegister(set.Registers, set.Row, set.Column, Name(set.Value)),
                Store store =>
                    new Store(store.Buffer, store.Index, Name(store.Value), store.Count, store.Stride, store.Streams),
                _ => statement,
            });
            if (statement is Assign { Local: var changed })
            {
                Forget(changed.Name, locals);
            }
        }

        return result;
    }

    // A value of a local that has changed must be computed anew.
    private static void Forget(string local, Dictionary<Value, Value> locals)
    {
        foreach (Value stale in locals.Keys.Where(value => value.LocalNames.Contains(local)).ToArray())
        {
            locals.Remove(stale);
        }
    }

    // Operands of a shared value count once; guarded values are computed under their guard only, they keep their place.
    private static void Count(Value value, Dictionary<Value, int> uses)
    {
        if (uses.TryGetValue(value, out int count))
        {
            uses[value] = count + 1;
            return;
        }

        uses.Add(value, 1);
        if (value is Guard)
        {
            return;
        }

        foreach (Value operand in value.Operands)
        {
            Count(operand, uses);
        }
    }

    private static Value Named(
        Value value, Dictionary<Value, int> uses, Dictionary<Value, Value> locals, Dictionary<Value, int> depths,
        List<Statement> result, Func<string> name)
    {
        if (locals.TryGetValue(value, out Value? known))
        {
            return known;
        }

        if (value is Literal or Local)
        {
            return value;
        }

        Value rebuilt = value;
        if (value is not Guard && value.Operands.Count > 0)
        {
            rebuilt = value.Replace(v =>
                ReferenceEquals(v, value) ? null : value.Operands.Contains(v)
                    ? Named(v, uses, locals, depths, result, name) : null);
        }

        bool constant = value is Splat splat && splat.Operands[0] is Literal;
        int depth = 1 + rebuilt.Operands.Select(v => depths.TryGetValue(v, out int below) ? below : 0)
            .DefaultIfEmpty().Max();
        bool shared = uses.TryGetValue(value, out int count) && count > 1 && !constant;
        if (shared || depth >= MostDepth)
        {
            var local = new Local(name(), value.Type, value.Lanes);
            result.Add(new Declare(local, rebuilt));
            rebuilt = local;
        }
        else
        {
            depths[rebuilt] = depth;
        }

        locals.Add(value, rebuilt);
        return rebuilt;
    }
}
