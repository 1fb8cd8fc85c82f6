using System.Reflection;
using System.Reflection.Emit;
using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>
/// Makes a real type for each type of the user's that is reached: same name, same base class, fields left to a
/// dictionary. So the library sees its own Layer, LINQ a real element type, and covariance, type tests and generics
/// need no care.
/// </summary>
internal sealed class MirrorFactory
{
    private const string SelfName = "Self";
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MethodInfo DispatchMethod = typeof(Dispatcher).GetMethod(nameof(Dispatcher.Dispatch));

    private readonly Dictionary<ITypeSymbol, Type> mirrors = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<Type, IReadOnlyList<MethodInfo>> slots = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private ModuleBuilder? module;

    /// <summary>The mirror of a type of the user's.</summary>
    /// <param name="type">A type without type parameters of its surroundings.</param>
    /// <param name="types">Finds the types it is made of.</param>
    public Type Of(INamedTypeSymbol type, TypeMap types)
    {
        if (mirrors.TryGetValue(type, out Type? known))
        {
            return known;
        }

        Type made = type.TypeKind switch
        {
            TypeKind.Enum => MakeEnum(type, types),
            TypeKind.Interface => MakeInterface(type, types),
            _ => MakeClass(type, types),
        };
        mirrors[type] = made;
        return made;
    }

    /// <summary>The library methods that a mirror overrides, by the numbers that it calls back with.</summary>
    public IReadOnlyList<MethodInfo> Slots(Type mirror)
    {
        Type? type = mirror;
        while (type is not null && !slots.ContainsKey(type))
        {
            type = type.BaseType;
        }

        return type is null ? [] : slots[type];
    }

