using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Interpretation;

/// <content>Fields, properties, elements: reading and writing.</content>
internal sealed partial class Interpreter
{
    private object? Field(IFieldReferenceOperation reference, Frame frame)
    {
        IFieldSymbol field = reference.Field;
        if (field.ContainingType.IsTupleType)
        {
            object tuple = Evaluate(reference.Instance!, frame) ?? throw new NullReferenceException();
            return TupleField(tuple, field).GetValue(tuple);
        }

        if (!types.IsUser(field.ContainingType))
        {
            FieldInfo real = members.Field(TypeArguments.Substitute(field, frame));
            return real.GetValue(
                field.IsStatic ? null : Evaluate(reference.Instance!, frame) ?? throw new NullReferenceException());
        }

        InterpretedObject holder = Holder(reference.Instance, field, frame);
        ISymbol key = field.AssociatedSymbol is IPropertySymbol property ? property.OriginalDefinition
            : field.OriginalDefinition;
        return holder.Fields.TryGetValue(key, out object? value) ? value : InitialField(field, key, holder);
    }

    // A struct's default is made once, so that changes of its members stay.
    private object? InitialField(IFieldSymbol field, ISymbol key, InterpretedObject holder)
    {
        object? value = FieldDefault(field.Type, holder);
        holder.Fields[key] = value;
        return value;
    }

    private static FieldInfo TupleField(object tuple, IFieldSymbol field) =>
        tuple.GetType().GetField((field.CorrespondingTupleField ?? field).Name) ?? throw Stop.Invalid();

    private InterpretedObject Holder(IOperation? instance, IFieldSymbol field, Frame frame)
    {
        if (field.IsStatic)
        {
            return EnsureStatics((INamedTypeSymbol)Substitute(field.ContainingType, frame)!);
        }

        // In a constructor, before there is an object.
        if (instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }
            && This(frame) is { } self)
        {
            return self;
        }

