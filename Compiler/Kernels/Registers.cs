using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>Registers of each thread, in rows of a few. Positions are constants once loops are unrolled.</summary>
/// <param name="name">The name in program text.</param>
/// <param name="type">The element type.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="width">Registers of a row.</param>
/// <param name="startsAtZero">Whether they hold zero at first; otherwise nothing that may be read.</param>
public sealed class Registers(string name, DType type, int rows, int width = 1, bool startsAtZero = false)
{
    /// <summary>The name in program text.</summary>
    public string Name { get; } = name;

    /// <summary>The element type.</summary>
    public DType Type { get; } = type;

    /// <summary>The number of rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Registers of a row.</summary>
    public int Width { get; } = width;

    /// <summary>Whether they hold zero at first.</summary>
    public bool StartsAtZero { get; } = startsAtZero;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type.Name()}[{Rows}, {Width}]";
}

/// <summary>Some row of registers.</summary>
/// <param name="Registers">The registers.</param>
/// <param name="Row">Which row.</param>
public sealed record RegisterRow(Registers Registers, Index Row);

/// <summary>New registers.</summary>
/// <param name="registers">The registers.</param>
public sealed class DeclareRegisters(Registers registers) : Statement
{
    /// <summary>The registers.</summary>
    public Registers Registers { get; } = registers;
}

/// <summary>What a register holds.</summary>
/// <param name="registers">The registers.</param>
/// <param name="row">Which row.</param>
/// <param name="column">Which one of the row.</param>
public sealed class Register(Registers registers, Index row, Index column) : Value(registers.Type, 1)
{
    /// <summary>The registers.</summary>
    public Registers Registers { get; } = registers;

    /// <summary>Which row.</summary>
    public Index Row { get; } = row;

    /// <summary>Which one of the row.</summary>
    public Index Column { get; } = column;

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => [Row, Column];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Register(Registers, index(Row), index(Column));
}

/// <summary>A value written to a register.</summary>
/// <param name="registers">The registers.</param>
/// <param name="row">Which row.</param>
/// <param name="column">Which one of the row.</param>
/// <param name="value">What it holds next.</param>
public sealed class SetRegister(Registers registers, Index row, Index column, Value value) : Statement
{
    /// <summary>The registers.</summary>
    public Registers Registers { get; } = registers;

    /// <summary>Which row.</summary>
    public Index Row { get; } = row;

    /// <summary>Which one of the row.</summary>
    public Index Column { get; } = column;

    /// <summary>What it holds next.</summary>
    public Value Value { get; } = value;

    /// <inheritdoc/>
    public override IEnumerable<Value> Values => [Value];
}

/// <summary>A row of registers loaded with as many neighbouring elements at once.</summary>
/// <param name="target">The row.</param>
/// <param name="buffer">The memory read.</param>
/// <param name="index">The first element: a multiple of the row's width.</param>
public sealed class LoadVector(RegisterRow target, Buffer buffer, Index index) : Statement
{
    /// <summary>The row.</summary>
    public RegisterRow Target { get; } = target;

    /// <summary>The memory read.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>The first element.</summary>
    public Index Index { get; } = index;

    /// <inheritdoc/>
    public override IEnumerable<Index> Positions => [Index];

    /// <inheritdoc/>
    public override Buffer ReadBuffer => Buffer;
}

/// <summary>A row of registers written to as many neighbouring elements at once.</summary>
/// <param name="buffer">The memory written.</param>
/// <param name="index">The first element: a multiple of the row's width.</param>
/// <param name="source">The row.</param>
public sealed class StoreVector(Buffer buffer, Index index, RegisterRow source) : Statement
{
    /// <summary>The memory written.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>The first element.</summary>
    public Index Index { get; } = index;

    /// <summary>The row.</summary>
    public RegisterRow Source { get; } = source;

    /// <inheritdoc/>
    public override IEnumerable<Index> Positions => [Index];

    /// <inheritdoc/>
    public override Buffer WrittenBuffer => Buffer;
}
