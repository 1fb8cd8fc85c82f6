using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>What the compiler writes for records, anonymous types and automatic properties.</content>
internal sealed partial class Interpreter
{
    private readonly Dictionary<Type, TupleShape> tuples = [];

    private object? Automatic(
        IPropertySymbol property, IMethodSymbol accessor, InterpretedObject? self, object?[] arguments)
    {
        if (property.IsAbstract)
        {
            throw Stop.Invalid();
        }

        IPropertySymbol definition = property.PartialImplementationPart ?? property;
        InterpretedObject holder = property.IsStatic
            ? EnsureStatics(property.ContainingType)
            : self ?? throw new NullReferenceException();
        ISymbol key = Records.Key(property.ContainingType, definition);
        if (accessor.MethodKind == MethodKind.PropertyGet)
        {
            return holder.Fields.TryGetValue(key, out object? value) ? value : FieldDefault(property.Type, holder);
        }

        if (property.IsStatic && current is not { IsStaticInitializer: true })
        {
            throw new Stop(Diagnostics.DiagnosticDescriptors.Construct.Id, StaticState(property.Name), null);
        }

        holder.Fields[key] = arguments[0];
        return null;
    }

    private static string StaticState(string name) =>
        $"'{name}' is static and would be changed: a model must not depend on what ran before it";

    // A field that was never set.
    private object? FieldDefault(ITypeSymbol type, InterpretedObject self) =>
        Default(type, new Frame { Compilation = compilation, Type = self.Type });

    private object? CallSynthesized(IMethodSymbol method, InterpretedObject? self, object?[] arguments)
    {
        switch (method.Name)
        {
            case "op_Equality":
                return RecordEquals((arguments[0] as IInterpreted)?.Self, (arguments[1] as IInterpreted)?.Self);
            case "op_Inequality":
                return !RecordEquals((arguments[0] as IInterpreted)?.Self, (arguments[1] as IInterpreted)?.Self);
            case "Deconstruct":
                Deconstruct(method, self!, arguments);
                return null;
            case "get_EqualityContract":
                return mirrors.Of(self!.Type, types);
            default:
                return method.AssociatedSymbol is IPropertySymbol property
                    ? Automatic(property, method, self, arguments)
                    : Records.Synthesized(method.Name) ? CallSynthesized(method.Name, self!, arguments)
                        : throw Stop.Invalid();
        }
    }

    private object? CallSynthesized(string name, InterpretedObject self, object?[] arguments) => name switch
    {
        nameof(Equals) => RecordEquals(self, (arguments[0] as IInterpreted)?.Self),
        nameof(ToString) => RecordText(self),
        _ => Hash(self),
    };

    private static bool RecordEquals(InterpretedObject? a, InterpretedObject? b)
    {
        if (a is null || b is null)
        {
            return a is null && b is null;
        }

        return SymbolEqualityComparer.Default.Equals(a.Type, b.Type)
            && Records.Members(a.Type).All(member => Equals(Value(a, member.Key), Value(b, member.Key)));
    }

    private static object? Value(InterpretedObject self, ISymbol key) =>
        self.Fields.TryGetValue(key, out object? value) ? value : null;

    private static int Hash(InterpretedObject self) =>
        Records.Members(self.Type).Aggregate(
            17, (hash, member) => unchecked((hash * 31) + (Value(self, member.Key)?.GetHashCode() ?? 0)));

    private string RecordText(InterpretedObject self)
    {
        bool isAnonymous = self.Type.IsAnonymousType;
        var parts =
            Records.Shown(self.Type).Select(member => $"{member.Name} = {Format(Shown(self, member), null)}").ToList();
        string inner = parts.Count == 0 ? "{ }" : "{ " + string.Join(", ", parts) + " }";
        return isAnonymous ? inner : self.Type.Name + " " + inner;
    }

    private object? Shown(InterpretedObject self, ISymbol member) =>
        member is IPropertySymbol { GetMethod: { } getter } && !self.Type.IsAnonymousType
        ? Call(getter, self.Instance, [], current!.CallSite!)
        : Value(self, member.OriginalDefinition);

