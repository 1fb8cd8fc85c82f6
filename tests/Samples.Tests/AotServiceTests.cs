using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Sinter.Runtime;
using Sinter.Runtime.Files;
using Sinter.Runtime.Tests;

namespace Sinter.Samples.Tests;

/// <summary>The service, built for .NET; <c>.ci/service</c> loads the native one.</summary>
public sealed class AotServiceTests : IDisposable
{
    private const int Pixels = 28 * 28;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [UnixFact]
    public async Task Answers_refuses_and_stops()
    {
        SaveZeros(folder.File("w"));
        using Sample service = Sample.Start(
            "AotService", folder.Path, "--weights", "w", "--urls", "http://127.0.0.1:0");
        service.WaitFor("Application started");
        string address = Regex.Match(service.Output, @"http://127\.0\.0\.1:\d+").Value;
        using (var client = new HttpClient { BaseAddress = new Uri(address) })
        {
            // Weights of nothing find all digits equally likely.
            const string One = """{"digit":0,"probability":0.1}""";
            await Expect(client, new ByteArrayContent(new byte[Pixels]), HttpStatusCode.OK, $"[{One}]");
            await Expect(client, new ByteArrayContent(new byte[3 * Pixels]), HttpStatusCode.OK, $"[{One},{One},{One}]");
            await Expect(client, Chunked(2 * Pixels), HttpStatusCode.OK, $"[{One},{One}]");
            const string Refusal = """{"error":"the body must be 1 to 64 images of 28 \u00D7 28 bytes"}""";
            await Expect(client, new ByteArrayContent(new byte[Pixels + 1]), HttpStatusCode.BadRequest, Refusal);
            await Expect(client, new ByteArrayContent([]), HttpStatusCode.BadRequest, Refusal);
            await Expect(client, new ByteArrayContent(new byte[65 * Pixels]), HttpStatusCode.RequestEntityTooLarge, "");
            await Expect(client, Chunked(65 * Pixels), HttpStatusCode.RequestEntityTooLarge, "");
            Assert.Equal("""{"status":"ok","contexts":1}""", await client.GetStringAsync("/health"));
        }

        using Process kill = Process.Start("kill", ["-TERM", $"{service.ProcessId}"]);
        Assert.Equal(0, service.Wait());
        Assert.Empty(service.Errors);
    }

    [Fact]
    public void Missing_weights_are_an_error_of_one_line()
    {
        using Sample service = Sample.Run("AotService", folder.Path, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, service.Wait());
        Assert.StartsWith("error: there are no weights: neither embedded nor in ", service.Error);
    }

    private static async Task Expect(HttpClient client, HttpContent body, HttpStatusCode code, string answer)
    {
        using HttpResponseMessage response = await client.PostAsync("/predict", body);
        Assert.Equal((code, answer), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    // A stream of unknown length is sent in pieces.
    private static StreamContent Chunked(int bytes) => new(new Unseekable(new byte[bytes]));

    private static void SaveZeros(string path)
    {
        (string Name, long[] Shape)[] tensors =
        [
            ("c1.weight", [6, 1, 5, 5]), ("c1.bias", [6]), ("c2.weight", [16, 6, 5, 5]), ("c2.bias", [16]),
            ("f1.weight", [120, 400]), ("f1.bias", [120]), ("f2.weight", [84, 120]), ("f2.bias", [84]),
            ("f3.weight", [10, 84]), ("f3.bias", [10]),
        ];
        SafetensorsWriter.Write(path, tensors.Select(tensor => new SafetensorsTensor(
            tensor.Name, ElementType.F32, tensor.Shape,
            stream => stream.Write(new byte[4 * tensor.Shape.Aggregate(1L, (a, b) => a * b)]))));
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
