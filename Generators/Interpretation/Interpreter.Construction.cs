using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Objects: constructors, initial values of members, static fields.</content>
internal sealed partial class Interpreter
{
    private readonly Dictionary<INamedTypeSymbol, InterpretedObject> statics = new(SymbolEqualityComparer.Default);

    /// <summary>Constructs an object of the user's.</summary>
    public object Construct(IMethodSymbol constructor, object?[] arguments) => Construct(constructor, arguments, null);

    /// <summary>A constant of an attribute, as a parameter takes it.</summary>
    public object? Constant(TypedConstant value, ITypeSymbol target)
    {
        if (value.IsNull)
        {
            return null;
        }

        if (value.Kind == TypedConstantKind.Array)
        {
            var array = (IArrayTypeSymbol)value.Type!;
            List<object?> items = [.. value.Values.Select(item => Constant(item, array.ElementType))];
            return ToArray(items, types.Map(array.ElementType));
        }

        if (value.Kind == TypedConstantKind.Type)
        {
            return types.Map((ITypeSymbol)value.Value!);
        }

        ITypeSymbol real =
            target is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : target;
        return IsNumber(real) ? Arithmetic.Convert(value.Value!, types.Map(real), false) : value.Value;
    }

    /// <summary>The default of a parameter that is not given.</summary>
    public object? Constant(object? value, IParameterSymbol parameter)
    {
        if (parameter.IsParams && parameter.Type is IArrayTypeSymbol array)
        {
            return Array.CreateInstance(types.Map(array.ElementType), 0);
        }

        var frame = new Frame { Compilation = compilation, Type = parameter.ContainingType };
        return value is null ? Default(parameter.Type, frame) : Constant(value, parameter.Type, frame);
    }

    private object Construct(IMethodSymbol constructor, object?[] arguments, IOperation? where)
    {
        CheckStack(current);
        INamedTypeSymbol type = constructor.ContainingType;
        if (type.IsAbstract)
        {
            throw Stop.Invalid();
        }

        EnsureStatics(type);
        var self = new InterpretedObject(type, this);
        RunConstructor(constructor, arguments, self, where);
        return self.Instance!;
    }

    // As C# orders it: field initialisers, arguments of the base, the base, the body.
    private void RunConstructor(
        IMethodSymbol constructor, object?[] arguments, InterpretedObject self, IOperation? where)
    {
        CheckStack(current);
        SyntaxNode? syntax = SyntaxOf(constructor);
        Frame frame = NewFrame(constructor, self, where);
        Frame? outer = current;
        current = frame;
        try
        {
            var parameters = constructor.OriginalDefinition.Parameters;
            for (int i = 0; i < arguments.Length; i++)
            {
                frame.Declare(parameters[i], arguments[i]);
            }

            // A copy constructor takes over all fields.
            if (constructor.IsImplicitlyDeclared && constructor.ContainingType.IsRecord && arguments.Length == 1
                && arguments[0] is IInterpreted original && constructor.DeclaredAccessibility != Accessibility.Public)
            {
                self.Instance = Allocate(self, constructor.ContainingType, [], where);
                CopyFields(original.Self, self);
                return;
            }

            switch (syntax)
            {
                case ConstructorDeclarationSyntax declaration:
                    RunDeclared(declaration, constructor, self, frame, where);
                    break;
                case TypeDeclarationSyntax { ParameterList: not null } declaration:
                    RunPrimary(declaration, constructor, self, frame, where);
                    break;
                default:
                    InitializeFields(constructor.ContainingType, self, frame);
                    RunBase(DefaultBase(constructor.ContainingType), [], self, where);
                    break;
            }
        }
        finally
        {
            current = outer;
        }
    }

    private void RunDeclared(
        ConstructorDeclarationSyntax declaration, IMethodSymbol constructor, InterpretedObject self, Frame frame,
        IOperation? where)
    {
        if (OperationOf(declaration) is not IConstructorBodyOperation body)
        {
            throw Stop.Invalid();
        }

        IInvocationOperation? next = body.Initializer is null ? null : BaseCall(body.Initializer);
        bool isChained = next is not null && SymbolEqualityComparer.Default.Equals(
            next.TargetMethod.ContainingType.OriginalDefinition, constructor.ContainingType.OriginalDefinition);
        if (!isChained)
        {
            InitializeFields(constructor.ContainingType, self, frame);
        }

        RunBase(next, constructor, self, frame, where);
        if ((body.BlockBody ?? body.ExpressionBody) is { } block)
        {
            Execute(block, frame);
        }
    }

    private void RunPrimary(
        TypeDeclarationSyntax declaration, IMethodSymbol constructor, InterpretedObject self, Frame frame,
        IOperation? where)
    {
        foreach (IParameterSymbol parameter in constructor.OriginalDefinition.Parameters)
        {
            object? value = frame.Find(parameter)!.Value;
            self.Fields[parameter] = value;
            if (declaration is RecordDeclarationSyntax
                && Records.PropertyOf(constructor.ContainingType, parameter) is { } property)
            {
                self.Fields[property] = value;
            }
        }

        InitializeFields(constructor.ContainingType, self, frame);
        var syntax = declaration.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault();
        IInvocationOperation? next = syntax is null ? null : BaseCall(OperationOf(syntax));
        RunBase(next, constructor, self, frame, where);
    }

    private static IInvocationOperation BaseCall(IOperation? operation) => operation switch
    {
        IInvocationOperation call => call,
        IExpressionStatementOperation statement => BaseCall(statement.Operation),
        _ => throw Stop.Invalid(),
    };

