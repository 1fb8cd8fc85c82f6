using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Programs;
using Xunit.Abstractions;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>
/// The cases of every operation once more, with symbols where inputs had numbers: in one context at the smallest
/// extents, their own, the largest and back. The oracle, which knows numbers only, says what each run must give.
/// </summary>
public sealed class SymbolicCaseTests(ITestOutputHelper output)
{
    private const int Size = 250;

    // Half of all cases at least can have a symbolic leading axis: fewer would mean that they were lost on the way.
    private const int Fewest = 150;

    private static readonly Func<long, long>[] Rounds = [_ => 1, own => own, Largest, own => own, _ => 1];

    // For each of them the graph is the same; only the inputs are others.
    private sealed record SymbolicCase(
        string Name, double Tolerance, BuiltCase[] Rounds, InterpreterResult[] Expected);

    [Theory]
    [InlineData(512, 1, true)]
    [InlineData(512, 1, false)]
    [InlineData(256, 2, true)]
    [InlineData(128, 1, false)]
    public void Symbolic_extents_give_what_numbers_give(int bits, int threads, bool leading)
    {
        var target = CSharpTarget.Find($"{bits}")!;
        using var pool = new WorkerPool(threads);
        SymbolicCase[] cases = OpCases.All.Select(row => Construct(row, leading)).OfType<SymbolicCase>().ToArray();
        output.WriteLine($"{cases.Length} of {OpCases.All.Count} cases can be symbolic");
        Assert.True(cases.Length >= Fewest, $"only {cases.Length} cases");
        foreach (SymbolicCase[] chunk in cases.Chunk(Size))
        {
            CaseBatch[] batches = Enumerable.Range(0, Rounds.Length)
                .Select(round => new CaseBatch([.. chunk.Select(built => built.Rounds[round])])).ToArray();
            Program program = JitCompiler.Compile(
                batches[0].Whole.Graph, new JitOptions { Target = target, CacheDirectory = null, Check = true });
            int at = 0;
            foreach (InterpreterResult whole in JitEngine.RunRounds(
                program, batches.Select(batch => batch.Whole.Inputs), batches[0].Whole.Parameters,
                state => new ProgramContext(program, state, pool)))
            {
                for (int i = 0; i < chunk.Length; i++)
                {
                    string? difference = Comparison.Difference(
                        chunk[i].Expected[at], batches[at].ResultOf(i, whole),
                        chunk[i].Tolerance * Math.Max(1, Largest(chunk[i].Expected[at])));
                    Assert.True(difference is null, $"{chunk[i].Name}, round {at}: {difference}");
                }

                at++;
            }
        }
    }

    private static double Largest(InterpreterResult result) => result.Outputs.Values
        .Where(value => value.Type.IsFloat()).SelectMany(value => value.Floats).Where(double.IsFinite)
        .Select(Math.Abs).DefaultIfEmpty(0).Max();

    private static long Largest(long own) => (2 * own) + 1;

    // Null where the case wants numbers: a reshape to them, an index below one of them.
    private static SymbolicCase? Construct(OpCase row, bool leading)
    {
        try
        {
            // Every number has its symbol, the same for all cases, so that they can share a program.
            BuiltCase[] rounds = Rounds.Select(value => row.Construct(extents: (own, axis) =>
                own < 1 || (leading && axis > 0)
                    ? null : (Symbol.Create($"E{own}", 1, Largest(own)), value(own)))).ToArray();
            bool fits = rounds[0].Graph.Updates.Count == 0
                && rounds[0].Graph.Symbols.Any(symbol => symbol.Name[0] == 'E')
                && rounds[0].Graph.Symbols.All(symbol => symbol.Name[0] == 'E' || rounds[0].Graph.Computes(symbol));
            return !fits ? null : new SymbolicCase(
                row.FullName, row.Tolerance, rounds,
                [.. rounds.Select(built => Interpreter.Run(built.Graph, built.Inputs, built.Parameters))]);
        }
        catch (GraphException)
        {
            return null;
        }
        catch (Sinter.Reference.RunException)
        {
            return null;
        }
    }
}
