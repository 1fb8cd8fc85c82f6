using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>What is prepared from state belongs to it: contexts share it, whatever runs when.</summary>
public sealed class SharedPreparationTests
{
    private const int Width = 128;
    private const int Contexts = 10;

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Ten_contexts_pack_the_weights_once(string engine)
    {
        Graph graph = Model();
        using Opened first = Opened.On(engine, graph);
        long packed = first.State.PreparedBytes;
        Assert.True(packed >= 2 * Width * Width * sizeof(float), $"{packed} bytes are prepared");
        Assert.True(first.Program.PeakBytes < packed, "the arena holds packed weights");
        var others = Enumerable.Range(1, Contexts - 1).Select(_ => first.Again()).ToArray();
        Assert.Equal(packed, first.State.PreparedBytes);

        float[] expected = Run(first.Context, 3);
        Parallel.ForEach(others, context => Assert.Equal(expected, Run(context, 3)));

        // Other weights: whoever runs first prepares for all.
        first.State.Set<float>("first", Enumerable.Range(0, Width * Width).Select(i => MathF.Cos(i)).ToArray());
        float[][] changed = new float[others.Length][];
        Parallel.For(0, others.Length, i => changed[i] = Run(others[i], 3));
        Assert.All(changed, values => Assert.Equal(changed[0], values));
        Assert.NotEqual(expected, changed[0]);
        Assert.Equal(changed[0], Run(first.Context, 3));
        Array.ForEach(others, context => context.Dispose());
        Assert.Equal(packed, first.State.PreparedBytes);
        first.Context.Dispose();
        Assert.Equal(0, first.State.PreparedBytes);
    }

    [Fact]
    public void A_context_without_room_leaves_nothing_prepared()
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", Symbol.Create("N", 1, 1L << 50), Width);
        Program program = JitCompiler.Compile(
            Graph.Of("large", ("y", x.MatMul(Weight("first")).Sum(0).Node)), new JitOptions { CacheDirectory = null });
        using var state = new ModelState(1, program);
        Assert.Throws<RunException>(() => new ProgramContext(program, state));
        Assert.Equal(0, state.PreparedBytes);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Weights_that_a_run_changes_are_seen_by_programs_that_pack_them(string engine)
    {
        Tensor<F32> weight = Weight("first");
        Graph update = new("update", [], [], [new Update(weight.Node, (weight * 0.5).Node)]);
        using Opened model = Opened.On(engine, Model());
        float[] before = Run(model.Context, 2);
        using (ProgramContext half = model.Beside(engine, update))
        {
            half.Run();
        }

        float[] after = Run(model.Context, 2);
        using Opened fresh = Opened.On(engine, Model());
        fresh.State.Set("first", model.State.Get<float>("first"));
        fresh.State.Set("second", model.State.Get<float>("second"));
        Assert.Equal(Run(fresh.Context, 2), after);
        Assert.NotEqual(before, after);
    }

    private static float[] Run(ProgramContext context, int scale)
    {
        Span<float> x = context.Input<float>("x");
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = MathF.Sin(i * scale);
        }

        context.Run();
        return context.Output<float>("y").ToArray();
    }

    // Weights that have to be computed, whoever multiplies them.
    private static Graph Model()
    {
        Tensor<F32> x = new GraphBuilder(captureSource: false).Input<F32>("x", 16, Width);
        Tensor<F32> hidden = x.MatMul((Weight("first") * 2).Softmax(1).Transposed).Relu();
        Tensor<F32> y = hidden.MatMul((Weight("second") + 1).Softmax(1).Transposed);
        return Graph.Of("shared", ("y", y.Node));
    }

    private static Tensor<F32> Weight(string name) => new(new Parameter(
        name, new TensorType(DType.F32, new Shape(Width, Width)), Initializer.Uniform(-1, 1)).Node);
}
