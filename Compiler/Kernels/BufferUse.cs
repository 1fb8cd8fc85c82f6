using Sinter.Compiler.Values;

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
            if (statement is Scratch memory)
            {
                scratch.Add(memory.Buffer);
            }

            statement.Values.ToList().ForEach(Walk);
            statement.Positions.ToList().ForEach(Walk);
            Touch(statement.ReadBuffer, Read);
            Touch(statement.WrittenBuffer, Written);
            Walk(statement.Nested);
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

    private void Touch(Buffer? buffer, HashSet<Buffer> set)
    {
        if (buffer is null || scratch.Contains(buffer))
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
