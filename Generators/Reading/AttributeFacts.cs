using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Reading;

/// <summary>The attribute's arguments.</summary>
/// <param name="Input">The layer's input, as written.</param>
/// <param name="Symbols">The symbols, as written.</param>
/// <param name="Output">The name of the result.</param>
/// <param name="Arguments">What the class is constructed with.</param>
/// <param name="Training">The method that gives the training objective, or nothing.</param>
/// <param name="GraphFile">The file with the graph, or nothing.</param>
/// <param name="Cuda">Whether it is compiled for CUDA devices too.</param>
internal sealed record AttributeFacts(
    string Input, string Symbols, string Output, IReadOnlyList<TypedConstant> Arguments, string Training,
    string GraphFile, bool Cuda)
{
    /// <summary>Reads an attribute.</summary>
    public static AttributeFacts Of(AttributeData attribute)
    {
        string input = attribute.ConstructorArguments.Length > 0
            ? attribute.ConstructorArguments[0].Value as string ?? "" : "";
        var named = attribute.NamedArguments.ToDictionary(argument => argument.Key, argument => argument.Value);
        return new AttributeFacts(
            input, Text("Symbols", ""), Text("Output", "output"),
            named.TryGetValue("Arguments", out TypedConstant list) && !list.IsNull ? list.Values
                : [], Text("Training", ""),
            Text("GraphFile", ""),
            named.TryGetValue("Cuda", out TypedConstant cuda) && cuda.Value is true);

        string Text(string name, string missing) =>
            named.TryGetValue(name, out TypedConstant value) ? value.Value as string ?? missing : missing;
    }
}
