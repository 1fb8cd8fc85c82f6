using System.Runtime.ExceptionServices;
using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <content>Values that the reading of a model makes and takes apart: arguments and results of its method.</content>
internal sealed partial class Interpreter
{
    /// <summary>The class of an object of the model's; null for one of the library's.</summary>
    public static INamedTypeSymbol? ClassOf(object instance) => (instance as IInterpreted)?.Self.Type;

    /// <summary>Calls a method of an object.</summary>
    public object? Call(IMethodSymbol method, object instance, object?[] arguments) =>
        CallUser(method, ((IInterpreted)instance).Self, arguments, null);

    /// <summary>A tensor of the library, of a type that the model names.</summary>
    public object Tensor(ITypeSymbol type, Node node)
    {
        try
        {
            return Activator.CreateInstance(types.Map(type), node)!;
        }
        catch (System.Reflection.TargetInvocationException error) when (error.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Capture(inner).Throw();
            throw;
        }
    }

    /// <summary>A tuple.</summary>
    public object Tuple(INamedTypeSymbol type, object?[] items) =>
        CreateTuple(type, items, new Frame { Compilation = compilation })!;

    /// <summary>The items of a tuple.</summary>
    public object?[] ItemsOf(object tuple) => Items(tuple);

    /// <summary>What a property of a record of the model's holds.</summary>
    public object? Read(IPropertySymbol property, object record) =>
        CallUser(property.GetMethod!, ((IInterpreted)record).Self, [], null);
}
