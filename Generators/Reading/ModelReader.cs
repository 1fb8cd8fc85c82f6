using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;

namespace Sinter.Generators.Reading;

/// <summary>Reads one class with the attribute.</summary>
internal static class ModelReader
{
    /// <summary>The transform of the generator's first step: everything that leaves it is plain data.</summary>
    public static ModelReading Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        AttributeData attribute = context.Attributes[0];
        Place? place = Place.Of(attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation());
        string file = attribute.NamedArguments.Where(a => a.Key == "GraphFile").Select(a => a.Value.Value as string)
            .FirstOrDefault() ?? "";
        ModelClass model = ClassFacts.Of(type);
        return new ModelReading(model, place, null, null, false, file, default);
    }
}
