using Sinter.Compiler.Decompose;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Simplify;
using Sinter.Compiler.Specs;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

/// <summary>
/// Every gradient rule against central differences of the forward function, both through the interpreter.
/// </summary>
public class GradientTests
{
    public static TheoryData<string> Names => [.. GradientCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_equals_finite_differences(string name)
    {
        GradientCase gradientCase = GradientCases.All.Single(c => c.Name == name);
        var (forward, backward) = Build(gradientCase);
        GraphSpec.Check(backward);
        Dictionary<string, TensorValue> values = Running.Draw(forward.Inputs, gradientCase.Low, gradientCase.High);
        IReadOnlyDictionary<string, TensorValue> gradients =
            Interpreter.Run(backward, values, new Dictionary<string, TensorValue>()).Outputs;
        foreach (Node input in forward.Inputs)
        {
            string key = Running.NameOf(input);
            double[] expected = Differences(forward, values, key);
            Running.AssertClose(expected, Running.Numbers(gradients[key]), 1e-6, $"{name}, {key}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decomposition_keeps_value_and_gradient(string name)
    {
        GradientCase gradientCase = GradientCases.All.Single(c => c.Name == name);
        var (forward, backward) = Build(gradientCase);
        Dictionary<string, TensorValue> values = Running.Draw(forward.Inputs, gradientCase.Low, gradientCase.High);
        foreach (Graph graph in new[] { forward, backward })
        {
            Graph decomposed = Decomposer.Decompose(graph);
            GraphSpec.Check(decomposed, GraphStage.Decomposed);
            foreach (Output output in graph.Outputs)
            {
                double[] expected = Running.Output(graph, values, output.Name);
                Running.AssertClose(expected, Running.Output(decomposed, values, output.Name), 1e-9, output.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Simplification_keeps_value_and_gradient(string name)
    {
        GradientCase gradientCase = GradientCases.All.Single(c => c.Name == name);
        var (forward, backward) = Build(gradientCase);
        Dictionary<string, TensorValue> values = Running.Draw(forward.Inputs, gradientCase.Low, gradientCase.High);
        foreach (Graph graph in new[] { forward, backward })
        {
            Graph simplified = Simplifier.Simplify(Decomposer.Decompose(Simplifier.Simplify(graph)));
            GraphSpec.Check(simplified, GraphStage.Decomposed);
            foreach (Output output in graph.Outputs)
            {
                double[] expected = Running.Output(graph, values, output.Name);
                Running.AssertClose(expected, Running.Output(simplified, values, output.Name), 1e-6, output.Name);
            }
        }
    }

    [Fact]
    public void Every_operation_has_a_gradient_row()
    {
        Assert.All(OpTable.All, row => Assert.NotNull(GradientRules.Find(row.Op)));
        Assert.All(OpTable.All, row => Assert.Equal(row.Op, GradientRules.Row(row.Op).Op));
    }

    [Fact]
    public void Rows_have_a_rule_for_each_operand_or_a_reason()
    {
        foreach (OpRow row in OpTable.All)
        {
            GradientRow gradient = GradientRules.Row(row.Op);
            int rules = row.Arity < 0 ? 1 : row.Arity;
            Assert.Equal(gradient.Why is null ? rules : 0, gradient.Operands.Count);
        }
    }

    [Fact]
    public void Every_operation_with_a_gradient_has_a_case()
    {
        var covered = GradientCases.All.SelectMany(c => Build(c).Forward.Nodes).Select(node => node.Op).ToHashSet();
        var missing = OpTable.All.Where(row => GradientRules.Row(row.Op).Why is null && !covered.Contains(row.Op));
        Assert.Empty(missing.Select(row => row.Name));
    }

    // Symbols say in the run whether an end is padded or cut.
    [Fact]
    public void Padding_by_sizes_of_either_sign()
    {
        Symbol a = Symbol.Create("A", 0, 3);
        Symbol b = Symbol.Create("B", 0, 3);
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 5);
        foreach (Symbol symbol in new[] { a, b })
        {
            builder.Input<F32>(symbol.Name, symbol);
        }

        Tensor<F32> padded = x.Pad(0, a - b, Dimension.Minimum(b - a, 2), 7);
        Tensor<F32> loss = (padded * (Tensor<F32>.Iota(padded.Shape, 0) + 1)).Sum();
        Graph forward = new("forward", builder.Inputs, [new Output("loss", loss.Node)], []);
        Node gradient = Differentiator.Gradient(loss.Node, [x.Node])[x.Node];
        Graph backward = new("backward", builder.Inputs, [new Output("x", gradient)], []);
        foreach (var (sizeA, sizeB) in new[] { (0, 3), (3, 0), (2, 2), (1, 3), (3, 2) })
        {
            TensorValue Told(int size) => TensorValue.FromNumbers(DType.F32, [size], new double[size]);
            var values = new Dictionary<string, TensorValue>
            {
                ["x"] = TensorValue.FromNumbers(DType.F32, [5], [1, 2, 3, 4, 5]),
                ["A"] = Told(sizeA),
                ["B"] = Told(sizeB),
            };
            double[] expected = Differences(forward, values, "x");
            double[] actual = Interpreter.Run(backward, values, new Dictionary<string, TensorValue>()).Outputs["x"].Floats;
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    // The loss weighs every element of the result differently, so that no two errors cancel.
    private static (Graph Forward, Graph Backward) Build(GradientCase gradientCase)
    {
        var builder = new GraphBuilder();
        Tensor<F32>[] operands = gradientCase.Shapes
            .Select((shape, i) => builder.Input<F32>($"x{i}", shape.Select(d => (Dimension)d).ToArray()))
            .ToArray();
        Tensor<F32> result = gradientCase.Build(operands);
        int count = (int)result.Shape.ElementCount.Value;
        double[] weights = Enumerable.Range(0, count).Select(i => 0.25 + ((i * 7 % 11) / 8.0)).ToArray();
        Tensor<F32> loss = (result * Tensor<F32>.Of(weights, [.. result.Shape])).Sum();
        var gradients = Differentiator.Gradient(loss.Node, operands.Select(o => o.Node).ToArray());
        Output[] outputs = operands.Select((o, i) => new Output($"x{i}", gradients[o.Node])).ToArray();
        return (Graph.Of("forward", ("loss", loss.Node)), new Graph("backward", builder.Inputs, outputs, []));
    }

    private static double[] Differences(Graph forward, Dictionary<string, TensorValue> values, string key)
    {
        const double Step = 1e-5;
        TensorValue value = values[key];
        var result = new double[value.Count];
        for (int i = 0; i < value.Count; i++)
        {
            double Loss(double step)
            {
                double[] moved = Running.Numbers(value);
                moved[i] += step;
                var changed = new Dictionary<string, TensorValue>(values)
                {
                    [key] = TensorValue.FromNumbers(value.Type, value.Shape, moved),
                };
                return Running.Output(forward, changed, "loss")[0];
            }

            result[i] = (Loss(Step) - Loss(-Step)) / (2 * Step);
        }

        return result;
    }
}
