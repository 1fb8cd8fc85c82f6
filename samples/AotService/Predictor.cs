using System.Buffers;
using System.Text.Json;
using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Digits;

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
        var program = LeNet5.Compiled.Program;
        using SafetensorsFile file = DigitReader.OpenWeights(weights);
        state = ModelState.FromFile(file, program);
        contexts = new ContextPool(program, state, Environment.ProcessorCount, workers);
    }

    /// <summary>How many contexts were made so far; it stays at the number of processors at most.</summary>
    public int Contexts => contexts.Created;

    /// <summary>Reads images, each 28 × 28 bytes, one after another, and writes what they are read as.</summary>
    /// <param name="images">The images, at most 64.</param>
    /// <param name="answer">Receives a JSON array of digits and probabilities.</param>
    /// <param name="cancellation">Cancelled when the client has gone.</param>
    public async ValueTask ReadAsync(
        ReadOnlySequence<byte> images, IBufferWriter<byte> answer, CancellationToken cancellation)
    {
        using ContextPool.Lease lease = await contexts.RentAsync(cancellation);
        Write(Run(lease.Context, images), answer);
    }

    public void Dispose()
    {
        contexts.Dispose();
        workers.Dispose();
        state.Dispose();
    }

    // The logits (count, 10).
    private static ReadOnlySpan<float> Run(ProgramContext context, ReadOnlySequence<byte> images)
    {
        context.SetSymbol("N", images.Length / DigitReader.Pixels);
        Span<float> rest = context.Input<float>("images");
        foreach (ReadOnlyMemory<byte> part in images)
        {
            ImageDataset.Normalise(part.Span, rest);
            rest = rest[part.Length..];
        }

        context.Run();
        return context.Output<float>("logits");
    }

    private static void Write(ReadOnlySpan<float> logits, IBufferWriter<byte> answer)
    {
        using var json = new Utf8JsonWriter(answer);
        json.WriteStartArray();
        for (; logits.Length > 0; logits = logits[DigitReader.Classes..])
        {
            (int digit, float probability) = DigitReader.Judge(logits[..DigitReader.Classes]);
            json.WriteStartObject();
            json.WriteNumber("digit"u8, digit);
            json.WriteNumber("probability"u8, probability);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
