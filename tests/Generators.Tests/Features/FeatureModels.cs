using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Features;

/// <summary>Models that each use something of C# or of the library; all by name.</summary>
internal static partial class FeatureModels
{
    /// <summary>The sources by name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Collect();

    private static Dictionary<string, string> Collect()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in Modules().Concat(Classes()).Concat(Statements()).Concat(Expressions()).Concat(Types()))
        {
            all.Add(name, text.Contains("[CompiledModel", StringComparison.Ordinal) ? text : Source.Layer(text));
        }

        return all;
    }

    // A body of Forward as an expression.
    private static string Forward(string expression) =>
        $"protected override Tensor<F32> Forward(Tensor<F32> x) => {expression};";

    // A body of Forward as statements.
    private static string Body(string statements) =>
        $"protected override Tensor<F32> Forward(Tensor<F32> x)\n{{\n{statements}\n}}";

    // A graph from Create.
    private static string Graph(string statements, string beside = "") => $$"""
        [CompiledModel]
        partial class M
        {
            static Graph Create()
            {
                var g = new GraphBuilder();
                Symbol n = Symbol.Create("N", 1, 8);
        {{statements}}
            }
        }
        {{beside}}
        """;
}
