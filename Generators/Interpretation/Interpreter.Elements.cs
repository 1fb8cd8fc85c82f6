using System.Collections;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Elements of arrays and lists, by index and range.</content>
internal sealed partial class Interpreter
{
    private object? Element(IArrayElementReferenceOperation element, Frame frame)
    {
        var array = (Array?)Evaluate(element.ArrayReference, frame) ?? throw new NullReferenceException();
        if (element.Indices.Length == 1 && Evaluate(element.Indices[0], frame) is var index)
        {
            switch (index)
            {
                case RangeValue range:
                    return Part(array, range);
                case IndexValue fromEnd:
                    return array.GetValue(Checked(array, fromEnd.GetOffset(array.Length)));
                default:
                    return array.GetValue(
                        Checked(
                            array, System.Convert.ToInt32(index, System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        return array.GetValue(Position(array, element, frame));
    }

    private int[] Position(Array array, IArrayElementReferenceOperation element, Frame frame) =>
    [
        .. element.Indices.Select(index => Evaluate(index, frame) switch
        {
            IndexValue fromEnd => fromEnd.GetOffset(array.Length),
            var number => System.Convert.ToInt32(number, System.Globalization.CultureInfo.InvariantCulture),
        }),
    ];

    private static int Checked(Array array, int index) => index >= 0 && index < array.Length
        ? index
        : throw new IndexOutOfRangeException("Index was outside the bounds of the array.");

    private static Array Part(Array array, RangeValue range)
    {
        int start = range.Start.GetOffset(array.Length);
        int end = range.End.GetOffset(array.Length);
        if (start < 0 || end < start || end > array.Length)
        {
            throw new ArgumentOutOfRangeException("length", "the range is outside the array");
        }

        Array part = Array.CreateInstance(array.GetType().GetElementType(), end - start);
        Array.Copy(array, start, part, 0, part.Length);
        return part;
    }

    // list[^1], text[1..]: an indexer of integers, or a method that cuts.
    private object? Indexed(IImplicitIndexerReferenceOperation indexer, Frame frame)
    {
        object receiver = Evaluate(indexer.Instance, frame) ?? throw new NullReferenceException();
        object? argument = Evaluate(indexer.Argument, frame);
        if (receiver is Array array)
        {
            return argument is RangeValue part ? Part(array, part)
                : array.GetValue(Checked(array, ((IndexValue)argument!).GetOffset(array.Length)));
        }

        int length = Length(indexer, receiver, frame);
        var method =
            (IMethodSymbol)(
                indexer.IndexerSymbol is IPropertySymbol property ? property.GetMethod! : indexer.IndexerSymbol);
        object?[] arguments = argument is RangeValue range
            ? [range.Start.GetOffset(length), range.End.GetOffset(length) - range.Start.GetOffset(length)]
            : [((IndexValue)argument!).GetOffset(length)];
        return Call(Substitute(method, frame), receiver, arguments, indexer);
    }

    private Action<object?> IndexerTarget(IImplicitIndexerReferenceOperation indexer, Frame frame)
    {
        object receiver = Evaluate(indexer.Instance, frame) ?? throw new NullReferenceException();
        var index = (IndexValue)Evaluate(indexer.Argument, frame)!;
        int offset = index.GetOffset(Length(indexer, receiver, frame));
        IMethodSymbol setter = ((IPropertySymbol)indexer.IndexerSymbol).SetMethod ?? throw Stop.Invalid();
        return value => Call(Substitute(setter, frame), receiver, [offset, value], indexer);
    }

    private int Length(IImplicitIndexerReferenceOperation indexer, object receiver, Frame frame) => receiver switch
    {
        string text => text.Length,
        ICollection collection => collection.Count,
        _ =>
            (int)Call(
                Substitute(((IPropertySymbol)indexer.LengthSymbol).GetMethod!, frame), receiver, [],
                indexer)!,
    };
}
