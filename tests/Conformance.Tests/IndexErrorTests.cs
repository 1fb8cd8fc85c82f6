using System.Runtime.InteropServices;
using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>An index out of range is told in every run, with where it stands, and nothing has changed then.</summary>
public sealed class IndexErrorTests
{
    private readonly GraphBuilder builder = new(captureSource: false);

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_index_names_its_input_and_the_first_position(string engine)
    {
        Symbol n = Symbol.Create("N", 1, 5000);
        Tensor<F32> rows = builder.Input<F32>("table", 7, 3).IndexSelect(0, builder.Input<I64>("rows", n, 4));
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", rows.Node)));
        for (int run = 0; run < 3; run++)
        {
            opened.Context.SetSymbol("N", 5000);
            Span<long> indices = opened.Context.Input<long>("rows");
            indices.Clear();
            indices[(4500 * 4) + 1] = 8;
            indices[(1234 * 4) + 2] = -3;
            indices[(4999 * 4) + 3] = 7;
            Refused("row -3 is out of range, valid are 0 to 6: input 'rows' at [1234, 2]", opened);
            indices.Clear();
            opened.Context.Run();
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_index_in_state_is_told_in_every_run(string engine)
    {
        Tensor<F32> rows = builder.Input<F32>("x", 2, 2) + Table(4, 2).IndexSelect(0, Places(2));
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", rows.Node)));
        opened.State.Set<long>("places", [1, 4]);
        for (int run = 0; run < 3; run++)
        {
            Refused("row 4 is out of range, valid are 0 to 3: state 'places' at [1]", opened);
        }

        opened.State.Set<long>("places", [1, 3]);
        opened.Context.Run();
        opened.State.Set<long>("places", [9, 3]);
        Refused("row 9 is out of range, valid are 0 to 3: state 'places' at [0]", opened);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_computed_index_is_told_too_and_an_index_of_an_index_after_it(string engine)
    {
        Tensor<I64> inner = builder.Input<I64>("first", 5).IndexSelect(0, builder.Input<I64>("second", 3));
        Tensor<F32> y = builder.Input<F32>("x", 6).IndexSelect(0, inner * 2 + 1);
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", y.Node)));
        opened.Context.Input<long>("first").Fill(3);
        opened.Context.Input<long>("second").Clear();
        Refused("row 7 is out of range, valid are 0 to 5: computed at [0]", opened);
        opened.Context.Input<long>("second")[2] = 5;
        Refused("row 5 is out of range, valid are 0 to 4: input 'second' at [2]", opened);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Where_there_is_no_row_no_memory_is_touched(string engine)
    {
        Tensor<I64> indices = builder.Input<I64>("indices", 3);
        Tensor<F32> scattered = builder.Input<F32>("x", 3, 2000).ScatterAdd(0, indices, 0);
        Tensor<F32> none = builder.Input<F32>("t", 0, 10_000_000);
        Tensor<F32> chosen = none.IndexSelect(0, builder.Input<I64>("k", 2)).Sum();
        using Opened opened = Opened.On(
            engine, Graph.Of("g", ("scattered", scattered.Node), ("chosen", chosen.Node)));
        opened.Context.Input<long>("indices").Clear();
        opened.Context.Input<long>("k").Clear();
        Refused("row 0 is out of range, there is none: input 'indices' at [0]", opened);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_index_checked_against_more_than_there_is_stays_inside(string engine)
    {
        Tensor<I64> wide = builder.Input<I64>("i", 2).CheckIndex(1L << 40, "key");
        Tensor<F32> x = builder.Input<F32>("x", 4);
        Node y = builder.Make(Op.Gather, new AxisAttributes(0), x.Node, wide.Node);
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", y)));
        opened.Context.Input<long>("i").Clear();
        opened.Context.Input<long>("i")[1] = 1L << 39;
        Refused("row 549755813888 is out of range, valid are 0 to 3: input 'i' at [1]", opened);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_step_with_a_bad_label_changes_no_bit_of_the_state(string engine)
    {
        Symbol n = Symbol.Create("N", 1, 16);
        var training = new GraphBuilder(captureSource: false, training: true);
        var model = new Mlp();
        Tensor<F32> logits = model.Call(training.Input<F32>("x", n, 6));
        Tensor<F32> loss = Losses.CrossEntropy(logits, training.Input<I64>("labels", n));
        using Opened opened = Opened.On(
            engine, TrainingStep.Build("step", loss, new Adam(1e-2), [.. model.Parameters]));
        Fill(opened.Context, 16);
        opened.Context.Run();
        Dictionary<string, byte[]> before = Bits(opened);
        opened.Context.Input<long>("labels")[11] = 5;
        for (int run = 0; run < 3; run++)
        {
            Refused("class 5 is out of range, valid are 0 to 4: input 'labels' at [11]", opened);
            Assert.Equal(before, Bits(opened));
        }

        opened.Context.Input<long>("labels")[11] = 4;
        opened.Context.Run();
        Assert.NotEqual(before, Bits(opened));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void State_is_not_changed_before_an_index_that_is_computed_late(string engine)
    {
        var counter = new Parameter(
            "counter", new TensorType(DType.F32, new Shape(4)), Initializer.Zeros, StateKind.Buffer);
        Tensor<F32> next = new Tensor<F32>(counter.Node) + 1;
        Tensor<I64> best = (next * builder.Input<F32>("x", 4)).ArgMax(0) + builder.Input<I64>("shift");
        Tensor<F32> y = builder.Input<F32>("table", 4).IndexSelect(0, best.Reshape(1));
        var graph = new Graph(
            "g", builder.Inputs, [new Output("y", y.Node)], [new Update(counter.Node, next.Node)]);
        using Opened opened = Opened.On(engine, graph);
        new float[] { 0, 1, 3, 2 }.CopyTo(opened.Context.Input<float>("x"));
        opened.Context.Input<long>("shift")[0] = 2;
        Refused("row 4 is out of range, valid are 0 to 3: computed at [0]", opened);
        Assert.Equal([0f, 0, 0, 0], opened.State.Get<float>("counter").ToArray());
        opened.Context.Input<long>("shift")[0] = 1;
        opened.Context.Run();
        Assert.Equal([1f, 1, 1, 1], opened.State.Get<float>("counter").ToArray());
    }

    private static void Refused(string message, Opened opened)
    {
        string told = Assert.Throws<RunException>(opened.Context.Run).Message;
        Assert.EndsWith(message, told);
    }

    private static Dictionary<string, byte[]> Bits(Opened opened) => opened.Context.Program.Table.State.ToDictionary(
        entry => entry.Name, entry => entry.Type == ElementType.I64
            ? MemoryMarshal.AsBytes(opened.State.Get<long>(entry.Name)).ToArray()
            : entry.Type == ElementType.F64 ? MemoryMarshal.AsBytes(opened.State.Get<double>(entry.Name)).ToArray()
            : MemoryMarshal.AsBytes(opened.State.Get<float>(entry.Name)).ToArray());

    private static void Fill(ProgramContext context, int rows)
    {
        var random = new Random(3);
        context.SetSymbol("N", rows);
        foreach (ref float x in context.Input<float>("x"))
        {
            x = random.NextSingle();
        }

        foreach (ref long label in context.Input<long>("labels"))
        {
            label = random.Next(5);
        }
    }

    private static Tensor<F32> Table(params Dimension[] shape) => new(new Parameter(
        "table", new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(0.5, 1)).Node);

    private static Tensor<I64> Places(int count) => new(new Parameter(
        "places", new TensorType(DType.I64, new Shape(count)), Initializer.Zeros, StateKind.Buffer).Node);

    private sealed class Mlp : Layer
    {
        private readonly Linear hidden;
        private readonly Linear last;

        public Mlp()
        {
            hidden = Register("hidden", new Linear(6, 32));
            last = Register("last", new Linear(32, 5));
        }

        protected override Tensor<F32> Forward(Tensor<F32> x) =>
            last.Call(hidden.Call(x).Relu().Dropout(0.2));
    }
}
