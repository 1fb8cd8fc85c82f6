using Sinter.Compiler.Rewriting;
using Sinter.Optimizers;

namespace Sinter.Compiler.Differentiate;

/// <summary>Makes one graph of a whole training step: forward, loss, backward, optimizer.</summary>
public static class TrainingStep
{
    /// <summary>The training step of an objective.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="objective">Loss, optimizer, parameters and metrics.</param>
    /// <exception cref="GraphException">The loss is no scalar, or an operation on the way has no gradient.</exception>
    public static Graph Build(string name, TrainingObjective objective) =>
        Build(
            name, objective.Loss, objective.Optimizer, objective.Trained.ToList(), objective.Held.ToList(),
            objective.Metrics);

    /// <summary>
    /// The training step of a loss. Its inputs are those of the loss' builder; its outputs are <c>loss</c> and the
    /// metrics; it updates the trained parameters, the optimizer's state, what the layers of a builder in training
    /// declare, and the random state where the model draws from it.
    /// </summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="loss">A scalar.</param>
    /// <param name="optimizer">How gradients change parameters.</param>
    /// <param name="trained">
    /// The parameters that are trained; one that the loss does not depend on has the gradient zero.
    /// </param>
    /// <param name="metrics">Further results, of the same builder.</param>
    /// <exception cref="GraphException">The loss is no scalar, an operation on the way has no gradient, or the loss
    /// depends on a parameter that nobody trains.</exception>
    public static Graph Build(
        string name, Tensor<F32> loss, Optimizer optimizer, IReadOnlyList<Parameter> trained,
        params Output[] metrics) => Build(name, loss, optimizer, trained, [], metrics);

    /// <summary>The training step of a loss that depends on parameters which another step trains.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="loss">A scalar.</param>
    /// <param name="optimizer">How gradients change parameters.</param>
    /// <param name="trained">The parameters that are trained.</param>
    /// <param name="held">
    /// Parameters that the loss depends on and this step leaves as they are, such as a discriminator's in the step of
    /// its generator. Parameters of the model that the trained ones are part of, and values behind
    /// <see cref="Tensor{T}.Detach"/>, need not be named.
    /// </param>
    /// <param name="metrics">Further results, of the same builder.</param>
    /// <exception cref="GraphException">As of the step that holds nothing.</exception>
    public static Graph Build(
        string name, Tensor<F32> loss, Optimizer optimizer, IReadOnlyList<Parameter> trained,
        IReadOnlyList<Parameter> held, params Output[] metrics)
    {
        CheckAllTrained(loss, trained, held);
        GraphBuilder builder = Builders.Of([loss.Node, .. metrics.Select(metric => metric.Node)]);
        IReadOnlyList<Node> parameters = trained.Select(parameter => parameter.Node).ToArray();
        IReadOnlyDictionary<Node, Node> gradients = Differentiator.Gradient(loss.Node, parameters);
        var pairs = trained.Select(parameter => (parameter, gradients[parameter.Node])).ToArray();
        var updates = optimizer.Step(builder, pairs).ToList();
        Output[] outputs = [new("loss", loss.Node), .. metrics];
        return new Graph(name, builder.Inputs, outputs, updates);
    }

    // A layer that no module registered is not in the list of parameters: it would stay as it was drawn, silently.
    private static void CheckAllTrained(
        Tensor<F32> loss, IReadOnlyList<Parameter> trained, IReadOnlyList<Parameter> held)
    {
        var known = new HashSet<Parameter>(trained.Concat(held));
        var models = new HashSet<Modules.Module>(trained.Select(p => p.Model).OfType<Modules.Module>());
        string[] forgotten = Differentiator.Reached(loss.Node)
            .Where(node => node.Op == Op.Parameter)
            .Select(node => (Node: node, node.Get<ParameterAttributes>().Declaration))
            .Where(leaf => leaf.Declaration.Kind.Row().IsTrained && !known.Contains(leaf.Declaration))
            .Where(leaf => leaf.Declaration.Model is not { } model || !models.Contains(model))
            .Select(leaf => Describe(leaf.Declaration)).ToArray();
        if (forgotten.Length > 0)
        {
            throw new GraphException(
                $"the loss depends on {string.Join(" and ", forgotten)}, which this step does not train: "
                + "Register the layer in its module's constructor, give the parameter to the training step, Detach "
                + "what must not change, or name it among those held");
        }
    }

    private static string Describe(Parameter parameter) => parameter.Model is { } model
        ? $"parameter '{parameter.FullName}' of an unregistered {model.GetType().Name}: {parameter.Type}"
        : $"parameter '{parameter.FullName}': {parameter.Type}";
}
