using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Digits;

/// <summary>What a prediction is.</summary>
/// <param name="Digit">The digit read.</param>
/// <param name="Probability">How sure the model is, from 0 to 1.</param>
internal readonly record struct Prediction(int Digit, float Probability);

/// <summary>
/// The model for all requests: one program, one state, and a context for each request that computes. A run is on the
/// request's own thread, because requests are what there is many of.
/// </summary>
internal sealed class Predictor : IDisposable
{
    private readonly ModelState state;
    private readonly WorkerPool workers = new(threads: 1);
    private readonly ContextPool contexts;

    public Predictor(string? weights)
    {
        var program = new LeNet5Program();
        using SafetensorsFile file = DigitReader.OpenWeights(weights);
        state = ModelState.FromFile(file, program);
        contexts = new ContextPool(program, state, Environment.ProcessorCount, workers);
    }

    /// <summary>How many contexts were made so far; it stays at the number of processors at most.</summary>
    public int Contexts => contexts.Created;

    /// <summary>Reads images, each 28 × 28 bytes, one after another.</summary>
    /// <param name="images">The images.</param>
    /// <param name="predictions">Receives one prediction for each.</param>
    /// <param name="cancellation">Cancelled when the client has gone.</param>
    public async ValueTask ReadAsync(
        ReadOnlyMemory<byte> images, Memory<Prediction> predictions, CancellationToken cancellation)
    {
        using ContextPool.Lease lease = await contexts.RentAsync(cancellation);
        Run(lease.Context, images.Span, predictions.Span);
    }

    public void Dispose()
    {
        contexts.Dispose();
        workers.Dispose();
        state.Dispose();
    }

    private static void Run(ProgramContext context, ReadOnlySpan<byte> images, Span<Prediction> predictions)
    {
        context.SetSymbol("N", predictions.Length);
        ImageDataset.Normalise(images, context.Input<float>("images"));
        context.Run();
        ReadOnlySpan<float> logits = context.Output<float>("logits");
        for (int i = 0; i < predictions.Length; i++)
        {
            (int digit, float probability) =
                DigitReader.Judge(logits.Slice(i * DigitReader.Classes, DigitReader.Classes));
            predictions[i] = new Prediction(digit, probability);
        }
    }
}
