using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Expressions that make objects and arrays.</content>
internal sealed partial class Interpreter
{
    private object? Create(IObjectCreationOperation creation, Frame frame)
    {
        IMethodSymbol constructor = Substitute(creation.Constructor ?? throw Stop.Invalid(), frame);
        object?[] arguments = Arguments(creation.Arguments, frame, out _);
        object? result;
        if (types.IsUser(constructor.ContainingType))
        {
            bool isPlain = constructor.ContainingType.IsValueType && constructor.IsImplicitlyDeclared
                && arguments.Length == 0;
            result = isPlain ? Default(constructor.ContainingType, frame) : Construct(constructor, arguments, creation);
        }
        else
        {
            result = New(constructor, arguments, creation);
        }

        Initialize(creation.Initializer, result, frame);
        return result;
    }

    private object? New(IMethodSymbol constructor, object?[] arguments, IOperation where)
    {
        INamedTypeSymbol type = constructor.ContainingType;
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return arguments.Length == 0 ? null : arguments[0];
        }

        if (type.Name is "Span" or "ReadOnlySpan" && arguments.Length == 1 && arguments[0] is Array array)
        {
            return array;
        }

        Type mapped = types.Map(type);
        if (mapped == typeof(IndexValue))
        {
            return new IndexValue((int)arguments[0]!, arguments.Length > 1 && (bool)arguments[1]!);
        }

        if (mapped.IsValueType && arguments.Length == 0)
        {
            return Activator.CreateInstance(mapped);
        }

        CheckArguments(constructor, arguments);

        // Looking for the user's line by debug symbols would find lines of this interpreter.
        if (mapped == typeof(GraphBuilder) && arguments.Length == 2)
        {
            arguments[1] = false;
        }

        return Run(members.Constructor(constructor), null, arguments, where);
    }

    private void Initialize(IObjectOrCollectionInitializerOperation? initializer, object? receiver, Frame frame)
    {
        if (initializer is null)
        {
            return;
        }

        frame.Receivers.Push(receiver);
        try
        {
            foreach (IOperation part in initializer.Initializers)
            {
                if (part is IMemberInitializerOperation member)
                {
                    Initialize(member.Initializer, Evaluate(member.InitializedMember, frame), frame);
                }
                else
                {
                    Evaluate(part, frame);
                }
            }
        }
        finally
        {
            frame.Receivers.Pop();
        }
    }

    private object? CreateOfParameter(ITypeParameterObjectCreationOperation creation, Frame frame)
    {
        var type = (INamedTypeSymbol)Substitute(creation.Type, frame)!;
        IMethodSymbol? constructor = type.InstanceConstructors.FirstOrDefault(c => c.Parameters.IsEmpty);
        object? result = constructor is null
            ? throw Stop.Invalid()
            : types.IsUser(type) ? Construct(constructor, [], creation) : New(constructor, [], creation);
        Initialize(creation.Initializer, result, frame);
        return result;
    }

    private object CreateAnonymous(IAnonymousObjectCreationOperation creation, Frame frame)
    {
        var type = (INamedTypeSymbol)Substitute(creation.Type, frame)!;
        var result = (IInterpreted)Allocate(type, [], creation);
        foreach (ISimpleAssignmentOperation part in creation.Initializers.OfType<ISimpleAssignmentOperation>())
        {
            IPropertySymbol property = ((IPropertyReferenceOperation)part.Target).Property;
            result.Self.Fields[Records.Key(type, property)] = Copy(Evaluate(part.Value, frame));
        }

        return result;
    }

    private object CreateArray(IArrayCreationOperation creation, Frame frame)
    {
        int[] sizes =
            [.. creation.DimensionSizes.Select(
                size =>
                    (int)System.Convert.ToInt64(
                        Evaluate(size, frame), System.Globalization.CultureInfo.InvariantCulture))];
        var symbol = (IArrayTypeSymbol)Substitute(creation.Type, frame)!;
        Type element = types.Map(symbol.ElementType);
        CheckSize(sizes.Aggregate(1L, (product, size) => product * Math.Max(size, 1)));
        if (sizes.Any(size => size < 0))
        {
            throw new OverflowException("Arithmetic operation resulted in an overflow.");
        }

        Array array = Array.CreateInstance(element, sizes);
        if (types.IsUser(symbol.ElementType) && symbol.ElementType.TypeKind == TypeKind.Struct && sizes.Length == 1)
        {
            for (int i = 0; i < array.Length; i++)
            {
                array.SetValue(Default(symbol.ElementType, frame), i);
            }
        }

        if (creation.Initializer is { } initializer)
        {
            Fill(array, initializer, new int[sizes.Length], 0, frame);
        }

        return array;
    }

    private void Fill(Array array, IArrayInitializerOperation initializer, int[] position, int axis, Frame frame)
    {
        for (int i = 0; i < initializer.ElementValues.Length; i++)
        {
            position[axis] = i;
            if (initializer.ElementValues[i] is IArrayInitializerOperation inner)
            {
                Fill(array, inner, position, axis + 1, frame);
            }
            else
            {
                array.SetValue(Copy(Evaluate(initializer.ElementValues[i], frame)), position);
            }
        }
    }
}
