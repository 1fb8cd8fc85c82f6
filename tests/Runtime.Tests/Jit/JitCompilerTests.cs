using Sinter.Jit;
using Sinter.Modules;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Jit;

/// <summary>Compilation with and without a cache on disk.</summary>
public sealed class JitCompilerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> trace = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_hit_computes_what_the_miss_did_and_writes_nothing()
    {
        JitOptions options = Cached(folder.File("kernels"));
        float[] first = Run(JitCompiler.Compile(Model(2), options));
        string entry = Assert.Single(Directory.GetFiles(options.CacheDirectory!));
        byte[] bytes = File.ReadAllBytes(entry);
        Assert.Equal(first, Run(JitCompiler.Compile(Model(2), options)));
        Assert.Equal(bytes, File.ReadAllBytes(entry));
        Assert.Equal([2f * 3 + 1, 2f * -4 + 1], first);
        Assert.Equal([3f * 3 + 1, 3f * -4 + 1], Run(JitCompiler.Compile(Model(3), options)));
        Assert.Equal(2, Directory.GetFiles(options.CacheDirectory!).Length);
    }

    [Fact]
    public void Models_alike_but_for_the_names_of_layers_name_their_own_in_errors()
    {
        JitOptions options = Cached(folder.File("kernels"));
        foreach (string name in new[] { "first", "second", "first" })
        {
            Program program = JitCompiler.Compile(Rows(name), options);
            using var state = new ModelState(1, program);
            using var context = new ProgramContext(program, state);
            context.Input<float>("x")[2] = 9;
            string told = Assert.Throws<RunException>(context.Run).Message;
            Assert.Equal($"{name}: row 9 is out of range, valid are 0 to 3: input 'x' at [2]", told);
        }
    }

    [Fact]
    public void A_hit_comes_from_the_file_and_a_damaged_one_is_compiled_again()
    {
        JitOptions options = Cached(folder.File("kernels"));
        JitCompiler.Compile(Model(2), options);
        string entry = Assert.Single(Directory.GetFiles(options.CacheDirectory!));
        byte[] bytes = File.ReadAllBytes(entry);

        // Another model's program under this one's name would be found, were it not for the checksum.
        JitOptions elsewhere = Cached(folder.File("elsewhere"));
        JitCompiler.Compile(Model(5), elsewhere);
        byte[] foreign = File.ReadAllBytes(Assert.Single(Directory.GetFiles(elsewhere.CacheDirectory!)));
        foreach (byte[] damaged in new[] { [], bytes[..^9], foreign })
        {
            File.WriteAllBytes(entry, damaged);
            Assert.Equal([7f, -7f], Run(JitCompiler.Compile(Model(2), options)));
            Assert.Equal(bytes, File.ReadAllBytes(entry));
        }
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_told_once_in_the_trace()
    {
        string file = folder.File("file", []);
        JitOptions options = Cached(Path.Combine(file, "kernels"));
        Assert.Equal([7f, -7f], Run(JitCompiler.Compile(Model(2), options)));
        JitCompiler.Compile(Model(2), options with { Trace = (topic, line) => trace.Add($"{topic}: {line}") });
        string told = Assert.Single(trace, line => line.StartsWith("cache", StringComparison.Ordinal));
        Assert.StartsWith("cache: not kept: ", told);
    }

    [Fact]
    public void A_trace_compiles_again_and_keeps_the_program()
    {
        JitOptions options = Cached(folder.File("kernels"));
        JitOptions traced = options with { Trace = (topic, line) => trace.Add($"{topic}: {line}") };
        JitCompiler.Compile(Model(2), traced);
        int lines = trace.Count;
        JitCompiler.Compile(Model(2), traced);
        Assert.Equal(2 * lines, trace.Count);
        Assert.Equal(2, trace.Count(line => line.StartsWith("cache: kept ", StringComparison.Ordinal)));
        Assert.Single(Directory.GetFiles(options.CacheDirectory!));
        Assert.All(
            ["passes: ", "kernels: ", "memory: "],
            topic => Assert.Contains(trace, line => line.StartsWith(topic, StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_of_a_model_are_no_code()
    {
        const string Name = "a\"; } */ #if {0} \\u0022 \u2028 class";
        var builder = new GraphBuilder();
        Graph graph = Graph.Of(Name, ("out \"*/", (builder.Input<F32>("in\n//", 2) * 2).Node));
        Program program = JitCompiler.Compile(graph, Cached(null));
        ProgramTable table = program.Table;
        Assert.Equal((Name, "in\n//", "out \"*/"), (table.Name, table.Inputs[0].Name, table.Outputs[0].Name));
    }

    private static JitOptions Cached(string? directory) => new() { CacheDirectory = directory, Trace = null };

    // x * factor + 1
    private static Graph Model(float factor)
    {
        var builder = new GraphBuilder();
        return Graph.Of("affine", ("y", ((builder.Input<F32>("x", 2) * factor) + 1).Node));
    }

    private static float[] Run(Program program)
    {
        using var state = new ModelState(0, program);
        using var context = new ProgramContext(program, state);
        var result = new float[2];
        context.Run<float, float>([3, -4], result);
        return result;
    }

    private static Graph Rows(string name)
    {
        var graph = new GraphBuilder();
        return Graph.Of("rows", ("y", new Outer(name).Call(graph.Input<F32>("x", 4)).Node));
    }

    private sealed class Outer : Layer
    {
        private readonly Inner inner;

        public Outer(string name) => inner = Register(name, new Inner());

        protected override Tensor<F32> Forward(Tensor<F32> input) => inner.Call(input);
    }

    private sealed class Inner : Layer
    {
        protected override Tensor<F32> Forward(Tensor<F32> input) => input.IndexSelect(0, input.Cast<I64>());
    }
}