        return (Evaluate(instance!, frame) as IInterpreted)?.Self ?? throw new NullReferenceException();
    }

    private object? Property(IPropertyReferenceOperation reference, Frame frame)
    {
        object? receiver = reference.Instance is null ? null : Evaluate(reference.Instance, frame);
        object?[] arguments = Arguments(reference.Arguments, frame, out _);
        if (reference.Property.GetMethod is { } getter)
        {
            return CallAccessor(reference, getter, receiver, arguments, frame);
        }

        // Only settable from the constructor, or overridden without a getter.
        IPropertySymbol? overridden = reference.Property.OverriddenProperty;
        return overridden?.GetMethod is { } inherited
            ? CallAccessor(reference, inherited, receiver, arguments, frame)
            : throw Stop.Invalid();
    }

    private object? CallAccessor(
        IPropertyReferenceOperation reference, IMethodSymbol accessor, object? receiver, object?[] arguments,
        Frame frame)
    {
        IMethodSymbol method = Substitute(Resolve(accessor, reference.ConstrainedToType, frame), frame);
        bool isThis =
            reference.Instance is IInstanceReferenceOperation
            {
                ReferenceKind: InstanceReferenceKind.ContainingTypeInstance,
            };
        bool isBase = isThis && reference.Instance!.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.BaseExpressionSyntax;
        if (isBase)
        {
            return CallBase(method, receiver, arguments, reference);
        }

        // Automatic properties are set in constructors before there is an object.
        return isThis && receiver is null && types.IsUser(method.ContainingType)
            ? CallUser(method, This(frame), arguments, reference)
            : Call(method, receiver, arguments, reference);
    }

    private object? AssignSimple(ISimpleAssignmentOperation assignment, Frame frame)
    {
        if (assignment.IsRef)
        {
            throw Unsupported(assignment, "a ref assignment");
        }

        Action<object?> store = Target(assignment.Target, frame);
        object? value = Copy(Evaluate(assignment.Value, frame));
        store(value);
        return value;
    }

    private object? AssignCompound(ICompoundAssignmentOperation assignment, Frame frame)
    {
        object? before = Evaluate(assignment.Target, frame);
        Action<object?> store = Target(assignment.Target, frame);
        object? right = Evaluate(assignment.Value, frame);
        object? after;
        if (assignment.OperatorMethod is { } method && !IsBuiltIn(method))
        {
            after =
                Call(
                    Substitute(Resolve(method, assignment.ConstrainedToType, frame), frame), null,
                    [before, right], assignment);
        }
        else
        {
            after = Compound(assignment, before, right, frame);
        }

        store(after);
        return after;
    }

    // x op= y computes in the operands' common type and converts back.
    private object? Compound(ICompoundAssignmentOperation assignment, object? before, object? right, Frame frame)
    {
        ITypeSymbol target = Substitute(assignment.Target.Type, frame)!;
        bool isNumber = before is not null && right is not null && IsNumber(target) && target.TypeKind != TypeKind.Enum;
        if (!isNumber)
        {
            return Binary(assignment.OperatorKind, before, right, assignment.IsChecked, assignment);
        }

        bool isShift = assignment.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift;
        Type common = Common(before!.GetType(), isShift ? before.GetType() : right!.GetType());
        object? after = Binary(
            assignment.OperatorKind, Arithmetic.Convert(before, common, false),
            isShift ? right : Arithmetic.Convert(right!, common, false), assignment.IsChecked, assignment);
        return Arithmetic.Convert(after!, types.Map(target), assignment.IsChecked);
    }

    private static Type Common(Type a, Type b)
    {
        Type[] order = [typeof(decimal), typeof(double), typeof(float), typeof(ulong), typeof(long)];
        Type? wide = order.FirstOrDefault(type => a == type || b == type);
        bool isUnsigned = a == typeof(uint) || b == typeof(uint);
        return wide ?? (isUnsigned ? a == b ? typeof(uint) : typeof(long) : typeof(int));
    }

    private object? AssignCoalesce(ICoalesceAssignmentOperation assignment, Frame frame)
    {
        object? before = Evaluate(assignment.Target, frame);
        if (before is not null)
        {
            return before;
        }

        object? value = Copy(Evaluate(assignment.Value, frame));
        Target(assignment.Target, frame)(value);
        return value;
    }

    private object? Increment(IIncrementOrDecrementOperation step, Frame frame)
    {
        object? before = Evaluate(step.Target, frame);
        Action<object?> store = Target(step.Target, frame);
        object? after;
        if (step.OperatorMethod is { } method)
        {
            after = Call(Substitute(method, frame), null, [before], step);
        }
        else if (before is null)
        {
            after = null;
        }
        else
        {
            Type type = before.GetType();
            Type wide = Common(type, type);
            BinaryOperatorKind kind = step.Kind == OperationKind.Increment ? BinaryOperatorKind.Add
                : BinaryOperatorKind.Subtract;
            object one = Arithmetic.Convert(1, wide, false);
            object? sum = Arithmetic.Binary(kind, Arithmetic.Convert(before, wide, false), one, step.IsChecked);
            after = Arithmetic.Convert(sum!, type, step.IsChecked);
        }

        store(after);
        return step.IsPostfix ? before : after;
    }

    private object? AssignParts(IDeconstructionAssignmentOperation assignment, Frame frame)
    {
        object? value = Evaluate(assignment.Value, frame);
        AssignParts(assignment.Target, value, assignment, frame);
        return value;
    }

    private void AssignParts(IOperation target, object? value, IOperation where, Frame frame)
    {
        IOperation inner = target is IDeclarationExpressionOperation { Expression: ITupleOperation declared } ? declared
            : target;
        if (inner is not ITupleOperation tuple)
        {
            Assign(inner, Copy(value), null, frame);
            return;
        }

        object?[] parts = Parts(value, tuple.Elements.Length, where);
        for (int i = 0; i < parts.Length; i++)
        {
            object? part = parts[i];
            ITypeSymbol? type = Substitute(tuple.Elements[i].Type, frame);
            bool widens = part is not null && type is not null && IsNumber(type)
                && tuple.Elements[i] is not ITupleOperation;
            AssignParts(
                tuple.Elements[i], widens ? Arithmetic.Convert(part!, types.Map(type!), false) : part, where, frame);
        }
    }

    // Of a tuple its items; of anything else what its Deconstruct gives.
    private object?[] Parts(object? value, int count, IOperation where)
    {
        if (value is null)
        {
            throw new NullReferenceException();
        }

        if (IsTuple(value))
        {
            return Items(value);
        }

        var parts = new object?[count];
        if (value is IInterpreted { Self: { } self })
        {
            for (INamedTypeSymbol? type = self.Type; type is not null; type = type.BaseType)
            {
                IMethodSymbol? method =
                    type.GetMembers("Deconstruct").OfType<IMethodSymbol>()
                    .FirstOrDefault(m => m.Parameters.Length == count);
                if (method is not null)
                {
                    CallUser(method, self, parts, where);
                    return parts;
                }
            }

            throw Unsupported(where, "this deconstruction");
        }

        // Pairs have it in newer runtimes only.
        if (value.GetType() is { IsGenericType: true } pair
            && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            return [pair.GetProperty("Key").GetValue(value), pair.GetProperty("Value").GetValue(value)];
        }

        MethodInfo real =
            value.GetType().GetMethods().FirstOrDefault(
                m => m.Name == "Deconstruct" && m.GetParameters().Length == count)
            ?? throw Unsupported(where, "this deconstruction");
        Run(real, value, parts, where);
        return parts;
    }

    private void Assign(IOperation target, object? value, ITypeSymbol? type, Frame frame)
    {
        _ = type;
        switch (target)
        {
            case IVariableDeclaratorOperation declarator:
                ITypeSymbol declared = Substitute(declarator.Symbol.Type, frame)!;
                bool widens = value is not null and not IInterpreted && IsNumber(declared)
                    && declared.TypeKind != TypeKind.Enum;
                frame.Declare(
                    declarator.Symbol, Copy(widens ? Arithmetic.Convert(value!, types.Map(declared), false) : value));
                break;
            case IDeclarationExpressionOperation { Expression: ITupleOperation tuple }:
                AssignParts(tuple, value, target, frame);
                break;
            case ITupleOperation:
                AssignParts(target, value, target, frame);
                break;
            case IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local }:
                Store(local, value, frame);
                break;
            default:
                Target(target, frame)(value);
                break;
        }
    }

    private static void Store(ILocalReferenceOperation local, object? value, Frame frame)
    {
        if (local.IsDeclaration || frame.Find(local.Local) is not { } cell)
        {
            frame.Declare(local.Local, value);
        }
        else
        {
            cell.Value = value;
        }
    }

    /// <summary>Evaluates the parts of a target, and gives what stores into it.</summary>
    private Action<object?> Target(IOperation target, Frame frame)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                return value => Store(local, value, frame);
            case IParameterReferenceOperation parameter:
                return value => StoreParameter(parameter, value, frame);
            case IFieldReferenceOperation field:
                return FieldTarget(field, frame);
            case IPropertyReferenceOperation property:
                return PropertyTarget(property, frame);
            case IArrayElementReferenceOperation element:
                var array = (Array?)Evaluate(element.ArrayReference, frame) ?? throw new NullReferenceException();
                int[] position = Position(array, element, frame);
                return value => array.SetValue(value, position);
            case IImplicitIndexerReferenceOperation indexer:
                return IndexerTarget(indexer, frame);
            case IDiscardOperation:
                return _ => { };
            case IDeclarationExpressionOperation declaration:
                return Target(declaration.Expression, frame);
            case IInvalidOperation:
                throw Stop.Invalid();
            default:
                throw Unsupported(target, "assignment to " + Describe(target));
        }
    }

    private static void StoreParameter(IParameterReferenceOperation reference, object? value, Frame frame)
    {
        if (frame.Find(reference.Parameter) is { } cell)
        {
            cell.Value = value;
        }
        else if (This(frame) is { } self)
        {
            self.Fields[reference.Parameter.OriginalDefinition] = value;
        }
    }

    private Action<object?> FieldTarget(IFieldReferenceOperation reference, Frame frame)
    {
        IFieldSymbol field = reference.Field;
        if (field.ContainingType.IsTupleType)
        {
            object tuple = Evaluate(reference.Instance!, frame)!;
            return value => TupleField(tuple, field).SetValue(tuple, value);
        }

        if (!types.IsUser(field.ContainingType))
        {
            object? receiver = field.IsStatic ? null : Evaluate(reference.Instance!, frame);
            FieldInfo real = members.Field(TypeArguments.Substitute(field, frame));
            return value => real.SetValue(receiver, value);
        }

        if (field.IsStatic && !IsInStaticInitializer(frame))
        {
            throw new Stop(DiagnosticDescriptors.Construct.Id, StaticState(field.Name), reference);
        }

        InterpretedObject holder = Holder(reference.Instance, field, frame);
        ISymbol key = field.AssociatedSymbol is IPropertySymbol property ? property.OriginalDefinition
            : field.OriginalDefinition;
        return value => holder.Fields[key] = value;
    }

    private static bool IsInStaticInitializer(Frame frame)
    {
        for (Frame? f = frame; f is not null; f = f.Caller)
        {
            if (f.IsStaticInitializer)
            {
                return true;
            }
        }

        return false;
    }

    private Action<object?> PropertyTarget(IPropertyReferenceOperation reference, Frame frame)
    {
        object? receiver = reference.Instance is null ? null : Evaluate(reference.Instance, frame);
        object?[] arguments = Arguments(reference.Arguments, frame, out _);
        IPropertySymbol property = reference.Property;
        if (property.SetMethod is { } setter)
        {
            return value => CallAccessor(reference, setter, receiver, [.. arguments, value], frame);
        }

        if (!types.IsUser(property.ContainingType))
        {
            throw Stop.Invalid();
        }

        // A property without a setter is set in the constructor.
        InterpretedObject holder = property.IsStatic
            ? EnsureStatics((INamedTypeSymbol)Substitute(property.ContainingType, frame)!)
            : (receiver as IInterpreted)?.Self ?? This(frame) ?? throw new NullReferenceException();
        ISymbol key = Records.Key(property.ContainingType, property);
        return value => holder.Fields[key] = value;
    }
}