    private void Deconstruct(IMethodSymbol method, InterpretedObject self, object?[] arguments)
    {
        IMethodSymbol? constructor =
            self.Type.InstanceConstructors.FirstOrDefault(
                c => c.Parameters.Length == arguments.Length && !c.IsImplicitCopy());
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = constructor?.Parameters[i].Name ?? method.Parameters[i].Name;
            IPropertySymbol property = method.ContainingType.GetMembers(name).OfType<IPropertySymbol>().First();
            arguments[i] = Call(property.GetMethod!, self.Instance, [], current!.CallSite!);
        }
    }

    private object? With(IWithOperation with, Frame frame)
    {
        object? original = Evaluate(with.Operand, frame);
        object? copy = original switch
        {
            null => throw new NullReferenceException(),
            IInterpreted { Self: { } self } => Clone(self),
            ValueType => System.Runtime.CompilerServices.RuntimeHelpers.GetObjectValue(original),
            _ => CloneLibrary(original, with),
        };
        Initialize(with.Initializer, copy, frame);
        return copy;
    }

    // Records of the library have a method for this that has no name in C#.
    private object? CloneLibrary(object original, IOperation where)
    {
        var clone = original.GetType().GetMethod("<Clone>$") ?? throw Unsupported(where, "'with' of this type");
        return Run(clone, original, [], where);
    }

    private object? CreateTuple(INamedTypeSymbol type, object?[] values, Frame frame)
    {
        Type mapped = TypeOf(type, frame);
        if (values.Length > 7)
        {
            throw new Stop(
                Diagnostics.DiagnosticDescriptors.Construct.Id,
                string.Format(
                    CultureInfo.InvariantCulture, "a tuple of {0} values cannot be read at build time; use a record",
                    values.Length), null);
        }

        return values.Length == 0 ? Activator.CreateInstance(mapped)
            : Shape(mapped).Constructor.Invoke(values);
    }

    private object? Tuple(ITupleOperation tuple, Frame frame) =>
        CreateTuple(
            (INamedTypeSymbol)tuple.Type!, [.. tuple.Elements.Select(element => Copy(Evaluate(element, frame)))],
            frame);

    private static bool IsTuple(object value) => value is ValueType && value.GetType() is { IsGenericType: true } type
        && type.FullName.StartsWith("System.ValueTuple`", StringComparison.Ordinal);

    private object?[] Items(object tuple) =>
        [.. Shape(tuple.GetType()).Items.Select(field => field.GetValue(tuple))];

    private TupleShape Shape(Type type)
    {
        if (!tuples.TryGetValue(type, out TupleShape? shape))
        {
            shape = new TupleShape(
                type.GetConstructor(type.GetGenericArguments())!,
                [.. type.GetFields().Where(f => f.Name.StartsWith("Item", StringComparison.Ordinal))
                    .OrderBy(f => f.Name, StringComparer.Ordinal)]);
            tuples.Add(type, shape);
        }

        return shape;
    }

    private sealed record TupleShape(ConstructorInfo Constructor, FieldInfo[] Items);

    private object? ConvertTuple(object tuple, INamedTypeSymbol target, IConversionOperation where)
    {
        object?[] values = Items(tuple);
        for (int i = 0; i < values.Length; i++)
        {
            ITypeSymbol type = target.TypeArguments[i];
            ITypeSymbol source = where.Operand.Type is INamedTypeSymbol { TypeArguments: { } own }
                && own.Length == values.Length ? own[i] : type;
            values[i] = ConvertItem(values[i], source, type, where);
        }

        return CreateTuple(target, values, new Frame { Compilation = compilation });
    }

    private object? ConvertItem(object? value, ITypeSymbol source, ITypeSymbol target, IConversionOperation where)
    {
        if (value is null || types.Map(target).IsInstanceOfType(value))
        {
            return value;
        }

        Microsoft.CodeAnalysis.Operations.CommonConversion conversion =
            compilation.ClassifyCommonConversion(source, target);
        if (conversion.MethodSymbol is { } method)
        {
            return Call(method, null, [value], where);
        }

        return IsNumber(target) ? Arithmetic.Convert(value, types.Map(target), false)
            : throw Unsupported(where, "this conversion of a tuple");
    }

    private object CompareTuples(ITupleBinaryOperation comparison, Frame frame)
    {
        object?[] left = Items(Evaluate(comparison.LeftOperand, frame)!);
        object?[] right = Items(Evaluate(comparison.RightOperand, frame)!);
        bool equal = left.Zip(right, (a, b) => TupleItemEquals(a, b)).All(same => same);
        return equal == (comparison.OperatorKind == BinaryOperatorKind.Equals);
    }

    private static bool TupleItemEquals(object? a, object? b) =>
        a is IConvertible && b is IConvertible && a.GetType() != b.GetType()
        ? System.Convert.ToDouble(a, CultureInfo.InvariantCulture) == System.Convert.ToDouble(
            b, CultureInfo.InvariantCulture)
        : Equals(a, b);
}
