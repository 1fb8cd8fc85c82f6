using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Derives the gradient of a loss as nodes of the same graph.</summary>
public delegate IReadOnlyDictionary<Node, Node> GradientFunction(Node loss, IReadOnlyList<Node> withRespectTo);

/// <summary>A scalar function of values, ready to be differentiated both ways.</summary>
/// <param name="Loss">The scalar.</param>
/// <param name="WithRespectTo">The inputs and parameters that its gradient is wanted for.</param>
/// <param name="Inputs">The inputs by name, cotangents included.</param>
/// <param name="Parameters">The parameters by full name.</param>
public sealed record LossCase(
    Node Loss,
    IReadOnlyList<Node> WithRespectTo,
    IReadOnlyDictionary<string, TensorValue> Inputs,
    IReadOnlyDictionary<string, TensorValue> Parameters);

/// <summary>
/// Compares gradients with central finite differences of the oracle in double precision. The loss of a case is the sum
/// of
/// its outputs, weighted by cotangents that are drawn like inputs.
/// </summary>
public static partial class GradientCheck
{
    /// <summary>
    /// Half the distance between the two points of a difference: about the cube root of a double's precision.
    /// </summary>
    public const double Step = 1e-5;

    /// <summary>The weighted sum of the case's floating-point outputs.</summary>
    public static LossCase LossOf(OpCase row, int seed = 1)
    {
        var builder = new CaseBuilder(seed);
        Node[] outputs = row.Build(builder);
        Node? loss = null;
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].DType == DType.F32)
            {
                Node weights = builder.Cotangent($"cotangent{i}", outputs[i]);
                Node term = (new Tensor<F32>(outputs[i]) * new Tensor<F32>(weights)).Sum().Node;
                loss = loss is null ? term : Broadcasting.Binary(Op.Add, loss, term);
            }
        }

        // Free parameter nodes are seen as the graph's own.
        Node[] wanted = builder.Differentiable.Select(node => Own(builder.Graph, node)).ToArray();
        return new LossCase(loss!, wanted, builder.Inputs, builder.Parameters);
    }

    /// <summary>
    /// The gradient with respect to each node, by differences (f(x + step) - f(x - step)) / (2 step).
    /// </summary>
    public static IReadOnlyDictionary<Node, double[]> Differences(LossCase loss, double step = Step)
    {
        Graph graph = Graph.Of("loss", ("loss", loss.Loss));
        return loss.WithRespectTo.ToDictionary(node => node, node => Differences(graph, loss, node, step));
    }

    /// <summary>The gradient as the given function derives it, evaluated by the oracle.</summary>
    public static IReadOnlyDictionary<Node, double[]> Evaluate(LossCase loss, GradientFunction gradient)
    {
        InterpreterResult result = Interpreter.Run(GradientGraph(loss, gradient), loss.Inputs, loss.Parameters);
        return loss.WithRespectTo.Select((node, i) => (node, result.Outputs[$"gradient{i}"].Floats))
            .ToDictionary(pair => pair.node, pair => pair.Floats);
    }

    /// <summary>
    /// The graph whose outputs are the gradients, in the order of <see cref="LossCase.WithRespectTo"/>.
    /// </summary>
    public static Graph GradientGraph(LossCase loss, GradientFunction gradient)
    {
        IReadOnlyDictionary<Node, Node> gradients = gradient(loss.Loss, loss.WithRespectTo);
        var outputs = loss.WithRespectTo.Select((node, i) => new Output($"gradient{i}", gradients[node])).ToArray();
        return new Graph("gradient", loss.Loss.Owner!.Inputs, outputs, []);
    }

    private static double[] Differences(Graph graph, LossCase loss, Node node, double step)
    {
        bool isInput = node.Op == Op.Input;
        string name = isInput ? node.Get<InputAttributes>().Name : node.Get<ParameterAttributes>().Declaration.FullName;
        TensorValue original = (isInput ? loss.Inputs : loss.Parameters)[name];
        var result = new double[original.Count];
        for (int i = 0; i < result.Length; i++)
        {
            double up = LossAt(original.Floats[i] + step);
            double down = LossAt(original.Floats[i] - step);
            result[i] = (up - down) / (2 * step);

            double LossAt(double value)
            {
                double[] moved = [.. original.Floats];
                moved[i] = value;
                var replaced = new TensorValue(original.Type, original.Shape, moved);
                var inputs = isInput ? With(loss.Inputs, name, replaced) : loss.Inputs;
                var parameters = isInput ? loss.Parameters : With(loss.Parameters, name, replaced);
                return Interpreter.Run(graph, inputs, parameters).Outputs["loss"].Floats[0];
            }
        }

        return result;
    }

    private static Dictionary<string, TensorValue> With(
        IReadOnlyDictionary<string, TensorValue> values, string name, TensorValue value) =>
        new(values) { [name] = value };

    private static Node Own(GraphBuilder builder, Node node) =>
        node.Owner == builder ? node : builder.Make(node.Op, node.Attributes, [.. node.Inputs]);
}
