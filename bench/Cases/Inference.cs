using Sinter.Reference;

namespace Sinter.Bench.Cases;

/// <summary>Models from input to logits.</summary>
internal static class Inference
{
    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => new[] { "mlp_b1", "mlp_b64", "lenet5_b1", "lenet5_b64" }.Select(name =>
        new Case("infer/" + name, (session, threads) => Run(session, threads, name)));

    private static Result Run(Session session, int threads, string name)
    {
        Graph graph = Model.Of(name).Inference();
        float[] input = Draw.Uniform(graph.Inputs[0].Shape.ElementCount.Value, 1);
        float[] output = new float[graph.Outputs[0].Node.Shape.ElementCount.Value];
        using var ours = new Runnable(graph, threads);
        ours.Context.Run<float, float>(input, output);
        ours.Context.Run<float, float>(input, output);
        Verify(graph, ours, input, output);
        var timing = new Timing();
        var subject = new Subject(() => ours.Context.Run<float, float>(input, output));
        PeerTime? peer = Comparison.Run(session, PeerTask.Inference, name, threads, subject, timing);
        var result = new Result("infer/" + name, threads, timing.MedianMs)
        {
            P95Ms = timing.P95Ms,
            Peer = peer?.Peer,
            PeerMs = peer?.MedianMs,
            Note = peer?.Others,
        };
        return session.WithArithmetic(result, Model.Operations(graph));
    }

    private static void Verify(Graph graph, Runnable ours, float[] input, float[] output)
    {
        long[] shape = [.. graph.Inputs[0].Shape.Select(extent => extent.Value)];
        var inputs = new Dictionary<string, TensorValue> { ["x"] = Check.Value(input, shape) };
        InterpreterResult expected = Interpreter.Run(graph, inputs, ours.InitialState());
        Check.Close("logits", output, expected.Outputs["logits"].Floats, 1e-5);
    }
}
