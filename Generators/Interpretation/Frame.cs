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
    private readonly Dictionary<ISymbol, Cell> cells = new(SymbolEqualityComparer.Default);

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
    public Stack<object?> Receivers { get; } = new();

    /// <summary>Receivers of <c>?.</c>, innermost last.</summary>
    public Stack<object?> Conditionals { get; } = new();

    /// <summary>Values that patterns look into, innermost last.</summary>
    public Stack<object?> Matched { get; } = new();

    /// <summary>Whether writes of static fields are part of the type's initialisation.</summary>
    public bool IsStaticInitializer { get; init; }

    /// <summary>Makes a variable.</summary>
    public Cell Declare(ISymbol symbol, object? value)
    {
        var cell = new Cell(value);
        cells[symbol] = cell;
        return cell;
    }

    /// <summary>The variable of this function or those around it; null for a parameter that an object has
    /// captured.</summary>
    public Cell? Find(ISymbol symbol)
    {
        for (Frame? frame = this; frame is not null; frame = frame.Enclosing)
        {
            if (frame.cells.TryGetValue(symbol, out Cell? cell))
            {
                return cell;
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
        foreach (KeyValuePair<ISymbol, Cell> pair in cells)
        {
            copy.cells[pair.Key] = pair.Value;
        }

        foreach (object? receiver in Receivers.Reverse())
        {
            copy.Receivers.Push(receiver);
        }

        return copy;
    }
}
