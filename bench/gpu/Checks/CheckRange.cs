using System.Globalization;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Conformance.Tests;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench.Checks;

/// <summary>Some neighbours of a part.</summary>
/// <param name="Part">The part.</param>
/// <param name="First">Position of the first.</param>
/// <param name="Count">How many.</param>
internal sealed record CheckRange(CheckPart Part, int First, int Count)
{
    /// <summary>The exit code that says that nothing could be compared: the device, its compiler or ours
    /// failed.</summary>
    public const int DeviceFailed = 3;

    /// <summary>What a line about a wrong result begins with.</summary>
    public const string Wrong = "wrong: ";

    /// <summary>As the command line takes it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Part.Name}:{First}:{Count}");

    /// <summary>Reads what <see cref="ToString"/> writes; the numbers may be left out.</summary>
    /// <exception cref="ArgumentException">There is no such part, or the numbers are none.</exception>
    public static CheckRange Parse(string text)
    {
        string[] words = text.Split(':');
        CheckPart part = CheckPart.All.FirstOrDefault(known => known.Name == words[0])
            ?? throw new ArgumentException(
                $"there is no part '{words[0]}', but {string.Join(", ", CheckPart.All.Select(known => known.Name))}");
        int Number(int position, int otherwise) => words.Length <= position
            ? otherwise
            : int.TryParse(words[position], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new ArgumentException($"'{words[position]}' is no number");
        int first = Math.Min(Number(1, 0), part.Count);
        return new CheckRange(part, first, Math.Min(Number(2, part.Count), part.Count - first));
    }

    /// <summary>Cuts into pieces of at most so many.</summary>
    public IEnumerable<CheckRange> Cut(int size)
    {
        for (int start = 0; start < Count; start += size)
        {
            yield return this with { First = First + start, Count = Math.Min(size, Count - start) };
        }
    }

    /// <summary>Runs all on the device, together, and compares each with the oracle.</summary>
    /// <param name="say">Receives a text for each wrong result.</param>
    /// <returns>The exit code.</returns>
    public int Run(Action<string> say)
    {
        int wrong = 0;
        try
        {
            using var gpu = new Gpu();
            var items = new Dictionary<BuiltCase, CheckItem>(ReferenceEqualityComparer.Instance);
            foreach (CheckItem item in Part.Items(First, Count))
            {
                items.Add(item.Case, item);
            }

            foreach (CaseBatch batch in CaseBatch.Of(items.Keys, Math.Max(1, Count)))
            {
                InterpreterResult whole = Run(gpu, batch.Whole, Part.Products);
                for (int i = 0; i < batch.Parts.Count; i++)
                {
                    CheckItem item = items[batch.Parts[i]];
                    if (item.Difference(batch.ResultOf(i, whole)) is { } difference)
                    {
                        wrong++;
                        say($"{Wrong}{Part.Name}, {item.Name}: {difference}");
                    }
                }
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            say(error.ToString());
            return DeviceFailed;
        }

        return wrong == 0 ? 0 : 1;
    }

    private static InterpreterResult Run(Gpu gpu, BuiltCase built, ProductPrecision products)
    {
        var options = new JitOptions { CacheDirectory = null, Check = true, Products = products };
        var program = JitCompiler.CompileCuda(built.Graph, options);
        return JitEngine.Run(program, built.Inputs, built.Parameters, state => gpu.Session.Open(program, state));
    }
}
