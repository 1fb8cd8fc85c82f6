using Microsoft.CodeAnalysis;
using Sinter.Compiler.Differentiate;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Interpretation;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Generators.Reading;

/// <summary>The arguments of the attribute, or the shape of the class, do not say what the model is.</summary>
/// <param name="id">The message's id.</param>
/// <param name="text">The message.</param>
internal sealed class ModelFault(string id, string text) : Exception(text)
{
    /// <summary>The message's id.</summary>
    public string Id { get; } = id;
}

/// <summary>Runs the interpreter on what a class and its attribute say, and closes the graph.</summary>
internal sealed class GraphBuilding(
    Compilation compilation, INamedTypeSymbol type, AttributeFacts facts, Interpreter interpreter)
{
    private const string CreateName = "Create";

    /// <summary>The model's graph.</summary>
    public Graph Inference()
    {
        IMethodSymbol? create = type.GetMembers(CreateName).OfType<IMethodSymbol>()
            .FirstOrDefault(method => method.IsStatic && method.Parameters.IsEmpty && !method.IsGenericMethod);
        if (create is null)
        {
            return Of(Construct());
        }

        if (facts.Arguments.Count > 0)
        {
            throw Misused("Arguments are for the constructor, but the class has a static Create() without parameters");
        }

        return interpreter.CallStatic(create) switch
        {
            Graph graph when facts.Input.Length + facts.Symbols.Length == 0 => graph,
            Graph =>
                throw Misused(
                    "Create returns a Graph, which has inputs of its own: leave out the attribute's input and symbols"),
            Module model => Of(model),
            null => throw new ModelFault(DiagnosticDescriptors.NoModel.Id, "Create returns null"),
            var other => throw NoModel($"Create returns {other.GetType().Name}; it has to return a Module or a Graph"),
        };
    }

    /// <summary>The graph of the training step.</summary>
    public Graph Training()
    {
        IMethodSymbol? method = type.GetMembers(facts.Training).OfType<IMethodSymbol>()
            .FirstOrDefault(m => m.IsStatic && m.Parameters.IsEmpty && !m.IsGenericMethod);
        if (method is null)
        {
            throw Misused($"there is no static method '{facts.Training}' without parameters, which Training names");
        }

        return interpreter.CallStatic(method) switch
        {
            Graph graph => graph,
            TrainingObjective objective => TrainingStep.Build(type.Name + ".training", objective),
            _ =>
                throw Misused(
                    $"'{facts.Training}', which Training names, has to return a TrainingObjective or a Graph"),
        };
    }

    private Graph Of(Module model)
    {
        if (facts.Input.Length == 0)
        {
            throw Misused(
                "a model needs its inputs, such as [CompiledModel(\"x: f32[N, 10]\", Symbols = \"N = 1..64\")]");
        }

        IReadOnlyList<(string Name, TensorType Type)> inputs =
            Reading(() => AttributeText.Inputs(facts.Input, AttributeText.Symbols(facts.Symbols)));
        if (model is Layer layer && inputs.Count == 1)
        {
            return OfLayer(layer, inputs[0].Name, inputs[0].Type);
        }

        return Interpreter.ClassOf(model) is { } own && ForwardCall.Find(own) is { } forward
            ? new ForwardCall(facts, interpreter).Build(type.Name, model, forward, inputs)
            : throw NoModel($"'{model.GetType().Name}' has no method {ForwardCall.Method}");
    }

    private Graph OfLayer(Layer layer, string name, TensorType input)
    {
        if (input.Type != DType.F32)
        {
            throw Misused($"a layer takes f32, not {input.Type.Name()}; a Module may have a Forward of any signature");
        }

        var builder = new GraphBuilder(training: false, captureSource: false);
        var x = new Tensor<F32>(builder.Input(name, input));
        Tensor<F32>? result = layer.Call(x);
        if (result is null)
        {
            var declarations = type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax());
            throw interpreter.HaveErrors(declarations)
                ? Stop.Invalid()
                : new ModelFault(DiagnosticDescriptors.Thrown.Id, $"'{type.Name}' returns null instead of a tensor");
        }

        return Graph.Of(type.Name, (facts.Output, result.Node));
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (GraphException error)
        {
            throw Misused(error.Reason);
        }
        catch (OverflowException)
        {
            throw Misused("a size does not fit 63 bits");
        }
    }

    private Module Construct()
    {
        if (!IsModule(type))
        {
            throw NoModel($"'{type.Name}' is no Module, and has no static Create() that returns a Module or a Graph");
        }

        if (type.IsAbstract)
        {
            throw NoModel($"'{type.Name}' is abstract; mark a class that can be constructed");
        }

        IMethodSymbol? found = type.InstanceConstructors.Where(Fits).OrderBy(c => c.Parameters.Length).FirstOrDefault();
        if (found is null)
        {
            string given = facts.Arguments.Count == 0
                ? "without arguments"
                : "with (" + string.Join(", ", facts.Arguments.Select(a => a.Type?.ToDisplayString() ?? "null")) + ")";
            throw Misused(
                $"'{type.Name}' has no constructor that can be called {given}; set Arguments, or add Create()");
        }

        object?[] values = [.. found.Parameters.Select((parameter, i) => i < facts.Arguments.Count
            ? interpreter.Constant(facts.Arguments[i], parameter.Type)
            : interpreter.Constant(
                parameter.HasExplicitDefaultValue ? parameter.ExplicitDefaultValue : null, parameter))];
        return (Module)interpreter.Construct(found, values);
    }

    private bool Fits(IMethodSymbol constructor)
    {
        if (constructor.Parameters.Length < facts.Arguments.Count)
        {
            return false;
        }

        for (int i = 0; i < constructor.Parameters.Length; i++)
        {
            IParameterSymbol parameter = constructor.Parameters[i];
            bool fits = i < facts.Arguments.Count
                ? FitsConstant(facts.Arguments[i], parameter.Type)
                : parameter.IsOptional || parameter.IsParams;
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    private bool FitsConstant(TypedConstant value, ITypeSymbol target) => value.IsNull
        ? target.IsReferenceType
        : value.Type is { } given
            && compilation.ClassifyCommonConversion(given, target) is { Exists: true, IsImplicit: true };

    private static bool IsModule(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.Name == nameof(Module) && t.ContainingNamespace.ToDisplayString() == "Sinter.Modules")
            {
                return true;
            }
        }

        return false;
    }

    private static ModelFault Misused(string text) => new(DiagnosticDescriptors.Attribute.Id, text);

    private static ModelFault NoModel(string text) => new(DiagnosticDescriptors.NoModel.Id, text);
}
