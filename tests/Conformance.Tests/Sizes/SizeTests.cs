using System.Collections.Concurrent;
using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>Numbers at the sizes that schedules were made for; every way that a schedule can take has a case.</summary>
public sealed class SizeTests
{
    private static readonly (CSharpTarget Target, int[] Threads)[] Targets =
        [(CSharpTarget.Bits512, [1, 2]), (CSharpTarget.Bits256, [2]), (CSharpTarget.Bits128, [1])];

    private static readonly ConcurrentDictionary<string, IReadOnlyCollection<SchedulePath>> Taken = new();

    public static TheoryData<string> Names() => [.. SizeCases.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_width_and_number_of_threads_agrees_with_the_oracle(string name) => Run(name);

    [Fact]
    public void Every_way_of_every_schedule_has_a_case()
    {
        var taken = SizeCases.All.SelectMany(row => Run(row.Name)).ToHashSet();
        Assert.Equal([], Enum.GetValues<SchedulePath>().Except(taken));
    }

    private static IReadOnlyCollection<SchedulePath> Run(string name) => Taken.GetOrAdd(name, _ =>
    {
        SizeCase row = SizeCases.All.Single(c => c.Name == name);
        BuiltCase built = row.Construct();
        InterpreterResult expected = Interpreter.Run(built.Graph, built.Inputs, built.Parameters);
        var paths = new HashSet<SchedulePath>();
        foreach (var (target, threads) in Targets)
        {
            Program program = JitCompiler.Compile(built.Graph, new JitOptions
            {
                Target = target,
                CacheDirectory = null,
                Check = true,
                Trace = (topic, text) =>
                {
                    if (topic == "paths")
                    {
                        paths.Add(Enum.Parse<SchedulePath>(text));
                    }
                },
            });
            foreach (InterpreterResult actual in
                threads.Select(count => JitEngine.Run(program, built.Inputs, built.Parameters, count)))
            {
                foreach (var (output, value) in expected.Outputs)
                {
                    AssertClose(value, actual.Outputs[output], row.Tolerance, $"{name}, {target.VectorBits} bits");
                }
            }
        }

        return paths;
    });

    private static void AssertClose(TensorValue expected, TensorValue actual, double tolerance, string what)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        long count = expected.Shape.Aggregate(1L, (n, extent) => n * extent);
        double largest = 0;
        for (int i = 0; i < count; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected.Number(i)));
        }

        for (int i = 0; i < count; i++)
        {
            double difference = Math.Abs(expected.Number(i) - actual.Number(i));
            Assert.True(
                difference <= tolerance * largest,
                $"{what}: element {i} is {actual.Number(i):R}, must be {expected.Number(i):R}");
        }
    }
}
