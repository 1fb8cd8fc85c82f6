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
        Build(name, objective.Loss, objective.Optimizer, objective.Trained.ToList(), objective.Metrics);

    /// <summary>
    /// The training step of a loss. Its inputs are those of the loss' builder; its outputs are <c>loss</c> and the
    /// metrics; it updates the trained parameters, the optimizer's state, and the random state where the model draws
    /// from it.
    /// </summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="loss">A scalar.</param>
    /// <param name="optimizer">How gradients change parameters.</param>
    /// <param name="trained">
    /// The parameters that are trained; one that the loss does not depend on has the gradient zero.
    /// </param>
    /// <param name="metrics">Further results, of the same builder.</param>
    /// <exception cref="GraphException">The loss is no scalar, or an operation on the way has no gradient.</exception>
    public static Graph Build(
        string name, Tensor<F32> loss, Optimizer optimizer, IReadOnlyList<Parameter> trained, params Output[] metrics)
    {
        GraphBuilder builder = Walk.Builder([loss.Node, .. metrics.Select(metric => metric.Node)]);
        IReadOnlyList<Node> parameters = trained.Select(parameter => parameter.Node).ToArray();
        IReadOnlyDictionary<Node, Node> gradients = Differentiator.Gradient(loss.Node, parameters);
        var pairs = trained.Select(parameter => (parameter, gradients[parameter.Node])).ToArray();
        var updates = optimizer.Step(builder, pairs).ToList();
        if (builder.RandomState is { } state)
        {
            updates.Add(new Update(state.Node, NextRandomState(builder, state)));
        }

        Output[] outputs = [new("loss", loss.Node), .. metrics];
        return new Graph(name, builder.Inputs, outputs, updates);
    }

    // (seed, step) → (seed, step + 1): the next run draws other numbers, and a resumed one the same as an uninterrupted
    // one.
    private static Node NextRandomState(GraphBuilder builder, Parameter state) =>
        builder.Make(Op.Add, NoAttributes.Instance, state.Node, Constants.Dense(DType.I64, state.Type.Shape, [0, 1]));
}
