using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Digits;

/// <summary>What the service answers.</summary>
internal sealed class Endpoints(Predictor predictor)
{
    /// <summary>The largest body that makes sense.</summary>
    public const int MaximumBytes = DigitReader.MaximumBatch * DigitReader.Pixels;

    /// <summary>Whether the service can answer, and how many contexts it holds.</summary>
    public async Task Health(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status"u8, "ok"u8);
        json.WriteNumber("contexts"u8, predictor.Contexts);
        json.WriteEndObject();
    }

    /// <summary>The digits on the images of a request's body: 784 bytes each, white ink on black, up to 64 of them.</summary>
    public async Task Predict(HttpContext context)
    {
        // Nothing is held while a client is slow: buffers of the pool, and then a context for microseconds.
        byte[] images = ArrayPool<byte>.Shared.Rent(MaximumBytes + 1);
        Prediction[] predictions = ArrayPool<Prediction>.Shared.Rent(DigitReader.MaximumBatch);
        try
        {
            int bytes = await Fill(context.Request.BodyReader, images, context.RequestAborted);
            int count = bytes / DigitReader.Pixels;
            if (count is 0 or > DigitReader.MaximumBatch || bytes % DigitReader.Pixels != 0)
            {
                await Refuse(context);
                return;
            }

            await predictor.ReadAsync(images.AsMemory(0, bytes), predictions.AsMemory(0, count), context.RequestAborted);
            await Answer(context, predictions.AsMemory(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(images);
            ArrayPool<Prediction>.Shared.Return(predictions);
        }
    }

    // Reads to the end, or to one byte more than is wanted: then it is too much.
    private static async ValueTask<int> Fill(PipeReader body, byte[] buffer, CancellationToken cancellation)
    {
        int filled = 0;
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellation);
            long room = MaximumBytes + 1 - filled;
            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, room));
            part.CopyTo(buffer.AsSpan(filled));
            filled += (int)part.Length;
            body.AdvanceTo(part.End);
            if (read.IsCompleted || filled > MaximumBytes)
            {
                return filled;
            }
        }
    }

    private static async Task Answer(HttpContext context, ReadOnlyMemory<Prediction> predictions)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartArray();
        foreach (Prediction prediction in predictions.Span)
        {
            json.WriteStartObject();
            json.WriteNumber("digit"u8, prediction.Digit);
            json.WriteNumber("probability"u8, prediction.Probability);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static async Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("error"u8, "the body must be 1 to 64 images of 28 × 28 bytes"u8);
        json.WriteEndObject();
    }
}
