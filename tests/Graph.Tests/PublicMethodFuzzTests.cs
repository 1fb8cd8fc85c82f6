using System.Reflection;
using Sinter.Modules;

namespace Sinter.Tests;

/// <summary>Calls every public method of the graph library with arguments at their limits.</summary>
public class PublicMethodFuzzTests
{
    private const int Calls = 100_000;

    private static readonly Type[] Elements = [typeof(F32), typeof(I64), typeof(I32), typeof(Bool), typeof(U8)];

    [Fact]
    public void Arguments_at_their_limits_give_a_result_or_a_typed_error()
    {
        string? wanted = Environment.GetEnvironmentVariable("SINTER_FUZZ_SEED");
        int seed = int.TryParse(wanted, out int given) ? given : 20261130;
        var random = new Random(seed);
        MethodBase[] methods = [.. Methods()];
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        int succeeded = 0;
        for (int i = 0; i < Calls; i++)
        {
            MethodBase method = Closed(methods[i % methods.Length], random);
            var pool = new ArgumentPool(random);
            object?[]? arguments = null;
            try
            {
                object? self = method.IsStatic || method is ConstructorInfo ? null : pool.Make(method.DeclaringType!);
                arguments = [.. method.GetParameters().Select(parameter => pool.MakeOrNull(parameter.ParameterType))];
                _ = method is ConstructorInfo constructor
                    ? constructor.Invoke(arguments) : method.Invoke(self, arguments);
                succeeded++;
            }
            catch (Exception thrown)
            {
                Exception error = thrown is TargetInvocationException { InnerException: { } inner } ? inner : thrown;
                if (!IsTyped(error, method))
                {
                    string what = $"{method.DeclaringType!.Name}.{method.Name}: {error.GetType().Name}";
                    found.TryAdd(what, $"({Describe(arguments)}) {error.Message} {error.StackTrace}");
                }
            }
        }

        Assert.True(found.Count == 0, $"seed {seed}:\n" + string.Join("\n", found.Select(f => $"{f.Key} {f.Value}")));
        Assert.True(succeeded > Calls / 5, $"only {succeeded} of {Calls} calls gave a result: the pool makes no sense");
    }

    // What is null is told by the name that the caller knows.
    private static bool IsTyped(Exception error, MethodBase method) => error is ArgumentNullException missing
        ? method.GetParameters().Any(parameter => parameter.Name == missing.ParamName)
        : error is GraphException or ArgumentException;

    private static string Describe(object?[]? arguments) => string.Join(", ", (arguments ?? []).Select(argument =>
        argument switch
        {
            null => "null",
            string text => $"'{(text.Length > 20 ? text[..20] : text)}'",
            Array array => "[" + string.Join(",", array.Cast<object?>()) + "]",
            _ when argument.GetType().IsGenericType && argument.GetType().GetProperty("Node") is not null =>
                ((Node)argument.GetType().GetProperty("Node")!.GetValue(argument)!).Type.ToString(),
            _ => argument.ToString() ?? "",
        }));

    private static IEnumerable<MethodBase> Methods()
    {
        const BindingFlags Flags =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        Type[] own =
        [
            typeof(Tensor), typeof(Functional), typeof(Losses), typeof(Logic), typeof(Shape), typeof(Symbol),
            typeof(Dimension), typeof(Initializer), typeof(Size2d), typeof(Padding2d), typeof(Constants),
            typeof(Parameter), typeof(Linear), typeof(Conv2d), typeof(Sequential), typeof(Modules.Dropout),
            typeof(Flatten), typeof(MaxPool2d), typeof(AvgPool2d), typeof(Optimizers.Adam), typeof(Optimizers.AdamW),
            typeof(Optimizers.Sgd), typeof(Optimizers.RmsProp), typeof(Optimizers.Adagrad), typeof(GraphBuilder),
            .. Elements.Select(element => typeof(Tensor<>).MakeGenericType(element)),
        ];
        foreach (Type type in own)
        {
            IEnumerable<MethodBase> members = type.GetMethods(Flags).Cast<MethodBase>().Concat(type.GetConstructors());
            foreach (MethodBase member in members.Where(
                m => m.GetParameters().All(p => ArgumentPool.Knows(p.ParameterType))))
            {
                bool isObjects = member.Name is "Equals" or "GetHashCode" or "ToString" or "<Clone>$" or "Deconstruct"
                    or "GetEnumerator" or "Evaluate";
                if (!isObjects && !member.Name.StartsWith("set_", StringComparison.Ordinal))
                {
                    yield return member;
                }
            }
        }
    }

    private static MethodBase Closed(MethodBase method, Random random) =>
        method is MethodInfo { IsGenericMethodDefinition: true } open
        ? open.MakeGenericMethod([.. open.GetGenericArguments().Select(_ => Elements[random.Next(Elements.Length)])])
        : method;
}
