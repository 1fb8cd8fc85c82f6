using Sinter.Jit;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.State;

/// <summary>Methods of any signature, compiled in process.</summary>
public sealed class ModelGraphTests
{
    private static readonly Symbol N = Symbol.Create("N", 1, 4);

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_record_goes_round_from_run_to_run(string engine)
    {
        using Opened opened = Opened.On(engine, ModelGraph.Of(new Recurrent().Forward, [N, 3], [N, 3], []));
        float[] sum = new float[6];
        for (int step = 1; step <= 3; step++)
        {
            opened.Context.SetSymbol("N", 2);
            opened.Context.Input<float>("x").Fill(step);
            sum.CopyTo(opened.Context.Input<float>("memory.sum"));
            opened.Context.Input<long>("memory.steps")[0] = step - 1;
            opened.Context.Run();
            sum = opened.Context.Output<float>("memory.sum").ToArray();
            Assert.Equal(step, opened.Context.Output<long>("memory.steps")[0]);
        }

        Assert.All(sum, value => Assert.Equal(6, value));
        Assert.All(opened.Context.Output<bool>("large").ToArray(), Assert.True);
    }

    [Fact]
    public void Lambdas_have_names_of_their_own_and_metrics_follow_a_loss()
    {
        var model = new Linear(3, 2);
        Graph step = ModelGraph.Training(
            "step",
            (Tensor<F32> x, Tensor<I64> labels) =>
            {
                Tensor<F32> logits = model.Call(x);
                return (Loss: Losses.CrossEntropy(logits, labels), Correct: Losses.Accuracy(logits, labels));
            },
            new Sgd(0.1), model.Parameters, [N, 3], [N]);
        Assert.Equal(["loss", "correct"], step.Outputs.Select(output => output.Name));
        Assert.Equal(["x", "labels"], step.Inputs.Select(input => input.Get<InputAttributes>().Name));
        using Opened opened = Opened.On("256", step);
        opened.Context.Input<float>("x").Fill(1);
        opened.Context.Run();
        float first = opened.Context.Output<float>("loss")[0];
        opened.Context.Input<float>("x").Fill(1);
        opened.Context.Run();
        Assert.True(opened.Context.Output<float>("loss")[0] < first);
    }

    [Fact]
    public void A_program_is_compiled_of_a_method()
    {
        var program = JitCompiler.Compile(new Recurrent().Forward, [2, 3], [2, 3], []);
        using var state = new ModelState(1, program);
        Assert.Equal("Recurrent", program.Table.Name);
        Assert.Equal(["value", "large", "memory.sum", "memory.steps"], program.Table.Outputs.Select(port => port.Name));
    }

    [Fact]
    public void Options_and_tensors_at_the_end_take_their_defaults()
    {
        Tensor<F32> Masked(Tensor<F32> x, double factor = 3, Tensor<Bool>? mask = null) =>
            mask is null ? x * factor : Tensor.Where(mask, x, 0);
        Assert.Single(ModelGraph.Of("g", Masked, [2]).Inputs);
        Assert.Equal(2, ModelGraph.Of("g", Masked, [2], [2]).Inputs.Count);
        Assert.Equal("output", ModelGraph.Of("g", Masked, [2]).Outputs.Single().Name);
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        Refused("the method takes 3 tensors (x, memory.sum, memory.steps), but 2 shapes", () =>
            ModelGraph.Of(new Recurrent().Forward, [2, 3], [2, 3]));
        Refused("but 4 shapes are given", () => ModelGraph.Of(new Recurrent().Forward, [2, 3], [2, 3], [], []));
        Refused("parameter 'count' is of type Int32", () => ModelGraph.Of("g", (Tensor<F32> x, int count) => x, [2]));
        Refused("the method gives Int32", () => ModelGraph.Of("g", (Tensor<F32> x) => 1, [2]));
        Refused("the result 'b' is null", () =>
            ModelGraph.Of("g", (Tensor<F32> x) => (A: x, B: (Tensor<F32>)null!), [2]));
        Refused("parameter 'node' is of type Endless", () => ModelGraph.Of("g", (Endless node) => node, [2]));
        Refused("add", () => ModelGraph.Of(new Recurrent().Forward, [2, 3], [2, 4], []));
    }

    private static void Refused(string message, Func<object> make) =>
        Assert.Contains(message, Assert.Throws<GraphException>(make).Message);

    private sealed record Endless(Endless Next, Endless Other);

    private sealed record Memory(Tensor<F32> Sum, Tensor<I64> Steps);

    private sealed class Recurrent : Module
    {
        public (Tensor<F32> Value, Tensor<Bool> Large, Memory Memory) Forward(Tensor<F32> x, Memory memory)
        {
            Tensor<F32> sum = memory.Sum + x;
            return (sum * 2, sum > Tensor<F32>.Scalar(5), memory with { Sum = sum, Steps = memory.Steps + 1 });
        }
    }
}
