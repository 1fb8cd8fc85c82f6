using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Sinter.Jit;

namespace Sinter.Bench.Cases;

/// <summary>How compile time and text grow with the graph: each kind of graph at two sizes, and the exponent.</summary>
internal static class Growth
{
    /// <summary>What a child process is told first, to measure this and not <see cref="Compilation"/>.</summary>
    public const string Child = "growth";

    private const int LeastRuns = 3;
    private const double EnoughSeconds = 10;

    /// <summary>The cases: of each kind two sizes, large enough that what a compilation costs by itself is
    /// little.</summary>
    public static IEnumerable<Case> Cases =>
    [
        Case("sin", 25_000, 100_000),
        Case("sin-gradient", 12_500, 50_000),
        Case("residual", 2_500, 10_000),
        Case("products", 2_500, 10_000),
        Case("doubled", 16, 64),
        Case("concat", 250, 1_000),
        Case("constant", 1_000_000, 4_000_000),
        Case("rnn", 100, 400),
        Case("adam", 250, 1_000),
    ];

    private static Case Case(string kind, int small, int large) =>
        new($"growth/{kind}", (_, _) => Run(kind, small, large), UsesThreads: false);

    private sealed record Measured(double Ms, long Characters);

    private static Result Run(string kind, int small, int large)
    {
        Measured first = Start(kind, small);
        Measured second = Start(kind, large);
        double ratio = Math.Log((double)large / small);
        double time = Math.Log(second.Ms / first.Ms) / ratio;
        double text = Math.Log((double)second.Characters / first.Characters) / ratio;
        FormattableString times =
            $"{small} in {first.Ms:0} ms, {large} in {second.Ms:0} ms, exponent {time:0.00}; ";
        FormattableString texts = $"text {first.Characters} and {second.Characters}, exponent {text:0.00}";
        return new Result("growth/" + kind, 0, second.Ms)
        {
            Note = FormattableString.Invariant(times) + FormattableString.Invariant(texts),
        };
    }

    /// <summary>Compiles one graph some times and prints the best time and the size of the text.</summary>
    /// <param name="arguments">The kind and the size.</param>
    public static void RunChild(IReadOnlyList<string> arguments)
    {
        Func<int, Graph> build = GrowthGraphs.All[arguments[0]];
        int size = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        var options = new JitOptions { CacheDirectory = null };

        // What a process does once is no growth.
        JitCompiler.Compile(build(2), options);
        JitCompiler.Compile(build(Math.Min(size, 64)), options);
        double best = double.PositiveInfinity;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastRuns || Stopwatch.GetElapsedTime(start).TotalSeconds < 1; i++)
        {
            long before = Stopwatch.GetTimestamp();
            JitCompiler.Compile(build(size), options);
            best = Math.Min(best, Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > EnoughSeconds)
            {
                break;
            }
        }

        long characters = JitCompiler.PrintProgram(build(size), options).Length;
        Console.WriteLine(JsonSerializer.Serialize(new Measured(best, characters)));
    }

    private static Measured Start(string kind, int size)
    {
        string host = Environment.ProcessPath!;
        string own = Assembly.GetExecutingAssembly().Location;
        bool isHosted = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] all =
        [
            .. isHosted ? new[] { own } : [], "--child", Child, kind, size.ToString(CultureInfo.InvariantCulture),
        ];
        Processes.Outcome outcome = Processes.Run(host, all);
        return outcome.Code == 0
            ? JsonSerializer.Deserialize<Measured>(outcome.Output)!
            : throw new InvalidOperationException(outcome.Reason);
    }
}
