using System.Collections;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Patterns and switch expressions.</content>
internal sealed partial class Interpreter
{
    private object? Switch(ISwitchExpressionOperation choice, Frame frame)
    {
        object? value = Evaluate(choice.Value, frame);
        foreach (ISwitchExpressionArmOperation arm in choice.Arms)
        {
            if (Matches(arm.Pattern, value, frame) && (arm.Guard is null || IsTrue(arm.Guard, frame)))
            {
                return Evaluate(arm.Value, frame);
            }
        }

        throw new InvalidOperationException($"no arm of the switch fits {Format(value, null)}");
    }

    private bool Matches(IPatternOperation pattern, object? value, Frame frame)
    {
        Step();
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return true;
            case IConstantPatternOperation constant:
                return ConstantMatches(constant, value, frame);
            case ITypePatternOperation type:
                return TypeOf(type.MatchedType, frame).IsInstanceOfType(value);
            case IDeclarationPatternOperation declaration:
                bool isType = declaration.MatchesNull
                    || TypeOf(declaration.MatchedType!, frame).IsInstanceOfType(value);
                return isType && Bind(declaration.DeclaredSymbol, value, frame);
            case IRelationalPatternOperation relation:
                return value is not null && Relates(relation, value, frame);
            case INegatedPatternOperation negated:
                return !Matches(negated.Pattern, value, frame);
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both:
                return Matches(both.LeftPattern, value, frame) && Matches(both.RightPattern, value, frame);
            case IBinaryPatternOperation either:
                return Matches(either.LeftPattern, value, frame) || Matches(either.RightPattern, value, frame);
            case IRecursivePatternOperation recursive:
                return RecursiveMatches(recursive, value, frame);
            case IListPatternOperation list:
                return ListMatches(list, value, frame);
            default:
                throw Unsupported(pattern, "this pattern");
        }
    }

    private bool ConstantMatches(IConstantPatternOperation pattern, object? value, Frame frame)
    {
        object? constant = Evaluate(pattern.Value, frame);
        return constant is null || value is null ? constant is null && value is null : constant.Equals(value);
    }

    private static bool Bind(ISymbol? symbol, object? value, Frame frame)
    {
        if (symbol is not null)
        {
            frame.Declare(symbol, value);
        }

        return true;
    }

    private bool Relates(IRelationalPatternOperation relation, object value, Frame frame)
    {
        object bound = Evaluate(relation.Value, frame)!;
        if (value.GetType() != bound.GetType())
        {
            return false;
        }

        return (bool)Binary(relation.OperatorKind, value, bound, false, relation)!;
    }

    private bool RecursiveMatches(IRecursivePatternOperation pattern, object? value, Frame frame)
    {
        if (value is null || !TypeOf(pattern.MatchedType, frame).IsInstanceOfType(value))
        {
            return false;
        }

        if (pattern.DeconstructionSubpatterns.Length > 0)
        {
            object?[] parts = IsTuple(value)
                ? Items(value)
                : pattern.DeconstructSymbol is IMethodSymbol
                    ? Parts(value, pattern.DeconstructionSubpatterns.Length, pattern) : [];
            if (parts.Length != pattern.DeconstructionSubpatterns.Length)
            {
                return false;
            }

            for (int i = 0; i < parts.Length; i++)
            {
                if (!Matches(pattern.DeconstructionSubpatterns[i], parts[i], frame))
                {
                    return false;
                }
            }
        }

        frame.Matched.Push(value);
        try
        {
            foreach (IPropertySubpatternOperation part in pattern.PropertySubpatterns)
            {
                if (!Matches(part.Pattern, Evaluate(part.Member, frame), frame))
                {
                    return false;
                }
            }
        }
        finally
        {
            frame.Matched.Pop();
        }

        return Bind(pattern.DeclaredSymbol, value, frame);
    }

    private bool ListMatches(IListPatternOperation pattern, object? value, Frame frame)
    {
        if (value is null || !TypeOf(pattern.InputType, frame).IsInstanceOfType(value))
        {
            return false;
        }

        object?[] items = value switch
        {
            string text => [.. text.Select(c => (object)c)],
            IList list => [.. list.Cast<object?>()],
            _ => ItemsOf(pattern, value, frame),
        };
        int slice = -1;
        for (int i = 0; i < pattern.Patterns.Length; i++)
        {
            slice = pattern.Patterns[i] is ISlicePatternOperation ? i : slice;
        }

        int fixedCount = pattern.Patterns.Length - (slice < 0 ? 0 : 1);
        if (slice < 0 ? items.Length != fixedCount : items.Length < fixedCount)
        {
            return false;
        }

        int skipped = items.Length - fixedCount;
        for (int i = 0; i < pattern.Patterns.Length; i++)
        {
            int position = slice >= 0 && i > slice ? i + skipped - 1 : i;
            bool fits = pattern.Patterns[i] is ISlicePatternOperation part
                ? part.Pattern is null || Matches(part.Pattern, SliceOf(value, i, skipped, part), frame)
                : Matches(pattern.Patterns[i], items[position], frame);
            if (!fits)
            {
                return false;
            }
        }

        return Bind(pattern.DeclaredSymbol, value, frame);
    }

    // By the length and the indexer that the compiler found.
    private object?[] ItemsOf(IListPatternOperation pattern, object value, Frame frame)
    {
        if (pattern.LengthSymbol is not IPropertySymbol { GetMethod: { } length }
            || pattern.IndexerSymbol is not IPropertySymbol { GetMethod: { } indexer })
        {
            throw Unsupported(pattern, "a list pattern on this type");
        }

        IMethodSymbol get = Substitute(indexer, frame);
        int count = (int)Call(Substitute(length, frame), value, [], pattern)!;
        return [.. Enumerable.Range(0, count).Select(i => Call(get, value, [i], pattern))];
    }

    private static object SliceOf(object value, int start, int count, IOperation where) => value switch
    {
        string text => text.Substring(start, count),
        Array array => Part(array, new RangeValue(new IndexValue(start, false), new IndexValue(start + count, false))),
        _ => throw Unsupported(where, "a slice of this type"),
    };
}
