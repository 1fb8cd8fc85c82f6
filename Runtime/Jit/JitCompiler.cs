using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Compiler.Values;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Sinter.Jit;

/// <summary>
/// Compiles graphs in the running process: graph to plan to C# text to machine code, with a cache on disk.
/// </summary>
public static class JitCompiler
{
    private const string Namespace = "Sinter.Generated";
    private const string ClassName = "CompiledProgram";

    // The first compilation in a process spends most of its time on starting the C# compiler itself. While the passes
    // work on the caller's graph, another thread starts it on a graph of one operation.
    private static readonly Lazy<Task> WarmUp = new(
        () => Environment.ProcessorCount < 2 ? Task.CompletedTask : Task.Run(() =>
    {
        Tensor<F32> x = new GraphBuilder(captureSource: false).Input<F32>("x", 64);
        Emit(PrintProgram(Graph.Of("start", ("y", (x * 2).Node))), []);
    }));

    // Only what generated text names: reading more assemblies costs start-up time. Read once: the compiler keeps what
    // it has understood of them.
    private static readonly Lazy<MetadataReference[]> References = new(() => [.. ReadReferences()]);

    /// <summary>A runnable program for a graph.</summary>
    /// <param name="graph">Any graph; a training step is one too.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="GraphException">The graph uses something the backend does not support.</exception>
    public static Program Compile(Graph graph, JitOptions? options = null)
    {
        options ??= new JitOptions();
        string target = options.Target + (options.Guard ? " guarded" : "") + Budget(options);
        return Compile(graph, target, options, data => PrintProgram(graph, options, data));
    }

    /// <summary>A runnable program for a method of any signature: see <see cref="ModelGraph"/>.</summary>
    /// <param name="forward">Takes and gives tensors, tuples and records of them, such as <c>model.Forward</c>.</param>
    /// <param name="shapes">The shape of each tensor that it takes, in order.</param>
    /// <exception cref="GraphException">The signature does not fit, or the graph uses something the backend does not
    /// support.</exception>
    public static Program Compile(Delegate forward, params Dimension[][] shapes) =>
        Compile(ModelGraph.Of(forward, shapes));

    private static Program Compile(Graph graph, string target, JitOptions options, Func<List<byte[]>, string> print)
    {
        var cache = new KernelCache(options.CacheDirectory);

        // Everything the text depends on: the graph with the paths that errors name, the compiler that prints it, and
        // the versions that compile and run it. Not what state starts as: a new learning rate compiles nothing.
        const GraphTextOptions Identity = GraphTextOptions.Paths | GraphTextOptions.WithoutInitialValues;
        string key = KernelCache.Key(
            graph.Name, GraphPrinter.Print(graph, Identity), target, Version(typeof(Pipeline)),
            Version(typeof(ProgramPrinter)), Version(typeof(Graph)), Version(typeof(Program)),
            RuntimeInformation.FrameworkDescription);
        byte[]? assembly = options.Trace is null ? cache.Find(key) : null;
        if (assembly is null)
        {
            _ = WarmUp.Value;
            var data = new List<byte[]>();
            assembly = Emit(print(data), data);
            string? problem = cache.Add(key, assembly);
            options.Trace?.Invoke("cache", problem is null ? $"kept {key}" : $"not kept: {problem}");
        }

        Program program = Load(assembly);
        SetInitialValues(program.Table, graph);
        return program;
    }

    // The assembly may be one that was made for other initial values.
    private static void SetInitialValues(ProgramTable table, Graph graph)
    {
        var own = graph.Parameters.Select(node => node.Get<ParameterAttributes>().Declaration)
            .ToDictionary(state => state.FullName, state => state.Initializer);
        for (int i = 0; i < table.State.Length; i++)
        {
            Initializer initial = own[table.State[i].Name];
            table.State[i] = table.State[i] with
            {
                Initializer = (Runtime.Programs.InitializerKind)initial.Kind,
                A = initial.A,
                B = initial.B,
            };
        }
    }

