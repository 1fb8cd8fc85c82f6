using Sinter.Compiler.Kernels;
using Sinter.Modules;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>Launches run beside each other where none waits for another, and share no memory then.</summary>
public sealed class ConcurrencyTests
{
    private const int Width = 48;

    public static TheoryData<string> Targets => ["wide", "narrow", "threads"];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Projections_of_one_input_run_beside_each_other(string target)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 24, Width);
        Output[] outputs = [.. Enumerable.Range(0, 3).Select(i => new Output("y" + i, x.MatMul(Weight("w" + i)).Node))];
        Plan plan = Compile(new Graph("projections", builder.Inputs, outputs, []), target);
        Concurrent group = Assert.Single(plan.Run.OfType<Concurrent>());
        Assert.Equal(3, group.Launches.Count(kernel => kernel.Name.Contains("contraction", StringComparison.Ordinal)));
        Simulate(plan, target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_layers_weights_change_beside_the_gradient_that_the_layer_in_front_waits_for(string target)
    {
        Plan plan = Compile(LaunchOrderTests.Perceptron(layers: 6, width: Width, batch: 24), target);
        Concurrent[] groups = [.. plan.Run.OfType<Concurrent>()];
        Assert.Contains(groups, group => group.Launches.Count(
            kernel => kernel.Name.Contains("contraction", StringComparison.Ordinal)) > 1);
        Assert.All(groups, group => AssertApart(group, plan));
        Simulate(plan, target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void So_do_launches_inside_a_loop(string target)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> start = Tensor<F32>.Full(0, 4, Width);
        var (first, second) = (Weight("a"), Weight("b"));
        var (last, all) = Functional.Scan((start, start), builder.Input<F32>("x", 5, 4, Width), (state, slice) =>
        {
            Tensor<F32> h = (state.First.MatMul(first) + slice).Tanh();
            Tensor<F32> c = (state.Second.MatMul(second) - slice).Tanh();
            return ((h, c), h);
        });
        Plan plan = Compile(Graph.Of("loop", ("y", all.Node), ("c", last.Second.Node)), target);
        Assert.Contains(Assert.Single(plan.Run.OfType<Loop>()).Body, step => step is Concurrent);
        Simulate(plan, target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Both_directions_of_a_recurrent_net_are_one_loop(string target)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 5, 4, Width);
        Output[] outputs = [.. new[] { false, true }.Select(reversed =>
        {
            string name = reversed ? "backwards" : "forwards";
            var (input, own) = (Weight(name + ".input"), Weight(name + ".own"));
            return new Output(name, Functional.Scan(Tensor<F32>.Full(0, 4, Width), x, (state, slice) =>
            {
                Tensor<F32> next = (slice.MatMul(input) + state.MatMul(own)).Tanh();
                return (next, next);
            }, reversed).Outputs.Node);
        })];
        Plan plan = Compile(new Graph("directions", builder.Inputs, outputs, []), target);
        Loop loop = Assert.Single(plan.Run.OfType<Loop>());
        Assert.Equal([false, true], loop.Moves.OfType<Slice>().Select(slice => slice.IsReversed).Distinct());
        Assert.Equal(2, Assert.IsType<Concurrent>(Assert.Single(loop.Body)).Launches.Count);
        Simulate(plan, target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void And_inside_a_branch(string target)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 24, Width);
        var (first, second) = (Weight("a"), Weight("b"));
        Tensor<F32> y = Functional.Cond(
            x.Sum().Reshape() > 0, () => x.MatMul(first).Tanh().MatMul(x.MatMul(second).Transpose(0, 1)),
            () => x.MatMul(x.Transpose(0, 1)));
        Plan plan = Compile(Graph.Of("branch", ("y", y.Node)), target);
        Branch branch = Assert.Single(plan.Run.OfType<Branch>());
        Assert.Contains(branch.Then, step => step is Concurrent);
        Assert.DoesNotContain(branch.Otherwise, step => step is Concurrent);
        Simulate(plan, target);
    }

    // A test of the simulator, on which the others rely.
    [Fact]
    public void Launches_that_wait_for_each_other_are_seen_where_they_stand_beside_each_other()
    {
        Plan plan = Compile(LaunchOrderTests.Perceptron(layers: 3, width: 16, batch: 24), "narrow");
        int caught = 0;
        for (int i = 0; i + 1 < plan.Run.Count; i++)
        {
            if (plan.Run[i] is not Kernel first || plan.Run[i + 1] is not Kernel second
                || !second.Read.Any(first.Written.Contains))
            {
                continue;
            }

            List<Step> run = [.. plan.Run];
            run.RemoveRange(i, 2);
            run.Insert(i, new Concurrent([first, second]));
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Simulate(plan with { Run = run }, "narrow"));
            caught++;
        }

        Assert.True(caught > 0, "no launch reads what the one in front of it writes");
    }

    [Fact]
    public void Large_launches_stay_alone()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 1 << 15, 512);
        Output[] outputs = [.. Enumerable.Range(0, 2).Select(
            i => new Output("y" + i, x.MatMul(Weight("w" + i, 512)).Node))];
        Plan plan = Compile(new Graph("large", builder.Inputs, outputs, []), "wide");
        Assert.Empty(plan.Run.OfType<Concurrent>());
    }

    private static Tensor<F32> Weight(string name, int width = Width) => new(new Parameter(
        name, new TensorType(DType.F32, new Shape(width, width)), Initializer.Uniform(-0.1, 0.1),
        StateKind.Parameter).Node);

    private static Plan Compile(Graph graph, string name) => Pipeline.Compile(
        graph, new PipelineOptions(LaunchOrderTests.Named(name), Check: true));

    // Blocks of threads share memory that the simulator does not know.
    private static void Simulate(Plan plan, string target)
    {
        if (target != "threads")
        {
            PlanSimulator.Run(plan, symbol => symbol.Max, backwards: false);
            PlanSimulator.Run(plan, symbol => symbol.Max, backwards: true);
        }
    }

    // By addresses: what one writes, no other touches.
    private static void AssertApart(Concurrent group, Plan plan)
    {
        foreach (Kernel kernel in group.Launches)
        {
            foreach (Kernel other in group.Launches.Where(other => other != kernel))
            {
                foreach (Buffer written in kernel.Written)
                {
                    Assert.DoesNotContain(other.Buffers, buffer => Overlap(written, buffer, plan));
                }
            }
        }
    }

    private static bool Overlap(Buffer left, Buffer right, Plan plan)
    {
        var (one, two) = (plan.Placements[left], plan.Placements[right]);
        return one.Space == two.Space && (one.Space != Space.Arena
            ? one.Offset == two.Offset
            : one.Offset < two.Offset + Plan.ReservedBytes(right) && two.Offset < one.Offset + Plan.ReservedBytes(left));
    }
}
