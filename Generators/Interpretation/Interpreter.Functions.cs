using System.Collections;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Lambdas, local functions, delegates; collections.</content>
internal sealed partial class Interpreter
{
    private object? Function(IDelegateCreationOperation creation, Frame frame)
    {
        Type type = TypeOf(creation.Type!, frame);
        switch (creation.Target)
        {
            case IAnonymousFunctionOperation lambda:
                return MakeLambda(lambda, type, frame);
            case IMethodReferenceOperation reference:
                return MakeReference(reference, type, frame);
            default:
                return Evaluate(creation.Target, frame);
        }
    }

    private object? Lambda(IAnonymousFunctionOperation lambda, Frame frame) =>
        throw Unsupported(lambda, "an expression tree");

    private Delegate MakeLambda(IAnonymousFunctionOperation lambda, Type type, Frame frame)
    {
        if (!typeof(Delegate).IsAssignableFrom(type))
        {
            throw Unsupported(lambda, "an expression tree");
        }

        if (lambda.Symbol.IsAsync)
        {
            throw Unsupported(lambda, "an async lambda");
        }

        Frame captured = frame.Snapshot();
        return Thunk.Make(
            type, arguments => CallInner(lambda.Symbol, lambda.Body, captured, arguments, current?.Active));
    }

    private Delegate MakeReference(IMethodReferenceOperation reference, Type type, Frame frame)
    {
        IMethodSymbol method = reference.Method;
        object? receiver = reference.Instance is null ? null : Evaluate(reference.Instance, frame);
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            Frame captured = frame.Snapshot();
            SyntaxNode syntax = SyntaxOf(method)!;
            return Thunk.Make(type, arguments => CallLocal(method, syntax, captured, arguments, current?.Active));
        }

        // An extension method that is named on its receiver.
        bool isExtension = method.IsExtensionMethod && receiver is not null;
        IMethodSymbol target = Substitute(method, frame);
        return Thunk.Make(type, arguments => isExtension
            ? Call(target, null, [receiver, .. arguments], reference)
            : Call(target, receiver, arguments, reference));
    }

    private object? CallInner(
        IMethodSymbol symbol, IOperation body, Frame enclosing, object?[] arguments, IOperation? where)
    {
        CheckStack(current);
        var frame = new Frame
        {
            Compilation = compilation,
            Enclosing = enclosing,
            Method = symbol,
            Caller = current,
            CallSite = where,
        };
        for (int i = 0; i < arguments.Length; i++)
        {
            frame.Declare(symbol.Parameters[i], arguments[i]);
        }

        return RunBlock(frame, body, symbol);
    }

    private object? InvokeLocal(IInvocationOperation call, IMethodSymbol method, Frame frame)
    {
        object?[] arguments = Arguments(call.Arguments, frame, out List<(int, IOperation)>? written);
        SyntaxNode syntax = SyntaxOf(method)!;
        object? result = CallLocal(method, syntax, frame, arguments, call);
        WriteBack(written, arguments, frame);
        return result;
    }

    private object? CallLocal(
        IMethodSymbol method, SyntaxNode syntax, Frame enclosing, object?[] arguments, IOperation? where)
    {
        CheckStack(current);
        if (method.IsAsync)
        {
            throw Unsupported(where!, "an async method");
        }

        IMethodSymbol constructed = method.IsGenericMethod
            ? method.ConstructedFrom.Construct(
                [.. method.TypeArguments.Select(argument => Substitute(argument, enclosing)!)])
            : method;
        var frame = new Frame
        {
            Compilation = compilation,
            Enclosing = enclosing,
            Method = constructed,
            Caller = current,
            CallSite = where,
        };
        return RunBody(frame, syntax, arguments);
    }

    private object Collect(ICollectionExpressionOperation collection, Frame frame)
    {
        var items = new List<object?>();
        foreach (IOperation element in collection.Elements)
        {
            if (element is ISpreadOperation spread)
            {
                object source = Evaluate(spread.Operand, frame) ?? throw new NullReferenceException();
                IEnumerable sequence = source as IEnumerable ?? throw Unsupported(spread, "a spread of this type");
                foreach (object? item in sequence)
                {
                    items.Add(Copy(Converted(item, spread, frame)));
                    CheckSize(items.Count);
                }
            }
            else
            {
                items.Add(Copy(Evaluate(element, frame)));
            }
        }

        return Build(collection, items, frame);
    }

    // The compiler gives the conversion of a spread's items, but no operation for it.
    private object? Converted(object? item, ISpreadOperation spread, Frame frame)
    {
        ITypeSymbol? target = Substitute(ElementType(((ICollectionExpressionOperation)spread.Parent!).Type!), frame);
        if (item is null || target is null || types.Map(target).IsInstanceOfType(item))
        {
            return item;
        }

        if (spread.ElementConversion.MethodSymbol is { } method)
        {
            return Call(Substitute(method, frame), null, [item], spread);
        }

        return IsNumber(target) ? Arithmetic.Convert(item, types.Map(target), false) : item;
    }

    private static ITypeSymbol? ElementType(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } named => named.TypeArguments[0],
        _ => null,
    };

    private object Build(ICollectionExpressionOperation collection, List<object?> items, Frame frame)
    {
        ITypeSymbol symbol = Substitute(collection.Type, frame)!;
        Type type = types.Map(symbol);
        if (type.IsArray)
        {
            return ToArray(items, type.GetElementType());
        }

        if (type.IsInterface)
        {
            Type element = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object);
            Array array = ToArray(items, element);
            bool isReadOnly = type.IsAssignableFrom(array.GetType())
                && symbol.Name.StartsWith("IReadOnly", StringComparison.Ordinal);
            return isReadOnly || symbol.Name == nameof(IEnumerable)
                ? array
                : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array)!;
        }

        // Constructed and filled, or made by the method that the type's attribute names.
        if (collection.ConstructMethod is { } method
            && (method.MethodKind == MethodKind.Constructor || method.Parameters.IsEmpty))
        {
            return Filled(collection, method, items, frame);
        }

        if (collection.ConstructMethod is { } builder)
        {
            Type element = types.Map(Substitute(ElementType(collection.Type!), frame)!);
            return Call(Substitute(builder, frame), null, [ToArray(items, element)], collection)!;
        }

        throw Unsupported(collection, "a collection expression of this type");
    }

    private object Filled(
        ICollectionExpressionOperation collection, IMethodSymbol constructor, List<object?> items, Frame frame)
    {
        IMethodSymbol method = Substitute(constructor, frame);
        object result = types.IsUser(method.ContainingType) ? Construct(method, [], collection)
            : New(method, [], collection)!;
        IMethodSymbol? add =
            method.ContainingType.GetMembers("Add").OfType<IMethodSymbol>()
            .FirstOrDefault(m => m.Parameters.Length == 1);
        foreach (object? item in items)
        {
            Call(
                add ?? throw Unsupported(collection, "a collection expression of this type"), result, [item],
                collection);
        }

        return result;
    }

    private static Array ToArray(List<object?> items, Type element)
    {
        Array array = Array.CreateInstance(element, items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            array.SetValue(items[i], i);
        }

        return array;
    }
}