    /// <summary>The name of the method that calls the library's own version of a slot.</summary>
    public static string BaseName(int slot) =>
        "base_" + slot.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Type MakeEnum(INamedTypeSymbol type, TypeMap types)
    {
        Type underlying = types.Map(type.EnumUnderlyingType!);
        EnumBuilder builder = Module(FullName(type)).DefineEnum(FullName(type), TypeAttributes.Public, underlying);
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue))
        {
            builder.DefineLiteral(field.Name, field.ConstantValue!);
        }

        return builder.CreateTypeInfo()!.AsType();
    }

    private Type MakeInterface(INamedTypeSymbol type, TypeMap types)
    {
        const TypeAttributes Attributes = TypeAttributes.Public | TypeAttributes.Interface | TypeAttributes.Abstract;
        TypeBuilder builder = Module(FullName(type)).DefineType(FullName(type), Attributes);
        foreach (Type parent in Interfaces(type, types))
        {
            builder.AddInterfaceImplementation(parent);
        }

        return builder.CreateTypeInfo()!.AsType();
    }

    private Type MakeClass(INamedTypeSymbol type, TypeMap types)
    {
        Type parent = type.IsValueType || type.BaseType is null ? typeof(object) : types.Map(type.BaseType);
        bool isRoot = !typeof(IInterpreted).IsAssignableFrom(parent);
        TypeBuilder builder = Module(FullName(type)).DefineType(FullName(type), TypeAttributes.Public, parent);
        foreach (Type contract in Interfaces(type, types))
        {
            builder.AddInterfaceImplementation(contract);
        }

        FieldBuilder? self = isRoot ? DefineSelf(builder) : null;
        foreach (ConstructorInfo constructor in parent.GetConstructors(Instance)
            .Where(c => c.IsPublic || c.IsFamily || c.IsFamilyOrAssembly))
        {
            DefineConstructor(builder, constructor, self);
        }

        List<MethodInfo> overridden = isRoot ? Overridable(parent) : [];
        for (int slot = 0; slot < overridden.Count; slot++)
        {
            DefineOverride(builder, overridden[slot], slot);
        }

        Type made = builder.CreateTypeInfo()!.AsType();
        if (isRoot)
        {
            slots.Add(made, overridden);
        }

        return made;
    }

    // Only interfaces of the user's own: they have no members here, calls are resolved by the compiler's symbols.
    private IEnumerable<Type> Interfaces(INamedTypeSymbol type, TypeMap types) =>
        type.Interfaces.Where(types.IsUser).Select(parent => Of(parent, types));

    private static List<MethodInfo> Overridable(Type parent) =>
    [
        .. parent.GetMethods(Instance).Where(
            method => method.IsVirtual && !method.IsFinal && !method.ContainsGenericParameters
            && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && method.Name != "Finalize"
            && method.GetParameters().All(parameter => !parameter.ParameterType.IsByRef)),
    ];

    private static FieldBuilder DefineSelf(TypeBuilder builder)
    {
        builder.AddInterfaceImplementation(typeof(IInterpreted));
        FieldBuilder field = builder.DefineField("__self", typeof(InterpretedObject), FieldAttributes.Public);
        const MethodAttributes Attributes =
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final;
        MethodBuilder getter =
            builder.DefineMethod("__" + SelfName, Attributes, typeof(InterpretedObject), Type.EmptyTypes);
        ILGenerator code = getter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Ret);
        builder.DefineMethodOverride(getter, typeof(IInterpreted).GetProperty(SelfName).GetMethod);
        return field;
    }

    // The user's part is stored before the library's constructor runs: virtual calls from there must find it.
    private static void DefineConstructor(TypeBuilder builder, ConstructorInfo parent, FieldInfo? self)
    {
        Type[] inherited = [.. parent.GetParameters().Select(parameter => parameter.ParameterType)];
        Type[] parameters = self is null ? inherited : [typeof(InterpretedObject), .. inherited];
        ConstructorBuilder constructor =
            builder.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, parameters);
        ILGenerator code = constructor.GetILGenerator();
        if (self is not null)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Stfld, self);
        }

        code.Emit(OpCodes.Ldarg_0);
        for (int i = parameters.Length - inherited.Length; i < parameters.Length; i++)
        {
            code.Emit(OpCodes.Ldarg, (short)(i + 1));
        }

        code.Emit(OpCodes.Call, parent);
        code.Emit(OpCodes.Ret);
    }

    private static void DefineOverride(TypeBuilder builder, MethodInfo method, int slot)
    {
        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        MethodAttributes access = method.Attributes & MethodAttributes.MemberAccessMask;
        access = access == MethodAttributes.FamORAssem ? MethodAttributes.Family : access;
        MethodAttributes special = method.Attributes & MethodAttributes.SpecialName;
        MethodBuilder over = builder.DefineMethod(
            method.Name, access | special | MethodAttributes.Virtual | MethodAttributes.HideBySig, method.ReturnType,
            parameters);
        ILGenerator code = over.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldc_I4, slot);
        code.Emit(OpCodes.Ldc_I4, parameters.Length);
        code.Emit(OpCodes.Newarr, typeof(object));
        for (int i = 0; i < parameters.Length; i++)
        {
            code.Emit(OpCodes.Dup);
            code.Emit(OpCodes.Ldc_I4, i);
            code.Emit(OpCodes.Ldarg, (short)(i + 1));
            code.Emit(OpCodes.Box, parameters[i]);
            code.Emit(OpCodes.Stelem_Ref);
        }

        code.Emit(OpCodes.Call, DispatchMethod);
        code.Emit(method.ReturnType == typeof(void) ? OpCodes.Pop : OpCodes.Nop);
        if (method.ReturnType != typeof(void))
        {
            code.Emit(OpCodes.Unbox_Any, method.ReturnType);
        }

        code.Emit(OpCodes.Ret);
        if (!method.IsAbstract)
        {
            DefineBase(builder, method, slot, parameters);
        }
    }

    // Reflection cannot call a base class's version of a virtual method; emitted code can.
    private static void DefineBase(TypeBuilder builder, MethodInfo method, int slot, Type[] parameters)
    {
        MethodBuilder inherited =
            builder.DefineMethod(BaseName(slot), MethodAttributes.Public, method.ReturnType, parameters);
        ILGenerator code = inherited.GetILGenerator();
        for (int i = 0; i <= parameters.Length; i++)
        {
            code.Emit(OpCodes.Ldarg, (short)i);
        }

        code.Emit(OpCodes.Call, method);
        code.Emit(OpCodes.Ret);
    }

    // Names are exact, as the library shows them. Where one is taken, by another instance of a generic type, an
    // assembly of its own holds the next.
    private ModuleBuilder Module(string name)
    {
        if (module is null || !names.Add(name))
        {
            names.Clear();
            names.Add(name);
            var identity = new AssemblyName("Sinter.Model");
            var assembly = AssemblyBuilder.DefineDynamicAssembly(identity, AssemblyBuilderAccess.RunAndCollect);
            module = assembly.DefineDynamicModule("Sinter.Model");
        }

        return module;
    }

    private static string FullName(INamedTypeSymbol type)
    {
        string name = type.IsAnonymousType ? "Anonymous" : type.Name;
        INamespaceSymbol? space = type.ContainingNamespace;
        return space is null || space.IsGlobalNamespace ? name : space.ToDisplayString() + "." + name;
    }
}
