using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>What emitted classes implement: an object of the user's type, whose library part is real.</summary>
public interface IInterpreted
{
    /// <summary>The user's part.</summary>
    InterpretedObject Self { get; }
}

/// <summary>The fields of an object of the user's.</summary>
public sealed class InterpretedObject
{
    internal InterpretedObject(INamedTypeSymbol type, Interpreter interpreter)
    {
        Type = type;
        Interpreter = interpreter;
    }

    internal INamedTypeSymbol Type { get; }

    internal Interpreter Interpreter { get; }

    internal Dictionary<ISymbol, object?> Fields { get; } = new(SymbolEqualityComparer.Default);

    internal object? Instance { get; set; }
}

/// <summary>Where emitted overrides call back.</summary>
public static class Dispatcher
{
    /// <summary>Runs the user's override of a library method, or the library's own.</summary>
    public static object? Dispatch(IInterpreted instance, int slot, object?[] arguments)
    {
        InterpretedObject self = instance.Self;
        self.Instance ??= instance;
        return self.Interpreter.Dispatch(self, slot, arguments);
    }
}
