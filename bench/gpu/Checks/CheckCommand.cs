using System.CommandLine;
using System.Diagnostics;

namespace Sinter.GpuBench.Checks;

/// <summary>The command that holds the device to the interpreter.</summary>
internal static class CheckCommand
{
    private const int GraphsPerProcess = 100;
    private const int MostProcesses = 4;

    private static readonly TimeSpan PatienceForProcess = TimeSpan.FromSeconds(100);

    private static readonly Argument<string[]> Ranges = new("part")
    {
        Description = "Parts, or pieces of them as NAME:FIRST:COUNT; all where none is given.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Here = new("--here")
    {
        Description = "Runs in this process, as tools that watch a process need it.",
    };

    private static readonly Option<double> Limit = new("--limit")
    {
        Description = "The seconds after which no more graphs are begun.",
        DefaultValueFactory = _ => 600,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("check", "Runs op cases, gradients and random graphs, and compares with the oracle.")
        {
            Ranges, Here, Limit,
        };
        command.SetAction(parsed =>
        {
            string[] wanted = parsed.GetValue(Ranges) ?? [];
            CheckRange[] ranges;
            try
            {
                ranges = [.. (wanted.Length == 0 ? CheckPart.All.Select(part => part.Name) : wanted)
                    .Select(CheckRange.Parse)];
            }
            catch (ArgumentException error)
            {
                Console.Error.WriteLine("error: " + error.Message);
                return 2;
            }

            return parsed.GetValue(Here)
                ? ranges.Max(range => range.Run(Console.WriteLine))
                : new Conductor(TimeSpan.FromSeconds(parsed.GetValue(Limit))).Run(ranges);
        });
        return command;
    }

    /// <summary>Cuts ranges among processes. A range whose process fails is halved, until what fails is one graph.
    /// </summary>
    private sealed class Conductor(TimeSpan limit)
    {
        private readonly long start = Stopwatch.GetTimestamp();
        private readonly Lock gate = new();
        private readonly Stack<CheckRange> waiting = new();
        private int underWay;
        private int done;
        private int wrong;
        private int failed;
        private int skipped;

        public int Run(IEnumerable<CheckRange> ranges)
        {
            // Without a device every process would fail, and be halved.
            using (var gpu = new Gpu())
            {
                Console.WriteLine(gpu);
            }

            foreach (CheckRange range in ranges.SelectMany(range => range.Cut(GraphsPerProcess)).Reverse())
            {
                waiting.Push(range);
            }

            int processes = Math.Clamp(Environment.ProcessorCount / 3, 1, MostProcesses);
            Thread[] threads = [.. Enumerable.Range(0, processes).Select(_ => new Thread(Work))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Console.WriteLine(FormattableString.Invariant(
                $"{done} graphs agree, {wrong} differ, {failed} fail, {skipped} were not begun in time"));
            return wrong + failed + skipped == 0 && done > 0 ? 0 : 1;
        }

        private void Work()
        {
            while (Next(out CheckRange? range))
            {
                if (range is not null)
                {
                    string[] command = [.. Child.Self, "check", "--here", range.ToString()];
                    Judge(range, Child.Run(command, PatienceForProcess));
                }
                else
                {
                    // Another process may yet fail, and leave its halves.
                    Thread.Sleep(50);
                }
            }
        }

        private bool Next(out CheckRange? range)
        {
            lock (gate)
            {
                if (Stopwatch.GetElapsedTime(start) > limit)
                {
                    skipped += waiting.Sum(left => left.Count);
                    waiting.Clear();
                }

                if (waiting.TryPop(out range))
                {
                    underWay++;
                    return true;
                }

                return underWay > 0;
            }
        }

        private void Judge(CheckRange range, Child.Outcome outcome)
        {
            lock (gate)
            {
                underWay--;
                if (outcome.Code is 0 or 1)
                {
                    int found = outcome.Text.Split('\n')
                        .Count(line => line.StartsWith(CheckRange.Wrong, StringComparison.Ordinal));
                    wrong += found;
                    done += range.Part.Items(range.First, range.Count).Count() - found;
                    Console.Write(outcome.Text);
                    Console.WriteLine(FormattableString.Invariant(
                        $"{range}: {found} differ, after {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
                }
                else if (range.Count > 1)
                {
                    Console.WriteLine($"{range} {outcome.Status}; it is halved. {outcome.Tail.Split('\n')[0]}");
                    range.Cut((range.Count + 1) / 2).Reverse().ToList().ForEach(waiting.Push);
                }
                else
                {
                    failed++;
                    string name = range.Part.Items(range.First, 1).Select(item => item.Name).FirstOrDefault("none");
                    Console.WriteLine($"failed: {range.Part.Name}, {name}: {outcome.Status}\n{outcome.Text}");
                }
            }
        }
    }
}
