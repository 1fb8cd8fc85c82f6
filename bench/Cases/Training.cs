using Sinter.Reference;

namespace Sinter.Bench.Cases;

/// <summary>Whole training steps.</summary>
internal static class Training
{
    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => new[] { "mlp_b64", "lenet5_b64" }.Select(name =>
        new Case("train/" + name, (session, threads) => Run(session, threads, name)));

    private static Result Run(Session session, int threads, string name)
    {
        var model = Model.Of(name);
        Graph graph = model.TrainingStep();
        // The seed is one without ties: where the two largest elements of a pooling window are equal to the last bits,
        // rounding decides which of them has the gradient, and ours and the interpreter's differ without being wrong.
        float[] images = Draw.Uniform(graph.Inputs[0].Shape.ElementCount.Value, 3);
        long[] labels = Draw.Labels((int)graph.Inputs[1].Shape[0].Value, model.Classes, 2);
        using var ours = new Runnable(graph, threads);
        images.CopyTo(ours.Context.Input<float>("x"));
        labels.CopyTo(ours.Context.Input<long>("labels"));
        ours.Context.Run();
        Verify(graph, ours, images, labels);

        // Each round starts from the same state: a model that has learnt its only batch by heart multiplies denormals.
        var timing = new Timing();
        var subject = new Subject(ours.Context.Run, ours.Reset);
        PeerTime? peer = Comparison.Run(session, PeerTask.Training, name, threads, subject, timing);
        var result = new Result("train/" + name, threads, timing.MedianMs)
        {
            P95Ms = timing.P95Ms,
            Peer = peer?.Peer,
            PeerMs = peer?.MedianMs,
            Note = peer?.Others,
        };
        return session.WithArithmetic(result, Model.Operations(graph));
    }

    private static void Verify(Graph graph, Runnable ours, float[] images, long[] labels)
    {
        long[] shape = [.. graph.Inputs[0].Shape.Select(extent => extent.Value)];
        var inputs = new Dictionary<string, TensorValue>
        {
            ["x"] = Check.Value(images, shape),
            ["labels"] = new(DType.I64, [labels.Length], labels),
        };
        InterpreterResult expected = Interpreter.Run(graph, inputs, ours.InitialState());
        Check.Close("loss", ours.Context.Output<float>("loss"), expected.Outputs["loss"].Floats, 1e-5);
        foreach ((string state, TensorValue value) in expected.Updates)
        {
            // Adam's first step is the learning rate times the gradient's sign, which rounding turns where the gradient
            // is next to nothing; the moments tell whether gradients are right.
            if (!value.Type.IsFloat())
            {
                continue;
            }

            bool isParameter = ours.Program.Table.State.Any(
                entry => entry.Name == state && entry.Kind == Runtime.Programs.StateKind.Parameter);
            Check.Close(state, ours.State.Get<float>(state), value.Floats, isParameter ? 2.1e-3 : 1e-6);
        }
    }
}
