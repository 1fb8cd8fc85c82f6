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

    /// <summary>Reads the images of a request's body: 784 bytes each, white ink on black, up to 64 of them.</summary>
    public async Task Predict(HttpContext context)
    {
        // The body stays in the connection's own buffers, and a context is held for microseconds only: a client that is
        // slow keeps nobody waiting.
        PipeReader body = context.Request.BodyReader;
        ReadResult read = await body.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted && read.Buffer.Length <= MaximumBytes)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync(context.RequestAborted);
        }

        ReadOnlySequence<byte> images = read.Buffer;
        if (images.Length is 0 or > MaximumBytes || images.Length % DigitReader.Pixels != 0)
        {
            body.AdvanceTo(images.End);
            await Refuse(context);
            return;
        }

        context.Response.ContentType = "application/json";
        await predictor.ReadAsync(images, context.Response.BodyWriter, context.RequestAborted);
        body.AdvanceTo(images.End);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
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
