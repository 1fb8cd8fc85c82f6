using System.Diagnostics;

namespace Sinter.Bench.Service;

/// <summary>
/// Many requests at once, each on a connection of its own, sent when all connections stand: what comes back, after how
/// long, and what it costs the service in memory.
/// </summary>
internal sealed class LoadTest(ServiceProcess service, int requests, int rounds)
{
    private const int Pixels = 28 * 28;
    private const int Images = 64;

    // The first rounds leave the memory of ten thousand connections behind; later ones must not add to it. When garbage
    // is collected is chance: so the least of the later rounds counts, against the most of the earlier.
    private const double MostGrowth = 1.05;

    // Long enough for the service to have read what there is.
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(1);

    private readonly byte[][] questions = [.. Enumerable.Range(0, Images).Select(Question)];
    private readonly string[] answers = new string[Images];

    /// <summary>Runs all rounds and the stop.</summary>
    /// <returns>Whether nothing was lost, memory stayed flat, and the service ended as asked.</returns>
    public async Task<bool> RunAsync()
    {
        await service.WaitAsync();
        await LearnAnswersAsync();
        Say($"{requests} requests at once, {rounds} times; memory before: {Megabytes(service.Memory):F1} MB");
        int lost = 0;
        var memory = new List<long>();
        for (int round = 1; round <= rounds; round++)
        {
            lost += await RoundAsync(round);
            memory.Add(service.Memory);
        }

        int half = (rounds + 1) / 2;
        double growth = (double)memory.TakeLast(half).Min() / memory.Take(half).Max();
        Say($"memory: least of the last {half} rounds / most of the first {half}: {growth:F2}");
        bool stopped = await StopAsync();
        Say($"lost: {lost}; stopped with all requests answered: {(stopped ? "yes" : "no")}");
        return lost == 0 && stopped && growth <= MostGrowth;
    }

    private static byte[] Question(int number)
    {
        var image = new byte[Pixels];
        new Random(number).NextBytes(image);
        return Client.Request(image);
    }

    // One at a time, nothing can be confused: what a request answers under load must be the same.
    private async Task LearnAnswersAsync()
    {
        using var client = new Client();
        await client.ConnectAsync(service.Address);
        for (int i = 0; i < Images; i++)
        {
            (string? body, _) = await client.AskAsync(questions[i]);
            answers[i] = body ?? throw new InvalidOperationException("the service refuses a single request");
        }
    }

    private async Task<int> RoundAsync(int round)
    {
        Client[] clients = await ConnectAsync(requests);
        long start = Stopwatch.GetTimestamp();
        (string? Body, double Milliseconds)[] results = await SendAsync(clients);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] times = [.. results.Select(result => result.Milliseconds).Order()];
        int lost = results.Where((result, i) => result.Body != answers[i % Images]).Count();
        double At(double share) => times[(int)((times.Length - 1) * share)];
        Say($"round {round}: lost {lost}, {requests / seconds:F0}/s, memory {Megabytes(service.Memory):F1} MB");
        Say($"  milliseconds: p50 {At(0.5):F0}, p90 {At(0.9):F0}, p99 {At(0.99):F0}, most {At(1):F0}");
        Array.ForEach(clients, client => client.Dispose());
        return lost;
    }

    private Task<(string? Body, double Milliseconds)[]> SendAsync(Client[] clients) =>
        Task.WhenAll(clients.Select((client, i) => client.AskAsync(questions[i % Images])));

    private async Task<Client[]> ConnectAsync(int count)
    {
        var clients = new Client[count];
        for (int i = 0; i < count; i++)
        {
            clients[i] = new Client();
            await clients[i].ConnectAsync(service.Address);
        }

        return clients;
    }

    // Asked to end while requests are under way, the service answers them first.
    private async Task<bool> StopAsync()
    {
        Client[] clients = await ConnectAsync(Images);
        await Task.WhenAll(clients.Select((client, i) => client.BeginAsync(questions[i])));
        await Task.Delay(UnderWay);
        service.Stop();
        await Task.Delay(UnderWay);
        (string? Body, double Milliseconds)[] results =
            await Task.WhenAll(clients.Select((client, i) => client.AskAsync(questions[i][^Client.Rest..])));
        Array.ForEach(clients, client => client.Dispose());
        return service.WaitForEnd() == 0 && results.Select(result => result.Body).SequenceEqual(answers);
    }

    private static double Megabytes(long bytes) => bytes / 1e6;

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
