using Sinter.Compiler.Differentiate;
using Sinter.Optimizers;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>The graphs of a case: a forward pass with all gradients, a training step, and results of the end.</summary>
public sealed class ReferenceGraphs(ReferenceCase data, ReferenceModel model)
{
    private const double ClipEpsilon = 1e-6;

    private Tensor<F32>? loss;

    /// <summary>Outputs, loss, gradients and running statistics; null where the case is only about steps.</summary>
    public Graph? Forward()
    {
        bool hasGradients = data.Tensors.Keys.Any(key => key.StartsWith("grad", StringComparison.Ordinal));
        bool hasNothing = model.Outputs.Count == 0 && model.Updates.Count == 0 && !hasGradients;
        if (hasNothing)
        {
            return null;
        }

        var outputs = model.Outputs.Select(output => new Output("output." + output.Key, output.Value)).ToList();
        if (Loss() is { } scalar)
        {
            outputs.Add(new Output("loss", scalar.Node));
        }

        if (hasGradients)
        {
            outputs.AddRange(Gradients());
        }

        return new Graph(data.Name, model.Graph.Inputs, outputs, model.Updates);
    }

    /// <summary>One step: the optimizer's where there is one, and what the model changes by itself.</summary>
    public Graph Step()
    {
        var outputs = model.StepOutputs.Concat(model.EpochSums)
            .Select(output => new Output("output." + output.Key, output.Value)).ToList();
        var updates = model.Updates.ToList();
        if (Loss() is { } scalar)
        {
            outputs.Add(new Output("losses", scalar.Node));
            updates.AddRange(OptimizerUpdates(scalar));
        }

        return new Graph(data.Name + "_step", model.Graph.Inputs, outputs, updates);
    }

    /// <summary>What is computed from the state after all steps, or null.</summary>
    public Graph? Final()
    {
        var outputs = model.FinalOutputs.Select(output => new Output("output." + output.Key, output.Value)).ToArray();
        return outputs.Length == 0 ? null : new Graph(data.Name + "_final", model.Graph.Inputs, outputs, []);
    }

    private List<Output> Gradients()
    {
        var wanted = data.Under("grad").Select(name => (Key: "grad." + name, Node: model.States[name].Node))
            .Concat(data.Under("grad_input").Select(name =>
                (Key: "grad_input." + name, Node: model.Inputs["input." + name])))
            .ToArray();
        var gradients = Differentiator.Gradient(Loss()!.Node, [.. wanted.Select(pair => pair.Node)]);
        var outputs = wanted.Select(pair => new Output(pair.Key, gradients[pair.Node])).ToList();
        if (data.Under("grad_clipped").Count > 0)
        {
            var own = Trained().Select(parameter => new Tensor<F32>(gradients[parameter.Node])).ToArray();
            outputs.AddRange(Clip(own).Select((gradient, i) =>
                new Output("grad_clipped." + Trained()[i].FullName, gradient.Node)));
            outputs.Add(new Output("grad_norm", TotalNorm(own).Node));
        }

        return outputs;
    }

    private IReadOnlyList<Update> OptimizerUpdates(Tensor<F32> scalar)
    {
        IReadOnlyList<Parameter> trained = Trained();
        Func<Parameter, Optimizer> optimizerOf = model.OptimizerOf ?? Single(ReferenceOptimizers.Make(data.Optimizer));
        var groups = trained.GroupBy(optimizerOf).ToArray();
        if (groups.Length == 1 && !Clips)
        {
            return TrainingStep.Build(data.Name, scalar, groups[0].Key, trained, [.. model.States.Values]).Updates;
        }

        var gradients = Differentiator.Gradient(scalar.Node, [.. trained.Select(parameter => parameter.Node)]);
        Tensor<F32>[] clipped = Clip([.. trained.Select(parameter => new Tensor<F32>(gradients[parameter.Node]))]);
        var byParameter = trained.Zip(clipped).ToDictionary(pair => pair.First, pair => pair.Second.Node);
        return groups.SelectMany(group =>
            group.Key.Step(model.Graph, [.. group.Select(parameter => (parameter, byParameter[parameter]))])).ToArray();
    }

    private static Func<Parameter, Optimizer> Single(Optimizer optimizer) => _ => optimizer;

    private Parameter[] Trained() =>
        model.States.Values.Where(state => state.Kind == StateKind.Parameter && !IsFrozen(state)).ToArray();

    private bool IsFrozen(Parameter parameter) => data.Frozen.Any(frozen =>
        parameter.FullName == frozen || parameter.FullName.StartsWith(frozen + ".", StringComparison.Ordinal));

    // The case's own loss, or its outputs weighted by given numbers.
    private Tensor<F32>? Loss() => loss ??= model.Loss ?? (data.HasCotangents ? Weighted() : null);

    private Tensor<F32> Weighted()
    {
        Tensor<F32>? sum = null;
        foreach (string name in data.Under("cotangent"))
        {
            Tensor<F32> weights = model.Key<F32>("cotangent." + name);
            Tensor<F32> term = (new Tensor<F32>(model.Outputs[name]) * weights).Sum();
            sum = sum is null ? term : sum + term;
        }

        return sum!;
    }

    private bool Clips => ClipNorm is not null || ClipValue is not null;

    private double? ClipNorm => Constant("clip_norm");

    private double? ClipValue => Constant("clip_value");

    private double? Constant(string name) =>
        data.Optimizer.TryGetProperty(name, out var number) ? number.GetDouble() : null;

    // As torch.nn.utils.clip_grad_norm_ and clip_grad_value_.
    private Tensor<F32>[] Clip(Tensor<F32>[] gradients)
    {
        if (ClipValue is double bound)
        {
            return [.. gradients.Select(gradient => gradient.Clamp(-bound, bound))];
        }

        if (ClipNorm is double limit)
        {
            Tensor<F32> factor = (limit / (TotalNorm(gradients) + ClipEpsilon)).Minimum(1);
            return [.. gradients.Select(gradient => gradient * factor)];
        }

        return gradients;
    }

    private static Tensor<F32> TotalNorm(Tensor<F32>[] gradients) =>
        gradients.Select(gradient => gradient.Square().Sum()).Aggregate((sum, square) => sum + square).Sqrt();
}