    private void RunBase(
        IInvocationOperation? next, IMethodSymbol constructor, InterpretedObject self, Frame frame, IOperation? where)
    {
        if (next is null)
        {
            RunBase(DefaultBase(DeclaringType(constructor, self)), [], self, where);
            return;
        }

        object?[] arguments;
        try
        {
            arguments = Arguments(next.Arguments, frame, out _);
        }
        catch (Exception error) when (Note(error, next))
        {
            throw;
        }

        RunBase(Substitute(next.TargetMethod, frame), arguments, self, next);
    }

    private static IMethodSymbol? DefaultBase(INamedTypeSymbol type) => type.IsValueType
        ? null
        : type.BaseType?.InstanceConstructors.FirstOrDefault(
            c => c.Parameters.All(p => p.IsOptional || p.IsParams) && !c.IsImplicitCopy())
            ?? throw Stop.Invalid();

    private void RunBase(IMethodSymbol? constructor, object?[] arguments, InterpretedObject self, IOperation? where)
    {
        if (constructor is not null && types.IsUser(constructor.ContainingType))
        {
            object?[] all =
                [.. arguments,
                .. constructor.Parameters.Skip(arguments.Length)
                .Select(p => p.HasExplicitDefaultValue ? p.ExplicitDefaultValue : null)];
            RunConstructor(constructor, all, self, where);
            return;
        }

        self.Instance ??= Allocate(self, constructor?.ContainingType, arguments, where, constructor);
    }

    // The real object: its library part is constructed here.
    private object Allocate(
        InterpretedObject self, INamedTypeSymbol? parent, object?[] arguments, IOperation? where,
        IMethodSymbol? constructor = null)
    {
        _ = parent;
        Type mirror = mirrors.Of(self.Type, types);
        ConstructorInfo[] constructors = mirror.GetConstructors();
        ConstructorInfo? found = constructors.Length == 1 ? constructors[0] : null;
        if (found is null && constructor is not null)
        {
            Type[] wanted =
                [typeof(InterpretedObject),
                .. members.Constructor(constructor).GetParameters().Select(p => p.ParameterType)];
            found = constructors.First(c => c.GetParameters().Select(p => p.ParameterType).SequenceEqual(wanted));
        }

        found ??= constructors.First(c => c.GetParameters().Length == arguments.Length + 1);
        object?[] all =
            [self, .. arguments, .. found.GetParameters().Skip(arguments.Length + 1).Select(p => (object?)null)];
        return Run(found, null, all, where)!;
    }

    private object Allocate(INamedTypeSymbol type, object?[] arguments, IOperation? where)
    {
        var self = new InterpretedObject(type, this);
        self.Instance = Allocate(self, null, arguments, where);
        return self.Instance;
    }

    private object Clone(InterpretedObject original)
    {
        var copy = new InterpretedObject(original.Type, this);
        copy.Instance = Allocate(copy, null, [], null);
        CopyFields(original, copy);
        return copy.Instance;
    }

    private void CopyFields(InterpretedObject from, InterpretedObject to)
    {
        foreach (KeyValuePair<ISymbol, object?> field in from.Fields)
        {
            to.Fields[field.Key] = Copy(field.Value);
        }
    }

    private void InitializeFields(INamedTypeSymbol type, InterpretedObject self, Frame frame)
    {
        foreach ((ISymbol member, SyntaxNode value) in Initializers(type, isStatic: false))
        {
            self.Fields[member] = Copy(Initial(value, frame));
        }
    }

    private object? Initial(SyntaxNode clause, Frame frame)
    {
        IOperation operation = OperationOf(clause) ?? throw Stop.Invalid();
        try
        {
            return Evaluate(
                operation is ISymbolInitializerOperation initializer ? initializer.Value : operation, frame);
        }
        catch (Exception error) when (Note(error, operation))
        {
            throw;
        }
    }

    // Fields and automatic properties with values, in the order of the text.
    private IEnumerable<(ISymbol Member, SyntaxNode Value)> Initializers(INamedTypeSymbol type, bool isStatic)
    {
        foreach (ISymbol member in type.OriginalDefinition.GetMembers()
            .Where(m => m.IsStatic == isStatic && !m.IsImplicitlyDeclared))
        {
            SyntaxNode? syntax = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
            EqualsValueClauseSyntax? value = (member, syntax) switch
            {
                (IFieldSymbol { IsConst: false }, VariableDeclaratorSyntax variable) => variable.Initializer,
                (IPropertySymbol, PropertyDeclarationSyntax property) => property.Initializer,
                _ => null,
            };
            if (value is not null)
            {
                yield return (member, value);
            }
        }
    }

    // Static fields are set up on first use, each read of a model anew.
    private InterpretedObject EnsureStatics(INamedTypeSymbol type)
    {
        if (statics.TryGetValue(type, out InterpretedObject? known))
        {
            return known;
        }

        var self = new InterpretedObject(type, this);
        statics.Add(type, self);
        var frame = new Frame { Compilation = compilation, Type = type, Caller = current, IsStaticInitializer = true };
        Frame? outer = current;
        current = frame;
        try
        {
            foreach ((ISymbol member, SyntaxNode value) in Initializers(type, isStatic: true))
            {
                self.Fields[member] = Copy(Initial(value, frame));
            }

            SyntaxNode? syntax =
                type.StaticConstructors.FirstOrDefault()?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(
                    cancellation);
            if (syntax is ConstructorDeclarationSyntax
                && OperationOf(syntax) is IConstructorBodyOperation { BlockBody: { } body })
            {
                Execute(body, frame);
            }
        }
        finally
        {
            current = outer;
        }

        return self;
    }
}
