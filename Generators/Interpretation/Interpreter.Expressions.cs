using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Interpretation;

/// <content>Expressions.</content>
internal sealed partial class Interpreter
{
    private object? Evaluate(IOperation operation, Frame frame)
    {
        Step();
        if (operation.ConstantValue.HasValue && operation.Type is { } type)
        {
            return Constant(operation.ConstantValue.Value, type, frame);
        }

        return operation.Kind switch
        {
            OperationKind.Invocation => Invoke((IInvocationOperation)operation, frame),
            OperationKind.LocalReference => Variable(operation, ((ILocalReferenceOperation)operation).Local, frame),
            OperationKind.ParameterReference =>
                Variable(operation, ((IParameterReferenceOperation)operation).Parameter, frame),
            OperationKind.FieldReference => Field((IFieldReferenceOperation)operation, frame),
            OperationKind.PropertyReference => Property((IPropertyReferenceOperation)operation, frame),
            OperationKind.InstanceReference => Instance((IInstanceReferenceOperation)operation, frame),
            OperationKind.Conversion => Convert((IConversionOperation)operation, frame),
            OperationKind.ObjectCreation => Create((IObjectCreationOperation)operation, frame),
            OperationKind.Binary => Binary((IBinaryOperation)operation, frame),
            OperationKind.Unary => Unary((IUnaryOperation)operation, frame),
            OperationKind.SimpleAssignment => AssignSimple((ISimpleAssignmentOperation)operation, frame),
            OperationKind.CompoundAssignment => AssignCompound((ICompoundAssignmentOperation)operation, frame),
            OperationKind.CoalesceAssignment => AssignCoalesce((ICoalesceAssignmentOperation)operation, frame),
            OperationKind.DeconstructionAssignment =>
                AssignParts((IDeconstructionAssignmentOperation)operation, frame),
            OperationKind.Increment or OperationKind.Decrement =>
                Increment((IIncrementOrDecrementOperation)operation, frame),
            OperationKind.ArrayElementReference => Element((IArrayElementReferenceOperation)operation, frame),
            OperationKind.ImplicitIndexerReference => Indexed((IImplicitIndexerReferenceOperation)operation, frame),
            OperationKind.ArrayCreation => CreateArray((IArrayCreationOperation)operation, frame),
            OperationKind.CollectionExpression => Collect((ICollectionExpressionOperation)operation, frame),
            OperationKind.DelegateCreation => Function((IDelegateCreationOperation)operation, frame),
            OperationKind.Tuple => Tuple((ITupleOperation)operation, frame),
            OperationKind.Conditional => Choose((IConditionalOperation)operation, frame),
            OperationKind.Coalesce => Coalesce((ICoalesceOperation)operation, frame),
            OperationKind.ConditionalAccess => Access((IConditionalAccessOperation)operation, frame),
            OperationKind.ConditionalAccessInstance => frame.Conditionals.Peek(),
            OperationKind.InterpolatedString => Interpolate((IInterpolatedStringOperation)operation, frame),
            OperationKind.Parenthesized => Evaluate(((IParenthesizedOperation)operation).Operand, frame),
            OperationKind.ExpressionStatement =>
                Evaluate(((IExpressionStatementOperation)operation).Operation, frame),
            OperationKind.Literal => null,
            _ => EvaluateRare(operation, frame),
        };
    }

    private object? Choose(IConditionalOperation choice, Frame frame) =>
        Evaluate(IsTrue(choice.Condition, frame) ? choice.WhenTrue : choice.WhenFalse!, frame);

