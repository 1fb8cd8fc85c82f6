using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sinter.Bench.Service;

/// <summary>One connection to the service. Sockets rather than HttpClient: ten thousand of them must not be what is
/// measured.</summary>
internal sealed class Client : IDisposable
{
    /// <summary>How much of a request is held back when it only begins.</summary>
    public const int Rest = 100;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };

    private readonly byte[] buffer = new byte[1024];

    /// <summary>The request that sends an image to be read.</summary>
    public static byte[] Request(ReadOnlySpan<byte> image)
    {
        string head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
            + $"Content-Length: {image.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. image];
    }

    public ValueTask ConnectAsync(IPEndPoint address) => socket.ConnectAsync(address, CancellationToken.None);

    /// <summary>Sends a request but for its last bytes.</summary>
    public async Task BeginAsync(byte[] request) => await socket.SendAsync(request.AsMemory(0, request.Length - Rest));

    /// <summary>Sends a request, or the rest of it, and waits for the whole answer.</summary>
    /// <returns>The answer's body and the milliseconds it took; nothing where the request was lost.</returns>
    public async Task<(string? Body, double Milliseconds)> AskAsync(byte[] request)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await socket.SendAsync(request);
            string? body = await ReceiveAsync();
            return (body, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (SocketException)
        {
            return (null, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    public void Dispose() => socket.Dispose();

    // The answers are small, and in one chunk.
    private async Task<string?> ReceiveAsync()
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(filled));
            filled += received;
            string text = Encoding.ASCII.GetString(buffer, 0, filled);
            if (text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                return text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? text.Split("\r\n")[^4] : null;
            }

            if (received == 0)
            {
                return null;
            }
        }

        return null;
    }
}
