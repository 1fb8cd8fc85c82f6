using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sinter.Generators;
using Sinter.Generators.Tests.Features;

namespace Sinter.Benchmarks.Generator;

/// <summary>
/// How long the generator takes: LeNet-5 with its training step in a process that has just started, then an unrelated
/// edit beside a model of 100 blocks. Times are of the driver, without parsing. With the argument <c>empty</c>: what a
/// generator that does nothing takes in a process that has just started, once the model's code is bound.
/// </summary>
internal static class Measurements
{
    private const string Usings = """
        using System; using System.Linq; using System.Collections.Generic; using Sinter; using Sinter.Modules; using Sinter.Optimizers;

        """;
    private const string Blocks = """
        [CompiledModel("x: f32[N, 32, 64]", Symbols = "N = 1..8")]
        partial class M : Layer
        {
            private readonly Layer[] blocks;
            public M() => blocks = [.. Enumerable.Range(0, 100).Select(i => Register($"block{i}", new Block(64)))];
            protected override Tensor<F32> Forward(Tensor<F32> x) => blocks.Aggregate(x, (y, block) => block.Call(y));
        }

        class Block : Layer
        {
            private readonly Linear q, k, v, o, up, down;
            public Block(int d)
            {
                (q, k, v) = (Register("q", new Linear(d, d)), Register("k", new Linear(d, d)), Register("v", new Linear(d, d)));
                (o, up, down) = (Register("o", new Linear(d, d)), Register("up", new Linear(d, 4 * d)), Register("down", new Linear(4 * d, d)));
            }
            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                Tensor<F32> Norm(Tensor<F32> y) => (y - y.Mean(-1, true)) * (y.Variance(-1, true, 0) + 1e-5).Rsqrt();
                Tensor<F32> n = Norm(x);
                Tensor<F32> scores = (q.Call(n).MatMul(k.Call(n).Transpose(1, 2)) / Math.Sqrt(64)).Softmax(-1);
                x = x + o.Call(scores.MatMul(v.Call(n)));
                return x + down.Call(up.Call(Norm(x)).Gelu(true));
            }
        }
        """;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp13);

    public static void Run(string[] arguments)
    {
        if (arguments is ["empty"])
        {
            Time("Empty generator beside LeNet-5, cold", Driver(new EmptyGenerator()), Compile(LeNet5Source.Text));
            return;
        }

        Time("LeNet-5 and its training step, cold", Driver(new ModelGenerator()), Compile(LeNet5Source.Text));
        CSharpCompilation large = Compile(Blocks, "class Other { }");
        Time("100 blocks, first time", Driver(new ModelGenerator()), large);

        // The programs of 100 blocks take long to compile; an edit must not compile them again.
        GeneratorDriver warm = Driver(new ModelGenerator()).RunGenerators(large);
        Edits("100 blocks, unrelated edit, first 20", 20);
        Edits("100 blocks, unrelated edit, after 200", 220);

        void Edits(string name, int count)
        {
            var edits = new List<(double Wall, double Processor)>();
            for (int i = 0; i < count; i++)
            {
                SyntaxTree tree = Parse($"class Other {{ int a{i}; }}", 1);
                large = large.ReplaceSyntaxTree(large.SyntaxTrees[1], tree);
                Clock start = Clock.Now();
                warm = warm.RunGenerators(large);
                edits.Add(start.Elapsed());
            }

            edits = [.. edits.TakeLast(20).Order()];
            Print(name + ", best", edits[0]);
            Print(name + ", median of 20", edits[10]);
        }
    }

    private static void Time(string name, GeneratorDriver start, CSharpCompilation compilation)
    {
        Clock begin = Clock.Now();
        GeneratorDriver after = start.RunGenerators(compilation);
        var time = begin.Elapsed();
        foreach (Diagnostic diagnostic in after.GetRunResult().Diagnostics)
        {
            Console.Error.WriteLine(diagnostic);
        }

        Print(name, time);
    }

    private static void Print(string name, (double Wall, double Processor) time) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-53} {time.Wall,9:F1} ms, {time.Processor,9:F1} ms of processors"));

    private static CSharpGeneratorDriver Driver(IIncrementalGenerator generator) =>
        CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: Options);

    private static SyntaxTree Parse(string text, int file) =>
        CSharpSyntaxTree.ParseText(
            Usings + text, Options, path: $"File{file.ToString(CultureInfo.InvariantCulture)}.cs");

    private static CSharpCompilation Compile(params string[] files)
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var references = platform.Where(path => Path.GetFileName(path) is { } name
            && (
                name.StartsWith("System.", StringComparison.Ordinal)
                || name is "netstandard.dll" or "Sinter.Graph.dll" or "Sinter.Runtime.dll"));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
        return CSharpCompilation.Create(
            "bench", files.Select(Parse), references.Select(path => MetadataReference.CreateFromFile(path)), options);
    }
}

/// <summary>Binds the model's members and adds nothing: what any generator that looks at them has to pay.</summary>
internal sealed class EmptyGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        context.SyntaxProvider.ForAttributeWithMetadataName(
            "Sinter.CompiledModelAttribute", static (node, _) => node is TypeDeclarationSyntax, Bind),
        static (add, text) => add.AddSource("Empty.g.cs", text));

    private static string Bind(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var members = context.TargetNode.DescendantNodes().OfType<BaseMethodDeclarationSyntax>();
        int count = members.Count(member => context.SemanticModel.GetOperation(member, cancellation) is not null);
        return $"// {count.ToString(CultureInfo.InvariantCulture)} members";
    }
}

/// <summary>Wall time, and processor time: the latter tells more on a machine that is busy.</summary>
internal readonly record struct Clock(long Start, TimeSpan Processor)
{
    public static Clock Now() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

    public (double Wall, double Processor) Elapsed() => (
        Stopwatch.GetElapsedTime(Start).TotalMilliseconds,
        (Environment.CpuUsage.TotalTime - Processor).TotalMilliseconds);
}
