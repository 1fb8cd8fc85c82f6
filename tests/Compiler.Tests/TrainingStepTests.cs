using Sinter.Compiler.Decompose;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Specs;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

public class TrainingStepTests
{
    private static readonly (string, double) Rate = ("sgd.learning_rate", 0.1);

    [Fact]
    public void One_step_of_gradient_descent_moves_the_parameters_against_the_gradient()
    {
        // loss = (2 w + 3 v - 1)², w = 1, v = 0: d/dw = 2 * 1 * 2 = 4, d/dv = 2 * 1 * 3 = 6.
        var w = new Parameter("w", new TensorType(DType.F32, Shape.Scalar), Initializer.Zeros);
        var v = new Parameter("v", new TensorType(DType.F32, Shape.Scalar), Initializer.Zeros);
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x");
        Tensor<F32> sum = (x * new Tensor<F32>(w.Node)) + (3 * new Tensor<F32>(v.Node));
        Graph step = TrainingStep.Build(
            "step", (sum - 1).Square(), new Sgd(0.1), [w, v], new Output("sum", sum.Node));
        GraphSpec.Check(step);

        InterpreterResult result = Interpreter.Run(step, Values(("x", 2)), Values(("w", 1), ("v", 0), Rate));

        Assert.Equal(1, result.Outputs["loss"].Number(0));
        Assert.Equal(2, result.Outputs["sum"].Number(0));
        Assert.Equal(1 - (0.1 * 4), result.Updates["w"].Number(0), 1e-7);
        Assert.Equal(0 - (0.1 * 6), result.Updates["v"].Number(0), 1e-7);
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_depend_on_stays()
    {
        var w = new Parameter("w", new TensorType(DType.F32, new Shape(2)), Initializer.Zeros);
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x");
        Graph step = TrainingStep.Build("step", x * x, new Sgd(0.1), [w]);
        var parameters = new Dictionary<string, TensorValue>
        {
            ["w"] = new(DType.F32, [2], [3.0, 4.0]),
            [Rate.Item1] = new(DType.F64, [], [Rate.Item2]),
        };
        InterpreterResult result = Interpreter.Run(step, Values(("x", 2)), parameters);
        Assert.Equal([3.0, 4.0], result.Updates["w"].Floats);
    }

    [Fact]
    public void The_random_state_counts_steps()
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x", 4);
        Tensor<F32> loss = (x * Tensor.Uniform(builder, x.Shape)).Sum();
        Graph step = TrainingStep.Build("step", loss, new Sgd(0.1), []);
        var state = new Dictionary<string, TensorValue> { ["random.state"] = new(DType.I64, [2], [7L, 41L]) };
        var inputs = new Dictionary<string, TensorValue> { ["x"] = new(DType.F32, [4], new double[4]) };
        Assert.Equal([7L, 42L], Interpreter.Run(step, inputs, state).Updates["random.state"].Integers);
    }

    [Fact]
    public void The_first_layer_computes_no_gradient_of_its_input()
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x", 2, 3, 8, 8);
        var model = new Sequential(new Conv2d(3, 4, 3), new ReLU(), new Flatten(), new Linear(4 * 36, 5));
        Graph step = TrainingStep.Build("step", model.Call(x).Square().Mean(), new Adam(), model.Parameters.ToArray());
        GraphSpec.Check(step);
        GraphSpec.Check(Decomposer.Decompose(step), GraphStage.Decomposed);

        // Two products forward, two for the weights, and one that leads from the second layer back to the first.
        int products = step.Nodes.Count(node => OpTable.Row(node.Op).Kind == OpKind.Product);
        Assert.Equal(5, products);
    }

    [Fact]
    public void Gradients_carry_the_path_of_the_module_they_come_from()
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x", 2, 3);
        var model = new Sequential(new Linear(3, 4), new Linear(4, 2));
        Tensor<F32> loss = model.Call(x).Square().Sum();
        Node weight = model.Parameters.First().Node;
        Node gradient = Differentiator.Gradient(loss.Node, [weight])[weight];
        Assert.Equal("0", gradient.ModulePath);
    }

    [Fact]
    public void Only_scalars_have_gradients()
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 3);
        var error = Assert.Throws<GraphException>(() => Differentiator.Gradient(x.Node, [x.Node]));
        Assert.Contains("f32[3]", error.Message);
    }

    [Fact]
    public void Integers_have_no_gradients()
    {
        Tensor<I64> x = new GraphBuilder().Input<I64>("x");
        var error = Assert.Throws<GraphException>(() => Differentiator.Gradient(x.Cast<F32>().Node, [x.Node]));
        Assert.Contains("i64", error.Message);
    }

    [Fact]
    public void Gradients_reach_values_in_the_middle_of_a_graph()
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x");
        Tensor<F32> middle = x.Exp();
        Node gradient = Differentiator.Gradient((middle * middle).Node, [middle.Node])[middle.Node];
        double[] value = Running.Output(Graph.Of("g", ("g", gradient)), Values(("x", 0)), "g");
        Assert.Equal([2.0], value);
    }

    private static Dictionary<string, TensorValue> Values(params (string Name, double Value)[] values) =>
        values.ToDictionary(
            pair => pair.Name, pair => TensorValue.Scalar(pair == Rate ? DType.F64 : DType.F32, pair.Value));
}
