using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Slices of state that a run writes: where they are, and nothing else.</summary>
public sealed class CacheTests
{
    private const int Heads = 2;
    private const int Time = 24;
    private const int Size = 20;

    private static readonly Parameter Cache = new(
        "cache", new TensorType(DType.F32, new Shape(Heads, Time, Size)), Initializer.Zeros, StateKind.Cache);

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Slices_go_to_their_positions_and_no_cache_is_copied(string engine)
    {
        Graph graph = Decoder(keepsOld: false);
        Assert.DoesNotContain(Compile(graph, engine).Kernels, kernel => kernel.IsCopy);
        Assert.Equal(Expected(keepsOld: false), Decode(engine, graph));
    }

    // The old cache is read after the new one is made: both must be there.
    [Theory]
    [MemberData(nameof(Engines))]
    public void A_cache_that_is_read_as_it_was_is_copied_first(string engine)
    {
        Graph graph = Decoder(keepsOld: true);
        Assert.Contains(Compile(graph, engine).Kernels, kernel => kernel.IsCopy);
        Assert.Equal(Expected(keepsOld: true), Decode(engine, graph));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_slice_that_does_not_fit_is_an_error_and_changes_nothing(string engine)
    {
        using Opened opened = Opened.On(engine, Decoder(keepsOld: false));
        Step(opened.Context, 3);
        float[] before = opened.State.Get<float>("cache").ToArray();
        foreach (int position in new[] { Time - 1, -1, Time, int.MaxValue })
        {
            var error = Assert.Throws<RunException>(() => Step(opened.Context, position));
            Assert.Contains("row", error.Message);
            Assert.Equal(before, opened.State.Get<float>("cache").ToArray());
        }

        Step(opened.Context, Time - 2);
        Assert.NotEqual(before, opened.State.Get<float>("cache").ToArray());
    }

    // Two positions at a time.
    private static Graph Decoder(bool keepsOld)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<I64> at = builder.Input<I64>("at", 1);
        Tensor<F32> slice = builder.Input<F32>("slice", Heads, 2, Size);
        var old = new Tensor<F32>(Cache.Node);
        Tensor<F32> next = old.UpdateSlice(1, at, slice * 2);
        Tensor<F32> read = next.SliceAt(1, at, 2).Sum(1) + next.Sum(1);
        Tensor<F32> y = keepsOld ? read - (old * (read.Unsqueeze(1) + 1)).Sum(1) : read;
        return new Graph("decoder", builder.Inputs, [new Output("y", y.Node)], [new Update(Cache.Node, next.Node)]);
    }

    private static Plan Compile(Graph graph, string engine) => Pipeline.Compile(graph, new PipelineOptions(
        engine == "cuda" ? CudaTarget.Processor : CSharpTarget.Find(engine)!.Processor, Check: true));

    private static readonly int[] Positions = [0, 2, 4, 22, 5, 3, 3];

    private static float[] Decode(string engine, Graph graph)
    {
        using Opened opened = Opened.On(engine, graph);
        List<float> all = [];
        foreach (int position in Positions)
        {
            all.AddRange(Step(opened.Context, position));
        }

        return [.. all, .. opened.State.Get<float>("cache").ToArray()];
    }

    private static float[] Step(ProgramContext context, int position)
    {
        context.Input<long>("at")[0] = position;
        Fill(context.Input<float>("slice"), position);
        context.Run();
        return context.Output<float>("y").ToArray();
    }

    // Whole numbers, so that sums are exact in any order.
    private static void Fill(Span<float> slice, int position)
    {
        for (int i = 0; i < slice.Length; i++)
        {
            slice[i] = ((i * 7) + position) % 5;
        }
    }

    private static float[] Expected(bool keepsOld)
    {
        float[] cache = new float[Heads * Time * Size];
        float[] slice = new float[Heads * 2 * Size];
        List<float> all = [];
        foreach (int position in Positions)
        {
            float[] old = [.. cache];
            Fill(slice, position);
            for (int i = 0; i < slice.Length; i++)
            {
                var (head, row, k) = (i / (2 * Size), i / Size % 2, i % Size);
                cache[(((head * Time) + position + row) * Size) + k] = 2 * slice[i];
            }

            for (int i = 0; i < Heads * Size; i++)
            {
                var (head, k) = (i / Size, i % Size);
                float Sum(float[] values, int first, int count) => Enumerable.Range(first, count)
                    .Sum(t => values[(((head * Time) + t) * Size) + k]);
                float read = Sum(cache, position, 2) + Sum(cache, 0, Time);
                all.Add(keepsOld ? read - (Sum(old, 0, Time) * (read + 1)) : read);
            }
        }

        return [.. all, .. cache];
    }
}
