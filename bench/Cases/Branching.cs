using Sinter.Modules;

namespace Sinter.Bench.Cases;

/// <summary>A classifier that leaves early, beside one that computes both ways and chooses.</summary>
internal static class Branching
{
    private const int Batch = 64;
    private const int Width = 256;
    private const int Depth = 6;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => new[] { true, false }.Select(isEarly =>
        new Case(Name(isEarly), (session, threads) => Run(session, threads, isEarly)));

    private static string Name(bool isEarly) => isEarly ? "branch/exit-early" : "branch/exit-late";

    private static Result Run(Session session, int threads, bool isEarly)
    {
        using var branches = new Runnable(Net(branches: true), threads);
        using var both = new Runnable(Net(branches: false), threads);
        foreach (Runnable one in new[] { branches, both })
        {
            one.Context.Input<float>("threshold")[0] = isEarly ? 0 : 2;
        }

        var chosen = new Timing();
        var whole = new Timing();
        Measure.Alternate(
            session.Options.Seconds, (new Subject(() => branches.Context.Run()), chosen),
            (new Subject(() => both.Context.Run()), whole));
        FormattableString note =
            $"both ways computed {whole.MedianMs:0.0000} ms; at best {chosen.ShortestMs:0.0000} and {whole.ShortestMs:0.0000} ms";
        return new Result(Name(isEarly), threads, chosen.MedianMs)
        {
            P95Ms = chosen.P95Ms,
            Note = FormattableString.Invariant(note),
        };
    }

    private static Graph Net(bool branches)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", Batch, Width);
        var early = new Linear(Width, 10);
        var late = new Sequential(
            [.. Enumerable.Range(0, Depth).SelectMany(_ => new Layer[] { new Linear(Width, Width), new ReLU() }),
             new Linear(Width, 10)]);
        Tensor<F32> soon = early.Call(x);
        Tensor<Bool> sure = (soon.Softmax(1).Max(1) > builder.Input<F32>("threshold")).All();
        Tensor<F32> y = branches
            ? Functional.Cond(sure, () => soon, () => late.Call(x))
            : Tensor.Where(sure, soon, late.Call(x));
        return Graph.Of("exit", ("y", y.Node));
    }
}