    // What few models use: apart, so that most need not have it compiled.
    private object? EvaluateRare(IOperation operation, Frame frame) => operation switch
    {
        IAnonymousFunctionOperation lambda => Lambda(lambda, frame),
        ITupleBinaryOperation comparison => CompareTuples(comparison, frame),
        ITypeOfOperation of => TypeOf(of.TypeOperand, frame),
        IDefaultValueOperation value => Default(value.Type!, frame),
        IIsTypeOperation test =>
            TypeOf(test.TypeOperand, frame).IsInstanceOfType(Evaluate(test.ValueOperand, frame)) != test.IsNegated,
        IIsPatternOperation test => Matches(test.Pattern, Evaluate(test.Value, frame), frame),
        ISwitchExpressionOperation choice => Switch(choice, frame),
        IWithOperation with => With(with, frame),
        IThrowOperation error => Throw(error, frame),
        IDeclarationExpressionOperation declaration => Evaluate(declaration.Expression, frame),
        IAnonymousObjectCreationOperation creation => CreateAnonymous(creation, frame),
        ITypeParameterObjectCreationOperation creation => CreateOfParameter(creation, frame),
        IRangeOperation range =>
            new RangeValue(Index(range.LeftOperand, default, frame), Index(range.RightOperand, new(0, true), frame)),
        ITranslatedQueryOperation query => Evaluate(query.Operation, frame),
        IInvalidOperation => throw Stop.Invalid(),
        IAwaitOperation => throw Unsupported(operation, "await"),
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation
            or IDynamicObjectCreationOperation => throw Unsupported(operation, "dynamic"),
        IEventReferenceOperation or IEventAssignmentOperation => throw Unsupported(operation, "an event"),
        IAddressOfOperation => throw Unsupported(operation, "a pointer"),
        _ => throw Unsupported(operation, Describe(operation)),
    };

    private static string Describe(IOperation operation)
    {
        string text = operation.Syntax.ToString().Split('\n')[0].Trim();
        string shown = text.Length > 60 ? text.Substring(0, 57) + "..." : text;
        return $"'{shown}'";
    }

    private object? Constant(object? value, ITypeSymbol type, Frame frame)
    {
        if (value is null)
        {
            return null;
        }

        ITypeSymbol real = Substitute(type, frame)!;
        if (real is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            real = nullable.TypeArguments[0];
        }

        return real.TypeKind == TypeKind.Enum ? Enum.ToObject(types.Map(real), value) : value;
    }

    /// <summary>The default of a type; structs of the user's are objects whose fields are defaults.</summary>
    private object? Default(ITypeSymbol type, Frame frame)
    {
        ITypeSymbol real = Substitute(type, frame)!;
        if (!real.IsValueType
            || real.OriginalDefinition.SpecialType is SpecialType.System_Nullable_T or SpecialType.System_Void)
        {
            return null;
        }

        if (types.IsUser(real) && real.TypeKind == TypeKind.Struct)
        {
            return Allocate((INamedTypeSymbol)real, [], null);
        }

        Type mapped = types.Map(real);
        return mapped.IsValueType ? Activator.CreateInstance(mapped) : null;
    }

    /// <summary>A value to be stored elsewhere: structs are copied.</summary>
    private object? Copy(object? value)
    {
        if (value is IInterpreted { Self: { Type.IsValueType: true } self })
        {
            return Clone(self);
        }

        return value is ValueType ? RuntimeHelpers.GetObjectValue(value) : value;
    }

    private static object? Variable(IOperation reference, ISymbol symbol, Frame frame)
    {
        if (frame.Find(symbol) is { } cell)
        {
            return cell.Value;
        }

        // A parameter of a primary constructor, used after it: the object keeps it.
        for (Frame? f = frame; f is not null; f = f.Enclosing)
        {
            if (f.Self is { } self && self.Fields.TryGetValue(symbol.OriginalDefinition, out object? value))
            {
                return value;
            }
        }

        throw Unsupported(reference, $"'{symbol.Name}' here");
    }

    private static object? Instance(IInstanceReferenceOperation instance, Frame frame) => instance.ReferenceKind switch
    {
        InstanceReferenceKind.ImplicitReceiver => frame.Receivers.Peek(),
        InstanceReferenceKind.PatternInput => frame.Matched.Peek(),
        _ => This(frame)?.Instance,
    };

    private static InterpretedObject? This(Frame frame)
    {
        Frame? f = frame;
        while (f is { Self: null })
        {
            f = f.Enclosing;
        }

        return f?.Self;
    }

    private object? Convert(IConversionOperation conversion, Frame frame)
    {
        if (conversion.Operand is IInterpolatedStringOperation text
            && conversion.Type?.Name is "FormattableString" or "IFormattable")
        {
            return Formattable((IInterpolatedStringOperation)conversion.Operand, frame);
        }

        object? value = Evaluate(conversion.Operand, frame);
        ITypeSymbol? target = Substitute(conversion.Type, frame);
        if (conversion.OperatorMethod is { } method)
        {
            bool isLifted = value is null && method.Parameters[0].Type is { IsValueType: true };
            return isLifted ? null : Call(Substitute(method, frame), null, [value], conversion);
        }

        return target is null ? value : Convert(value, target, conversion);
    }

