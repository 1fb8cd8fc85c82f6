namespace Sinter.Compiler.Kernels;

/// <summary>Which buffers a kernel touches, found by walking its statements.</summary>
internal sealed class BufferUse
{
    private readonly HashSet<Buffer> scratch = [];
    private readonly HashSet<Value> seen = [];

    public List<Buffer> Buffers { get; } = [];

    public HashSet<Buffer> Read { get; } = [];

    public HashSet<Buffer> Written { get; } = [];

    public static BufferUse Of(IEnumerable<Statement> body)
    {
        var use = new BufferUse();
        use.Walk(body);
        return use;
    }

    private void Walk(IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case For loop:
                    Walk(loop.Body);
                    break;
                case StripLoop loop:
                    Walk(loop.Strips.SelectMany(strip => strip.Body));
                    break;
                case If branch:
                    Walk(branch.Body);
                    break;
                case Declare declare:
                    Walk(declare.Value);
                    break;
                case Assign assign:
                    Walk(assign.Value);
                    break;
                case Keep keep:
                    Walk(keep.Value);
                    break;
                case CopyAhead copy:
                    Touch(copy.Source, Read);
                    Touch(copy.Target, Written);
                    break;
                case LoadSquares load:
                    Touch(load.Buffer, Read);
                    break;
                case LoadVector load:
                    Walk(load.Index);
                    Touch(load.Buffer, Read);
                    break;
                case StoreVector store:
                    Touch(store.Buffer, Written);
                    break;
                case Scratch memory:
                    scratch.Add(memory.Buffer);
                    break;
                case Transpose transpose:
                    Touch(transpose.Source, Read);
                    Touch(transpose.Target, Written);
                    break;
                case Store store:
                    Walk(store.Value);
                    Walk(store.Index);
                    Touch(store.Buffer, Written);
                    break;
            }
        }
    }

    private void Walk(Value value)
    {
        if (!seen.Add(value))
        {
            return;
        }

        if (value is Load load)
        {
            Touch(load.Buffer, Read);
        }
        else if (value is GuardedLoad guarded)
        {
            Touch(guarded.Buffer, Read);
        }

        foreach (Value operand in value.Operands)
        {
            Walk(operand);
        }

        foreach (Index index in value.Indices)
        {
            Walk(index);
        }
    }

    private void Walk(Index index)
    {
        foreach (Value data in index.DataValues())
        {
            Walk(data);
        }
    }

    private void Touch(Buffer buffer, HashSet<Buffer> set)
    {
        if (scratch.Contains(buffer))
        {
            return;
        }

        set.Add(buffer);
        if (!Buffers.Contains(buffer))
        {
            Buffers.Add(buffer);
        }
    }
}
