using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Index = Sinter.Compiler.Values.Index;

namespace Sinter.Compiler.Sizes;

/// <summary>Whether kernels may name a size that the run computes. Statements that are not known here may.</summary>
internal sealed class SymbolUse
{
    private readonly HashSet<Symbol> symbols;
    private readonly HashSet<Value> clear = [];

    /// <param name="sizes">The nodes that set the symbols.</param>
    public SymbolUse(IEnumerable<Node> sizes) =>
        symbols = [.. sizes.Select(size => size.Get<SetSizeAttributes>().Symbol)];

    /// <summary>Whether a kernel may name one of the symbols.</summary>
    public bool IsIn(Kernel kernel) => symbols.Count > 0
        && (IsIn(kernel.Pieces) || kernel.Buffers.Any(buffer => IsIn(buffer.Size)) || kernel.Body.Any(IsIn));

    private bool IsIn(Statement statement) =>
        IsItself(statement) || statement.Values.Any(IsIn) || statement.Positions.Any(IsIn) || statement.Nested.Any(IsIn);

    private bool IsItself(Statement statement) => statement switch
    {
        For loop => IsIn(loop.Variable.Extent) || IsIn(loop.Begin) || IsIn(loop.End),
        StripLoop loop => IsIn(loop.Variable.Extent) || IsIn(loop.Begin) || IsIn(loop.End),
        Share share => IsIn(share.Extent) || IsIn(share.Grain),
        Let let => IsIn(let.Variable.Extent) || IsIn(let.Value),
        Scratch scratch => IsIn(scratch.Buffer.Size),
        Store store => store.Count is { } count && IsIn(count),
        Prefetch prefetch => IsIn(prefetch.Index),
        DeclarePointer { Pointer: var pointer } => IsIn(pointer.Offset),
        If branch => branch.Conditions.Any(IsIn),
        Transpose t => new[] { t.From, t.SourceStride, t.To, t.Rows, t.Columns }.Any(IsIn),
        Declare or Assign or Comment or Kernels.Barrier or LoadVector or StoreVector => false,
        _ => true,
    };

    private bool IsIn(Value value)
    {
        if (clear.Contains(value))
        {
            return false;
        }

        bool isIn = (value is CheckedIndex check && IsIn(check.Extent))
            || value.Indices.Any(IsIn) || value.Operands.Any(IsIn);
        if (!isIn)
        {
            clear.Add(value);
        }

        return isIn;
    }

    private bool IsIn(Condition condition) => IsIn(condition.Index) || IsIn(condition.Low) || IsIn(condition.High);

    private bool IsIn(Index index) => index.Terms.Any(term => IsIn(term.Coefficient) || term.Atom switch
    {
        VariableAtom variable => IsIn(variable.Variable.Extent),
        QuotientAtom quotient => IsIn(quotient.Divisor) || IsIn(quotient.Dividend),
        RemainderAtom remainder => IsIn(remainder.Divisor) || IsIn(remainder.Dividend),
        DataAtom data => IsIn(data.Extent) || IsIn(data.Value),
        _ => false,
    });

    private bool IsIn(Dimension size) => size.Symbols.Any(symbols.Contains);
}