    private object? Convert(object? value, ITypeSymbol target, IConversionOperation conversion)
    {
        if (target.TypeKind is TypeKind.Dynamic or TypeKind.Pointer or TypeKind.FunctionPointer)
        {
            _ = types.Map(target);
        }

        if (value is null)
        {
            bool isUnboxing = target.IsValueType
                && target.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T;
            return !isUnboxing || conversion.IsTryCast
                ? null
                : conversion.Operand.Type is null || conversion.Operand.Type.IsValueType
                    ? throw new InvalidOperationException("Nullable object must have a value.")
                    : throw new NullReferenceException();
        }

        ITypeSymbol real =
            target is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : target;
        if (conversion.Conversion.IsNumeric && IsNumber(real))
        {
            return Arithmetic.Convert(value, types.Map(real), conversion.IsChecked);
        }

        Type mapped = types.Map(real);
        if (mapped.IsInstanceOfType(value))
        {
            return value;
        }

        if (IsNumber(real) && conversion.Operand.Type is { IsValueType: true } && value is not IInterpreted)
        {
            return Arithmetic.Convert(value, mapped, conversion.IsChecked);
        }

        if (IsTuple(value))
        {
            return ConvertTuple(value, (INamedTypeSymbol)real, conversion);
        }

        if (mapped == typeof(IndexValue) && value is int position)
        {
            return new IndexValue(position, false);
        }

        if (conversion.IsTryCast)
        {
            return null;
        }

        return value is IInterpreted && mapped.IsInterface
            ? throw Unsupported(conversion, $"use of this type through {mapped.Name}, an interface of the system,")
            : throw new InvalidCastException($"cannot convert {value.GetType().Name} to {mapped.Name}");
    }

    private static bool IsNumber(ITypeSymbol type) => type.TypeKind == TypeKind.Enum
        || type.SpecialType is >= SpecialType.System_Char and <= SpecialType.System_Double;

    private object? Coalesce(ICoalesceOperation coalesce, Frame frame)
    {
        object? value = Evaluate(coalesce.Value, frame);
        return value ?? Evaluate(coalesce.WhenNull, frame);
    }

    private object? Access(IConditionalAccessOperation access, Frame frame)
    {
        object? receiver = Evaluate(access.Operation, frame);
        if (receiver is null)
        {
            return null;
        }

        frame.Conditionals.Push(receiver);
        try
        {
            return Evaluate(access.WhenNotNull, frame);
        }
        finally
        {
            frame.Conditionals.Pop();
        }
    }

    private string Interpolate(IInterpolatedStringOperation text, Frame frame)
    {
        var result = new StringBuilder();
        foreach (IInterpolatedStringContentOperation part in text.Parts)
        {
            if (part is IInterpolatedStringTextOperation literal)
            {
                result.Append(Evaluate(literal.Text, frame));
            }
            else if (part is IInterpolationOperation hole)
            {
                string shown =
                    Format(Evaluate(hole.Expression, frame), hole.FormatString?.ConstantValue.Value as string);
                int width = hole.Alignment is { } alignment ? (int)Evaluate(alignment, frame)! : 0;
                CheckSize(Math.Abs((long)width));
                result.Append(width < 0 ? shown.PadRight(-width) : shown.PadLeft(width));
            }
            else
            {
                throw Unsupported(text, "this interpolated string");
            }
        }

        CheckSize(result.Length);
        return result.ToString();
    }

