using System.Diagnostics;
using System.Text;

namespace Sinter.Tests;

/// <summary>Any text at all either is a graph or throws the one typed exception, soon and in little memory.</summary>
public class ParserFuzzTests
{
    private static readonly string[] Fragments =
    [
        "%0", "%1", "-1", "0", "9223372036854775807", "99999999999999999999", "[", "]", "[]", "{", "}", "(", ")", ",",
        "=", ":", "\"",
        "\\", "\\u", "\\ud800", "#", "\n", "N", "N*N*N*N", "f32", "bool", "i64", "-", "*", "..", "@ \"p\"", "\0", "é",
        "0*N",
        "4611686018427387904", "1", "2", "3", "shape=[2, 3]", "axes=[0]", "symbol M = 0..9223372036854775807\n", "M*M",
    ];

    [Theory]
    [MemberData(nameof(TextTests.Graphs), MemberType = typeof(TextTests))]
    public void Mutated_text_throws_nothing_else(string name)
    {
        string text = GraphPrinter.Print(TextTests.Make(name), GraphTextOptions.Paths);
        var random = new Random(name.Length);
        for (int i = 0; i < 3_000; i++)
        {
            Try(Mutated(text, random));
        }
    }

    [Fact]
    public void Random_text_throws_nothing_else()
    {
        var random = new Random(1);
        for (int i = 0; i < 3_000; i++)
        {
            var text = new StringBuilder("graph \"x\"\n");
            for (int n = random.Next(30); n > 0; n--)
            {
                text.Append(Fragments[random.Next(Fragments.Length)]).Append(random.Next(2) == 0 ? " " : "");
            }

            Try(text.ToString());
        }
    }

    [Fact]
    public void Long_text_takes_little_time()
    {
        const int Length = 100_000;
        string input = "graph \"x\"\n%0 = input() {name=\"a\", type=f32, shape=[2]} : f32[2]\n";
        var chain = new StringBuilder(input);
        for (int i = 1; i < Length / 10; i++)
        {
            chain.Append($"%{i} = add(%{i - 1}, %{i - 1}) : f32[2]\n");
        }

        string[] texts =
        [
            chain.Append($"output \"y\" = %{(Length / 10) - 1}\n").ToString(),
            input + "%1 = reshape(%0) {shape=" + new string('[', Length),
            input + "%1 = reshape(%0) {shape=[" + Repeat("1, ", Length),
            input + "%1 = reshape(%0) {shape=[" + Repeat("1*", Length),
            input + "%1 = concat(" + Repeat("%0, ", Length) + "%0) {axis=0} : f32[200002]",
            input + Repeat("(", Length), new('\n', Length), new('#', Length), Repeat("graph ", Length),
            "graph \"" + new string('a', Length),
        ];
        var watch = Stopwatch.StartNew();
        Assert.All(texts, Try);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Claims_of_size_cost_no_memory()
    {
        const string Shape = "[1000000000000]";
        string constant = "constant() {type=f32, shape=" + Shape + ", bits=\"00000000\"} : f32" + Shape;
        string iota = "iota() {type=i64, shape=" + Shape + ", axis=0} : i64" + Shape;
        string[] texts = [.. new[] { constant, iota }.Select(node => $"graph \"x\"\n%0 = {node}\noutput \"y\" = %0\n")];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.All(texts, text => Assert.Equal(text, GraphPrinter.Print(GraphParser.Parse(text))));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    private static string Mutated(string text, Random random)
    {
        for (int n = random.Next(1, 4); n > 0 && text.Length > 0; n--)
        {
            int at = random.Next(text.Length);
            int length = Math.Min(random.Next(12), text.Length - at);
            int from = random.Next(text.Length);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Fragments[random.Next(Fragments.Length)]),
                2 => text.Remove(at, length).Insert(at, Fragments[random.Next(Fragments.Length)]),
                3 => text.Insert(at, text.Substring(from, Math.Min(random.Next(40), text.Length - from))),
                _ => string.Concat(text.AsSpan(0, at), ((char)random.Next(128)).ToString(), text.AsSpan(at + 1)),
            };
        }

        return text;
    }

    // What does parse must print, and print the same after another round.
    private static void Try(string text)
    {
        string printed;
        try
        {
            printed = GraphPrinter.Print(GraphParser.Parse(text));
        }
        catch (GraphException error)
        {
            Assert.NotNull(error.Location);
            return;
        }

        Assert.Equal(printed, GraphPrinter.Print(GraphParser.Parse(printed)));
    }
}
