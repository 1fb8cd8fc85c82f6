using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Sinter.Generators.Models;
using Sinter.Generators.Reading;
using Layer = Sinter.Modules.Layer;
using Module = Sinter.Modules.Module;

namespace Sinter.Generators.Tests.Support;

/// <summary>C# of a model, compiled here: read by the generator, and run as it is for comparison.</summary>
internal static class Source
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Globalization;
        using System.Linq;
        using Sinter;
        using Sinter.Compiler.Differentiate;
        using Sinter.Modules;
        using Sinter.Optimizers;

        """;

    private static readonly CSharpParseOptions Parse = new(LanguageVersion.Preview);

    private static readonly IReadOnlyList<MetadataReference> References = FindReferences();

    /// <summary>A layer M of the given members, with the input x: f32[N, 4]; types behind a line "---" stand beside
    /// it.</summary>
    public static string Layer(string text)
    {
        string[] parts = text.Split("\n---\n");
        string beside = parts.Length > 1 ? parts[1] : "";
        const string Attribute = "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")]";
        return $"{Attribute}\npartial class M : Layer\n{{\n{parts[0]}\n}}\n{beside}";
    }

    /// <summary>A compilation of files, with the usual namespaces; each is named File0.cs and so on.</summary>
    public static CSharpCompilation Compile(params string[] files)
    {
        var trees = files.Select((text, i) => CSharpSyntaxTree.ParseText(
            Usings + text, Parse, path: $"File{i}.cs", encoding: System.Text.Encoding.UTF8));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create("Models" + Guid.NewGuid().ToString("N"), trees, References, options);
    }

    /// <summary>How many lines stand before the text of a file.</summary>
    public static int LinesBefore => Usings.Count(c => c == '\n');

    /// <summary>What the generator reads of the class M.</summary>
    public static ModelReading Read(CSharpCompilation compilation, CancellationToken cancellation = default)
    {
        INamedTypeSymbol type = compilation.GetTypeByMetadataName("M")!;
        AttributeData attribute =
            type.GetAttributes().Single(a => a.AttributeClass!.Name == nameof(CompiledModelAttribute));
        return ModelReader.Read(compilation, type, attribute, cancellation);
    }

    /// <summary>The graph that the class M builds when it runs.</summary>
    public static Graph Run(CSharpCompilation compilation, bool training = false, params byte[][] libraries)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(
            result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        stream.Position = 0;
        var context = new AssemblyLoadContext("model", isCollectible: true);
        Assembly[] loaded = [.. libraries.Select(image => context.LoadFromStream(new MemoryStream(image)))];
        context.Resolving += (_, name) => loaded.FirstOrDefault(library => library.GetName().Name == name.Name);
        Assembly assembly = context.LoadFromStream(stream);
        Type type = assembly.GetType("M", throwOnError: true)!;
        var attribute = type.GetCustomAttribute<CompiledModelAttribute>()!;
        if (training)
        {
            object made = Static(type, attribute.Training)!;
            return made as Graph ?? Compiler.Differentiate.TrainingStep.Build(
                "M.training", (Optimizers.TrainingObjective)made);
        }

        object model = Static(type, "Create") ?? Construct(type, attribute.Arguments);
        return model as Graph ?? Close((Module)model, attribute);
    }

    /// <summary>A compilation that refers to another one's assembly.</summary>
    public static CSharpCompilation Using(CSharpCompilation compilation, byte[] library) =>
        compilation.AddReferences(MetadataReference.CreateFromImage(library));

    private static object Construct(Type type, object[] arguments)
    {
        ConstructorInfo constructor = type.GetConstructors().Single(c => c.GetParameters().Length >= arguments.Length);
        var missing = constructor.GetParameters().Skip(arguments.Length).Select(parameter => parameter.DefaultValue);
        return constructor.Invoke([.. arguments, .. missing]);
    }

    private static Graph Close(Module model, CompiledModelAttribute attribute)
    {
        var inputs = AttributeText.Inputs(attribute.Input, AttributeText.Symbols(attribute.Symbols));
        if (model is not Layer layer)
        {
            MethodInfo forward = model.GetType().GetMethod("Forward")!;
            Type type = System.Linq.Expressions.Expression.GetDelegateType(
                [.. forward.GetParameters().Select(parameter => parameter.ParameterType), forward.ReturnType]);
            Dimension[][] shapes = [.. inputs.Select(input => input.Type.Shape.ToArray())];
            return Jit.ModelGraph.Of("M", Delegate.CreateDelegate(type, model, forward), shapes);
        }

        var (name, input) = inputs[0];
        var x = new Tensor<F32>(new GraphBuilder().Input(name, input));
        return Graph.Of("M", (attribute.Output, layer.Call(x).Node));
    }

    private static object? Static(Type type, string name)
    {
        const BindingFlags Flags = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetMethod(name, Flags, Type.EmptyTypes)?.Invoke(null, []);
    }

    private static List<MetadataReference> FindReferences()
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var names = platform.Where(path =>
        {
            string name = Path.GetFileName(path);
            return name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"
                || name is "Sinter.Graph.dll" or "Sinter.Runtime.dll" or "Sinter.Compiler.dll";
        });
        return [.. names.Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))];
    }
}
