using System.Collections;
using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>A variable. Each time a declaration runs makes a new one, as closures must see it.</summary>
internal sealed class Cell(object? value)
{
    /// <summary>What it holds.</summary>
    public object? Value { get; set; } = value;
}

/// <summary>One call of a method, accessor, lambda or local function.</summary>
internal sealed class Frame
{
    private readonly int depth;
    private Variable[] variables = [];
    private int count;
    private Stack<object?>? receivers;
    private Stack<object?>? conditionals;
    private Stack<object?>? matched;

    /// <summary>Makes types of types.</summary>
    public required Compilation Compilation { get; init; }

    /// <summary>The function around this one, whose variables it sees.</summary>
    public Frame? Enclosing { get; init; }

    /// <summary>Who called, for messages.</summary>
    public Frame? Caller
    {
        get;
        init
        {
            field = value;
            depth = (value?.Depth ?? 0) + 1;
        }
    }

    /// <summary>How many calls led here.</summary>
    public int Depth => depth;

    /// <summary>From where, for messages.</summary>
    public IOperation? CallSite { get; init; }

    /// <summary>The method, with types in place of its type parameters.</summary>
    public IMethodSymbol? Method { get; init; }

    /// <summary>The type that holds the code, with types in place of its type parameters.</summary>
    public INamedTypeSymbol? Type { get; init; }

    /// <summary>The fields of <c>this</c>.</summary>
    public InterpretedObject? Self { get; init; }

    /// <summary>The call into the library that is running.</summary>
    public IOperation? Active { get; set; }

    /// <summary>What was returned.</summary>
    public object? Result { get; set; }

    /// <summary>What was yielded so far, in an iterator.</summary>
    public IList? Yielded { get; set; }

    /// <summary>The label that a goto looks for.</summary>
    public ISymbol? Label { get; set; }

    /// <summary>The exception that a catch block handles.</summary>
    public Exception? Caught { get; set; }

    /// <summary>Objects under construction by initialisers, innermost last.</summary>
    public Stack<object?> Receivers => receivers ??= new();

    /// <summary>Receivers of <c>?.</c>, innermost last.</summary>
    public Stack<object?> Conditionals => conditionals ??= new();

    /// <summary>Values that patterns look into, innermost last.</summary>
    public Stack<object?> Matched => matched ??= new();

    /// <summary>Whether writes of static fields are part of the type's initialisation.</summary>
    public bool IsStaticInitializer { get; init; }

    /// <summary>Makes a variable.</summary>
    public Cell Declare(ISymbol symbol, object? value)
    {
        var cell = new Cell(value);
        int at = 0;
        while (at < count && !ReferenceEquals(variables[at].Symbol, symbol))
        {
            at++;
        }

        if (at == variables.Length)
        {
            Array.Resize(ref variables, Math.Max(2 * at, 4));
        }

        variables[at] = new Variable(symbol, cell);
        count = Math.Max(count, at + 1);
        return cell;
    }

    /// <summary>The variable of this function or those around it; null for a parameter that an object has
    /// captured.</summary>
    public Cell? Find(ISymbol symbol) => Find(symbol, ByReference.Instance)
        ?? Find(symbol, SymbolEqualityComparer.Default);

    // A variable's symbol is nearly always the same object, and functions have few variables.
    private Cell? Find(ISymbol symbol, IEqualityComparer<ISymbol> comparer)
    {
        for (Frame? frame = this; frame is not null; frame = frame.Enclosing)
        {
            for (int i = frame.count - 1; i >= 0; i--)
            {
                if (comparer.Equals(frame.variables[i].Symbol, symbol))
                {
                    return frame.variables[i].Cell;
                }
            }
        }

        return null;
    }

    /// <summary>The variables as they are now: what a lambda keeps.</summary>
    public Frame Snapshot()
    {
        var copy = new Frame
        {
            Compilation = Compilation,
            Enclosing = Enclosing?.Snapshot(),
            Caller = Caller,
            CallSite = CallSite,
            Method = Method,
            Type = Type,
            Self = Self,
        };
        copy.variables = [.. variables];
        copy.count = count;
        copy.receivers = receivers is { Count: > 0 } ? new(receivers.Reverse()) : null;
        return copy;
    }

    private readonly record struct Variable(ISymbol Symbol, Cell Cell);
}
