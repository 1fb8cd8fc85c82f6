using System.Linq.Expressions;
using System.Reflection;

namespace Sinter.Generators.Interpretation;

/// <summary>A function of the user's as libraries call it.</summary>
/// <param name="run">Takes boxed arguments.</param>
internal class Thunk(Func<object?[], object?> run)
{
    /// <summary>Runs the function.</summary>
    public object? Run(object?[] arguments) => run(arguments);

    /// <summary>A delegate of the given type. The common shapes are classes of their own: compiling an expression for
    /// each lambda of a model would take most of the time there is.</summary>
    public static Delegate Make(Type type, Func<object?[], object?> run)
    {
        MethodInfo invoke = type.GetMethod("Invoke");
        Type[] parameters = [.. invoke.GetParameters().Select(parameter => parameter.ParameterType)];
        bool isVoid = invoke.ReturnType == typeof(void);
        Type? shape = (parameters.Length, isVoid) switch
        {
            (0, true) => typeof(Thunk0),
            (1, true) => typeof(Thunk1<>),
            (2, true) => typeof(Thunk2<,>),
            (0, false) => typeof(Returning0<>),
            (1, false) => typeof(Returning1<,>),
            (2, false) => typeof(Returning2<,,>),
            (3, false) => typeof(Returning3<,,,>),
            _ => null,
        };
        if (shape is null || parameters.Any(parameter => parameter.IsByRef))
        {
            return ByExpression(type, new Thunk(run), parameters, invoke.ReturnType);
        }

        Type[] arguments = isVoid ? parameters : [.. parameters, invoke.ReturnType];
        Type closed = arguments.Length == 0 ? shape : shape.MakeGenericType(arguments);
        return Delegate.CreateDelegate(type, Activator.CreateInstance(closed, run), closed.GetMethod("Call"));
    }

    /// <summary>The function behind a delegate, where it is one of the user's.</summary>
    public static Thunk? Behind(Delegate function) =>
        function.GetInvocationList().Length == 1 ? function.Target as Thunk : null;

    private static Delegate ByExpression(Type type, Thunk thunk, Type[] parameters, Type result)
    {
        ParameterExpression[] names = [.. parameters.Select(parameter => Expression.Parameter(parameter))];
        Expression arguments =
            Expression.NewArrayInit(typeof(object), names.Select(name => Expression.Convert(name, typeof(object))));
        Expression call = Expression.Call(Expression.Constant(thunk), nameof(Run), null, arguments);
        Expression body = result == typeof(void) ? call : Expression.Convert(call, result);
        return Expression.Lambda(type, body, names).Compile();
    }
}

internal sealed class Thunk0(Func<object?[], object?> run) : Thunk(run)
{
    public void Call() => Run([]);
}

internal sealed class Thunk1<T>(Func<object?[], object?> run) : Thunk(run)
{
    public void Call(T a) => Run([a]);
}

internal sealed class Thunk2<T, TSecond>(Func<object?[], object?> run) : Thunk(run)
{
    public void Call(T a, TSecond b) => Run([a, b]);
}

internal sealed class Returning0<TResult>(Func<object?[], object?> run) : Thunk(run)
{
    public TResult Call() => (TResult)Run([])!;
}

internal sealed class Returning1<T, TResult>(Func<object?[], object?> run) : Thunk(run)
{
    public TResult Call(T a) => (TResult)Run([a])!;
}

internal sealed class Returning2<T, TSecond, TResult>(Func<object?[], object?> run) : Thunk(run)
{
    public TResult Call(T a, TSecond b) => (TResult)Run([a, b])!;
}

internal sealed class Returning3<T, TSecond, TThird, TResult>(Func<object?[], object?> run) : Thunk(run)
{
    public TResult Call(T a, TSecond b, TThird c) => (TResult)Run([a, b, c])!;
}