    // The same text on every machine.
    private static string Format(object? value, string? format) => value switch
    {
        null => "",
        IInterpreted => value.ToString(),
        IFormattable number => number.ToString(format, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private FormattableString Formattable(IInterpolatedStringOperation text, Frame frame)
    {
        string whole = Interpolate(text, frame);
        return FormattableStringFactory.Create("{0}", whole);
    }

    private object? Unary(IUnaryOperation unary, Frame frame)
    {
        object? value = Evaluate(unary.Operand, frame);
        if (unary.OperatorMethod is { } method)
        {
            bool isLifted = unary.IsLifted && value is null;
            return isLifted ? null
                : Call(
                    Substitute(Resolve(method, unary.ConstrainedToType, frame), frame), null, [value],
                    unary);
        }

        if (value is null)
        {
            return null;
        }

        if (unary.OperatorKind == UnaryOperatorKind.Hat)
        {
            return new IndexValue((int)value, true);
        }

        if (value.GetType().IsEnum)
        {
            Type type = value.GetType();
            object number = Arithmetic.Convert(value, Enum.GetUnderlyingType(type), false);
            return Enum.ToObject(type, Arithmetic.Unary(unary.OperatorKind, number, false));
        }

        return Arithmetic.Unary(unary.OperatorKind, value, unary.IsChecked);
    }

    private object? Binary(IBinaryOperation binary, Frame frame)
    {
        object? left = Evaluate(binary.LeftOperand, frame);
        if (binary.OperatorMethod is null && left is bool known)
        {
            switch (binary.OperatorKind)
            {
                case BinaryOperatorKind.ConditionalAnd:
                    return known ? Evaluate(binary.RightOperand, frame) : false;
                case BinaryOperatorKind.ConditionalOr:
                    return known ? true : Evaluate(binary.RightOperand, frame);
            }
        }
        else if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
        {
            throw Unsupported(binary, "&& and || of a type of its own");
        }

        object? right = Evaluate(binary.RightOperand, frame);
        if (binary.OperatorMethod is { } method && !IsBuiltIn(method))
        {
            if (binary.IsLifted && (left is null || right is null))
            {
                return Lifted(binary.OperatorKind, left, right);
            }

            IMethodSymbol resolved = Substitute(Resolve(method, binary.ConstrainedToType, frame), frame);
            return Call(resolved, null, [left, right], binary);
        }

        return Binary(binary.OperatorKind, left, right, binary.IsChecked, binary);
    }

    // What the compiler names as methods of string and delegates.
    private static bool IsBuiltIn(IMethodSymbol method) =>
        method.ContainingType.SpecialType is SpecialType.System_String or SpecialType.System_Object;

    private object? Binary(BinaryOperatorKind kind, object? left, object? right, bool isChecked, IOperation where)
    {
        if (kind == BinaryOperatorKind.Add && where.Type?.SpecialType == SpecialType.System_String)
        {
            string text = Format(left, null) + Format(right, null);
            CheckSize(text.Length);
            return text;
        }

        bool isEquality = kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        if (left is null || right is null)
        {
            return isEquality || IsLiftedNumber(left ?? right) ? Lifted(kind, left, right) : null;
        }

        if (left.GetType().IsEnum || right.GetType().IsEnum)
        {
            return OfEnums(kind, left, right, where);
        }

        if (left is char || right is char)
        {
            left = Arithmetic.Convert(left, typeof(int), false);
            right = Arithmetic.Convert(right, typeof(int), false);
        }

        object? result = Arithmetic.Binary(kind, left, right, isChecked);
        if (result is null && isEquality)
        {
            bool same = left is string a && right is string b ? a == b : SameReference(left, right);
            return same == (kind == BinaryOperatorKind.Equals);
        }

        return result ?? throw Unsupported(where, $"the operator of {left.GetType().Name} and {right.GetType().Name}");
    }

    private static bool SameReference(object left, object right) =>
        left is ValueType || left is Type ? left.Equals(right) : ReferenceEquals(left, right);

    private static bool IsLiftedNumber(object? value) => value is ValueType or null;

    private static object? Lifted(BinaryOperatorKind kind, object? left, object? right) => kind switch
    {
        BinaryOperatorKind.Equals => left is null && right is null,
        BinaryOperatorKind.NotEquals => left is not null || right is not null,
        BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan
            or BinaryOperatorKind.GreaterThanOrEqual => false,
        BinaryOperatorKind.And when left is false || right is false => false,
        BinaryOperatorKind.Or when left is true || right is true => true,
        _ => null,
    };

    private static object OfEnums(BinaryOperatorKind kind, object left, object right, IOperation where)
    {
        Type type = left.GetType().IsEnum ? left.GetType() : right.GetType();
        Type number = Enum.GetUnderlyingType(type);
        Type wide = number == typeof(long) || number == typeof(ulong) || number == typeof(uint) ? number : typeof(int);
        object a = Arithmetic.Convert(left, wide, false);
        object b = Arithmetic.Convert(right, wide, false);
        object result =
            Arithmetic.Binary(kind, a, b, false) ?? throw Unsupported(where, "this operator of enumerations");
        return result is bool || where.Type?.TypeKind != TypeKind.Enum
            ? result is bool ? result : Arithmetic.Convert(result, number, false)
            : Enum.ToObject(type, result);
    }

    private IndexValue Index(IOperation? operand, IndexValue missing, Frame frame) =>
        operand is null ? missing : Evaluate(operand, frame) is IndexValue index ? index : missing;
}