    /// <summary>The C# text of a graph's program.</summary>
    public static string PrintProgram(Graph graph, JitOptions? options = null) =>
        PrintProgram(graph, options ?? new JitOptions(), data: null);

    private static string PrintProgram(Graph graph, JitOptions options, ICollection<byte[]>? data)
    {
        var settings = new PipelineOptions(
            options.Target.Processor, options.Trace, options.Check, options.Guard, options.MemoryBudget);
        Plan plan = Pipeline.Compile(graph, settings);
        return ProgramPrinter.Print(plan, options.Target, ClassName, Namespace, data);
    }

    /// <summary>A runnable program for a plan made by hand: for tests of the backend.</summary>
    internal static Program Compile(Plan plan, CSharpTarget target) =>
        Load(Emit(ProgramPrinter.Print(plan, target, ClassName, Namespace), []));

    /// <summary>A program for a graph that runs on CUDA devices.</summary>
    /// <param name="graph">Any graph; a training step is one too.</param>
    /// <param name="options">Settings; the vector width is not looked at. Null for the defaults.</param>
    /// <exception cref="GraphException">The graph uses something the backend does not support.</exception>
    public static CudaProgram CompileCuda(Graph graph, JitOptions? options = null)
    {
        options ??= new JitOptions();
        Target processor = CudaTarget.Processor with { Products = options.Products };
        var settings = new PipelineOptions(
            processor, options.Trace, options.Check, MemoryBudget: options.MemoryBudget);
        return (CudaProgram)Compile(graph, $"cuda {options.Products}" + Budget(options), options, data =>
            CudaProgramPrinter.Print(Pipeline.Compile(graph, settings), ClassName, Namespace, data));
    }

    /// <summary>A runnable program for a plan made by hand: for tests of the backend.</summary>
    internal static CudaProgram CompileCuda(Plan plan) =>
        (CudaProgram)Load(Emit(CudaProgramPrinter.Print(plan, ClassName, Namespace), []));

    private static string Budget(JitOptions options) =>
        options.MemoryBudget is { } budget ? FormattableString.Invariant($" within {budget}") : "";

    private static string Version(Type type) => type.Assembly.ManifestModule.ModuleVersionId.ToString();

    private static byte[] Emit(string text, IReadOnlyList<byte[]> data)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp13, DocumentationMode.None);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(text), parse);
        // On one thread: in a cold process the runtime's compiler is what both would wait for, in a warm one it is no
        // slower.
        var settings = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
            deterministic: true, concurrentBuild: false);
        var compilation = CSharpCompilation.Create("Sinter.Generated", [tree], References.Value, settings);
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream, manifestResources: data.Select((bytes, i) => new ResourceDescription(
            i.ToString(CultureInfo.InvariantCulture), () => new MemoryStream(bytes), isPublic: true)));
        if (!result.Success)
        {
            var found = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(10);
            string errors = string.Join("\n", found);
            throw new InvalidOperationException(
                $"the generated program does not compile, which is a fault of Sinter:\n{errors}\n{text}");
        }

        return stream.ToArray();
    }

    private static IEnumerable<MetadataReference> ReadReferences()
    {
        string[] needed = ["System.Runtime", "System.Private.CoreLib", "System.Runtime.Intrinsics"];
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        foreach (string name in needed)
        {
            yield return MetadataReference.CreateFromFile(Path.Combine(folder, name + ".dll"));
        }

        yield return MetadataReference.CreateFromFile(typeof(Program).Assembly.Location);
    }

    private static Program Load(byte[] image)
    {
        var context = new AssemblyLoadContext("Sinter program", isCollectible: false);
        using var stream = new MemoryStream(image);
        Assembly assembly = context.LoadFromStream(stream);
        Type type = assembly.GetType($"{Namespace}.{ClassName}", throwOnError: true)!;
        return (Program)Activator.CreateInstance(type)!;
    }
}
