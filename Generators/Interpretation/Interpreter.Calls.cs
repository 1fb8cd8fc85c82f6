using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Interpretation;

/// <content>Calls: of the user's methods, of the library's, and back.</content>
internal sealed partial class Interpreter
{
    // BindingFlags.DoNotWrapExceptions, which netstandard2.0 does not name: catching and throwing on at each level
    // would take the stack of all levels at once.
    private const BindingFlags Unwrapped = (BindingFlags)0x02000000;

    private object? Invoke(IInvocationOperation call, Frame frame)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            return InvokeLocal(call, method, frame);
        }

        if ((int)method.ContainingType.TypeKind > (int)TypeKind.FunctionPointer
            && !method.ContainingType.CanBeReferencedByName)
        {
            throw Unsupported(call, "a member of an extension block");
        }

        object? receiver = call.Instance is null ? null : Evaluate(call.Instance, frame);
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            object?[] values = Arguments(call.Arguments, frame, out _);
            return InvokeDelegate((Delegate?)receiver ?? throw new NullReferenceException(), values, call);
        }

        IMethodSymbol target = Substitute(Resolve(method, call.ConstrainedToType, frame), frame);
        object?[] arguments = Arguments(call.Arguments, frame, out List<(int, IOperation)>? written);
        bool isBase = call.Instance is IInstanceReferenceOperation && !call.IsVirtual
            && (method.IsVirtual || method.IsOverride || method.IsAbstract);
        object? result = isBase ? CallBase(target, receiver, arguments, call) : Call(target, receiver, arguments, call);
        WriteBack(written, arguments, frame);
        return result;
    }

    // A static member that an interface declares, on the type in the parameter's place.
    private IMethodSymbol Resolve(IMethodSymbol method, ITypeSymbol? constrained, Frame frame)
    {
        if (constrained is null || !(method.IsAbstract || method.IsVirtual) || !method.IsStatic)
        {
            return method;
        }

        ITypeSymbol type = Substitute(constrained, frame)!;
        var contract = (INamedTypeSymbol)Substitute(method.ContainingType, frame)!;
        ISymbol declared = contract.GetMembers(method.Name).First(m =>
            SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, method.OriginalDefinition));
        return type.FindImplementationForInterfaceMember(declared) as IMethodSymbol ?? throw Stop.Invalid();
    }

    private object?[] Arguments(
        ImmutableArray<IArgumentOperation> given, Frame frame, out List<(int, IOperation)>? written)
    {
        written = null;
        if (given.IsEmpty)
        {
            return [];
        }

        var values = new object?[given.Length];
        foreach (IArgumentOperation argument in given)
        {
            IParameterSymbol parameter = argument.Parameter ?? throw Stop.Invalid();
            if (parameter.RefKind is RefKind.Ref or RefKind.Out)
            {
                (written ??= []).Add((parameter.Ordinal, argument.Value));
                values[parameter.Ordinal] = parameter.RefKind == RefKind.Out ? Declared(argument.Value, frame)
                    : Evaluate(argument.Value, frame);
                continue;
            }

            values[parameter.Ordinal] = Copy(Evaluate(argument.Value, frame));
        }

        return values;
    }

    private object? Declared(IOperation target, Frame frame)
    {
        if (target is IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local })
        {
            frame.Declare(local.Local, Default(local.Local.Type, frame));
        }

        return null;
    }

    private void WriteBack(List<(int Position, IOperation Target)>? written, object?[] arguments, Frame frame)
    {
        foreach ((int position, IOperation target) in written ?? [])
        {
            Assign(target, arguments[position], target.Type, frame);
        }
    }

    /// <summary>Calls any method, virtually.</summary>
    private object? Call(IMethodSymbol method, object? receiver, object?[] arguments, IOperation where)
    {
        if (receiver is null && !method.IsStatic)
        {
            return CallOnNothing(method, arguments);
        }

        if (receiver is IInterpreted { Self: { } self } && !method.IsStatic)
        {
            self.Instance ??= receiver;
            if (Override(self.Type, method) is { } found)
            {
                return types.IsUser(found.ContainingType) || found.ContainingType.IsAnonymousType
                    ? CallUser(found, self, arguments, where)
                    : CallLibrary(found, receiver, arguments, where);
            }
        }

        return types.IsUser(method.ContainingType)
            ? CallUser(method, (receiver as IInterpreted)?.Self, arguments, where)
            : CallLibrary(method, receiver, arguments, where);
    }

    // Members of a nullable value that is null.
    private static object? CallOnNothing(IMethodSymbol method, object?[] arguments)
    {
        bool isNullable = method.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return (isNullable, method.Name) switch
        {
            (true, "get_HasValue") => false,
            (true, "GetValueOrDefault") when arguments.Length == 1 => arguments[0],
            (true, "GetValueOrDefault") => method.ContainingType.TypeArguments[0].SpecialType switch
            {
                SpecialType.System_Int32 => 0,
                SpecialType.System_Int64 => 0L,
                SpecialType.System_Double => 0.0,
                SpecialType.System_Single => 0f,
                SpecialType.System_Boolean => false,
                _ => null,
            },
            (true, "ToString") => "",
            (true, "get_Value") => throw new InvalidOperationException("Nullable object must have a value."),
            _ => throw new NullReferenceException(),
        };
    }

    // The version of a method that an object of the type has; null for methods that are not virtual.
    private static IMethodSymbol? Override(INamedTypeSymbol type, IMethodSymbol method)
    {
        if (method.ContainingType.TypeKind == TypeKind.Interface)
        {
            return type.FindImplementationForInterfaceMember(method) as IMethodSymbol ?? Construct(type, method);
        }

        if (!method.IsVirtual && !method.IsAbstract && !method.IsOverride)
        {
            return null;
        }

        IMethodSymbol root = Root(method);
        for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            foreach (IMethodSymbol member in t.GetMembers(method.Name).OfType<IMethodSymbol>())
            {
                if (SymbolEqualityComparer.Default.Equals(Root(member).OriginalDefinition, root.OriginalDefinition))
                {
                    return method.IsGenericMethod && member.IsGenericMethod
                        ? member.Construct([.. method.TypeArguments]) : member;
                }
            }
        }

        return null;
    }

    private static IMethodSymbol? Construct(INamedTypeSymbol type, IMethodSymbol method)
    {
        if (!method.IsGenericMethod)
        {
            return null;
        }

        return (type.FindImplementationForInterfaceMember(method.ConstructedFrom) as IMethodSymbol)?.Construct(
            [.. method.TypeArguments]);
    }

    private static IMethodSymbol Root(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
        {
            method = overridden;
        }

        return method;
    }

    // base.M(): the version of the base class, not the object's.
    private object? CallBase(IMethodSymbol method, object? receiver, object?[] arguments, IOperation where)
    {
        InterpretedObject self = ((IInterpreted)receiver!).Self;
        return types.IsUser(method.ContainingType)
            ? CallUser(method, self, arguments, where)
            : CallInherited(members.Method(method), receiver!, arguments, where);
    }

    private object? CallInherited(MethodInfo method, object receiver, object?[] arguments, IOperation? where)
    {
        IReadOnlyList<MethodInfo> slots = mirrors.Slots(receiver.GetType());
        MethodInfo root = method.GetBaseDefinition();
        for (int slot = 0; slot < slots.Count; slot++)
        {
            if (slots[slot].GetBaseDefinition() == root)
            {
                MethodInfo inherited = receiver.GetType().GetMethod(MirrorFactory.BaseName(slot));
                return Run(inherited ?? throw Stop.Invalid(), receiver, arguments, where);
            }
        }

        return Run(method, receiver, arguments, where);
    }

    private readonly Dictionary<INamedTypeSymbol, IMethodSymbol?[]> overrides = new(SymbolEqualityComparer.Default);

    /// <summary>A call from the library: of the user's override, or of the library's own where there is none.</summary>
    public object? Dispatch(InterpretedObject self, int slot, object?[] arguments)
    {
        MethodInfo method = mirrors.Slots(self.Instance!.GetType())[slot];
        if (Overrides(self)[slot] is { } found)
        {
            return CallUser(found, self, arguments, current?.Active);
        }

        return self.Type.IsAnonymousType && Records.Synthesized(method.Name)
            ? CallSynthesized(method.Name, self, arguments)
            : CallInherited(method, self.Instance!, arguments, current?.Active);
    }

    // The user's methods that stand for the library's, by slot.
    private IMethodSymbol?[] Overrides(InterpretedObject self)
    {
        if (!overrides.TryGetValue(self.Type, out IMethodSymbol?[]? found))
        {
            found = [.. mirrors.Slots(self.Instance!.GetType()).Select(method => FindOverride(self.Type, method))];
            overrides.Add(self.Type, found);
        }

        return found;
    }

    private IMethodSymbol? FindOverride(INamedTypeSymbol of, MethodInfo method)
    {
        int count = method.GetParameters().Length;
        IMethodSymbol? found = null;
        for (INamedTypeSymbol? type = of; found is null && types.IsUser(type); type = type!.BaseType)
        {
            found = type!.GetMembers(method.Name).OfType<IMethodSymbol>().FirstOrDefault(member =>
                member.IsOverride && member.Parameters.Length == count && IsOverrideOf(member, method));
        }

        return found;
    }

    private bool IsOverrideOf(IMethodSymbol member, MethodInfo method)
    {
        IMethodSymbol root = Root(member);
        return !types.IsUser(root.ContainingType)
            && members.RawMethod(root).GetBaseDefinition() == method.GetBaseDefinition();
    }

    private object? CallLibrary(IMethodSymbol method, object? receiver, object?[] arguments, IOperation where)
    {
        // Numbers in text look the same everywhere.
        if (method.Name == nameof(ToString) && arguments.Length == 0 && receiver is IFormattable and not IInterpreted)
        {
            return Format(receiver, null);
        }

        if (receiver is not null
            && method.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return method.Name switch
            {
                "get_HasValue" => true,
                "get_Value" or "GetValueOrDefault" => receiver,
                nameof(ToString) => Format(receiver, null),
                nameof(Equals) => receiver.Equals(arguments[0]),
                _ => throw Unsupported(where, "this member of a nullable value"),
            };
        }

        if (receiver is Array spanned && method.ContainingType.Name is "Span" or "ReadOnlySpan")
        {
            return OfSpan(method, (Array)receiver!, arguments, where);
        }

        if (receiver is IInterpreted { Self: { } self } && Records.Synthesized(method.Name)
            && (self.Type.IsRecord || self.Type.IsAnonymousType))
        {
            return CallSynthesized(method.Name, self, arguments);
        }

        MethodInfo found = members.Method(method);
        CheckArguments(method, arguments);
        object? result = Run(found, receiver, arguments, where);
        CheckSize((result ?? receiver) is ICollection large ? large.Count : result is string text ? text.Length : 0);
        return result;
    }

    private static object? OfSpan(IMethodSymbol method, Array array, object?[] arguments, IOperation where) =>
        method.Name switch
        {
            "get_Length" => array.Length,
            "get_IsEmpty" => array.Length == 0,
            "get_Item" => array.GetValue((int)arguments[0]!),
            "ToArray" => array.Clone(),
            _ => throw Unsupported(where, "this member of a span"),
        };

    private static void CheckArguments(IMethodSymbol method, object?[] arguments)
    {
        foreach (object? argument in arguments)
        {
            if (argument is int number && number > MostElements
                && (method.MethodKind == MethodKind.Constructor || AllowList.Sized.Contains(method.Name))
                && method.ContainingNamespace?.ToDisplayString()
                    .StartsWith("System", StringComparison.Ordinal) == true)
            {
                CheckSize(number);
            }
        }
    }

    private object? InvokeDelegate(Delegate function, object?[] arguments, IOperation where) =>
        Thunk.Behind(function) is { } thunk ? thunk.Run(arguments)
            : Run(function.GetType().GetMethod("Invoke"), function, arguments, where);

    /// <summary>Runs library code; what it throws is thrown on, with the place of the call.</summary>
    private object? Run(MethodBase method, object? receiver, object?[] arguments, IOperation? where)
    {
        Frame? frame = current;
        IOperation? outer = frame?.Active;
        if (frame is not null)
        {
            frame.Active = where;
        }

        try
        {
            return method is ConstructorInfo constructor
                ? constructor.Invoke(Unwrapped, null, arguments, null)
                : method.Invoke(receiver, Unwrapped, null, arguments, null);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            current = frame;
            Note(inner, where);
            ExceptionDispatchInfo.Capture(inner).Throw();
            throw;
        }
        catch (Exception error) when (Note(error, where))
        {
            throw;
        }
        finally
        {
            current = frame;
            if (frame is not null)
            {
                frame.Active = outer;
            }
        }
    }

    /// <summary>Calls a method, accessor or operator of the user's.</summary>
    private object? CallUser(IMethodSymbol method, InterpretedObject? self, object?[] arguments, IOperation? where)
    {
        CheckStack(current);
        SyntaxNode? syntax = SyntaxOf(method.PartialImplementationPart ?? method);
        if (method.AssociatedSymbol is IPropertySymbol property && !HasBody(syntax))
        {
            return Automatic(property, method, self, arguments);
        }

        if (syntax is null || method.IsImplicitlyDeclared || Records.IsPositional(syntax))
        {
            return self is null && !method.IsStatic
                ? throw new NullReferenceException()
                : CallSynthesized(method, self, arguments);
        }

        if (method.IsAsync)
        {
            throw Unsupported(where ?? OperationOf(syntax)!, "an async method");
        }

        if (method.IsStatic)
        {
            EnsureStatics(method.ContainingType);
        }

        return RunBody(NewFrame(method, self, where), syntax, arguments);
    }

    private Frame NewFrame(IMethodSymbol method, InterpretedObject? self, IOperation? where) => new()
    {
        Compilation = compilation,
        Method = method,
        Type = DeclaringType(method, self),
        Self = self,
        Caller = current,
        CallSite = where,
    };

    // The base class of the object's type that declares the method, with the types that it was derived with.
    private static INamedTypeSymbol DeclaringType(IMethodSymbol method, InterpretedObject? self)
    {
        for (INamedTypeSymbol? type = self?.Type; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(
                type.OriginalDefinition, method.ContainingType.OriginalDefinition))
            {
                return type;
            }
        }

        return method.ContainingType;
    }
}
