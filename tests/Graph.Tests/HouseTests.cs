using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sinter.Tests;

/// <summary>Rules of the house that reflection can check.</summary>
public class HouseTests
{
    private static readonly Assembly Library = typeof(Graph).Assembly;

    [Fact]
    public void No_mutable_statics()
    {
        const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var mutable = Library.GetTypes().Where(IsWritten).SelectMany(type => type.GetFields(Statics))
            .Where(field => !field.IsInitOnly && !field.IsLiteral);
        Assert.Empty(mutable.Select(field => $"{field.DeclaringType}.{field.Name}"));
    }

    [Fact]
    public void The_modelling_surface_can_be_interpreted()
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
            | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var complaints = new List<string>();
        foreach (Type type in Library.GetExportedTypes())
        {
            MethodInfo[] open = type.GetMethods(Own).Where(m => m.IsVirtual && !m.IsFinal).ToArray();
            complaints.AddRange(open.Where(m => m.IsGenericMethod || HasReference(m)).Select(Name));
            complaints.AddRange(type.GetMethods(Own).Where(IsImplicitTensor).Select(Name));
            if (IsSelfReferential(type))
            {
                complaints.Add($"{type} refers to itself");
            }
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public void Every_operation_has_a_row_of_its_own()
    {
        Assert.Equal(Enum.GetValues<Op>(), OpTable.All.Select(row => row.Op));
        Assert.Equal(OpTable.All.Count, OpTable.All.Select(row => row.Name).Distinct().Count());
    }

    private static string Name(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";

    private static bool IsWritten(Type type) =>
        !type.Name.Contains('<') && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    private static bool HasReference(MethodInfo method) => method.GetParameters().Any(p => p.ParameterType.IsByRef);

    private static bool IsImplicitTensor(MethodInfo method) => method.Name == "op_Implicit"
        && method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Tensor<>);

    private static bool IsSelfReferential(Type type) => type.IsGenericTypeDefinition
        && type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())
            .Any(constraint => constraint.IsGenericType && constraint.GetGenericTypeDefinition() == type);
}
