using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Jit;
using Sinter.Runtime.Programs;
using Buffer = Sinter.Compiler.Values.Buffer;

namespace Sinter.Conformance.Tests;

/// <summary>What a kernel writes, or reads, outside its buffers is found.</summary>
public sealed class GuardTests
{
    private static readonly CSharpTarget Target = CSharpTarget.Bits128;

    private readonly GraphBuilder builder = new(captureSource: false);

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(63)]
    public void A_kernel_that_writes_outside_a_buffer_is_named(long position)
    {
        Plan plan = Compile(Symbol.Create("N", 1, 5));
        using Opened running = Open(With(plan, buffer => new Store(buffer, position, new Literal(DType.F32, 0))));
        string told = Assert.Throws<InvalidOperationException>(running.Context.Run).Message;
        Assert.StartsWith("kernel k00_multiply of program 'g' writes ", told);
    }

    [Fact]
    public void A_kernel_that_writes_beyond_what_a_symbol_says_is_named()
    {
        Plan plan = Compile(Symbol.Create("N", 1, 5));
        using Opened running = Open(With(plan, buffer => new Store(buffer, 4, new Literal(DType.F32, 0))));
        running.Context.Run();
        running.Context.SetSymbol("N", 4);
        Assert.Contains("0 bytes into", Assert.Throws<InvalidOperationException>(running.Context.Run).Message);
    }

    [Fact]
    public void A_kernel_that_writes_outside_state_is_named()
    {
        var counter = new Parameter(
            "counter", new TensorType(DType.F32, new Shape(3)), Initializer.Zeros, StateKind.Buffer);
        Tensor<F32> next = new Tensor<F32>(counter.Node) + builder.Input<F32>("x", 3);
        var graph = new Graph("g", builder.Inputs, [], [new Update(counter.Node, next.Node)]);
        Plan plan = Pipeline.Compile(graph, new PipelineOptions(Target.Processor, Guard: true));
        using (Opened right = Open(plan))
        {
            right.Context.Run();
        }

        foreach (long position in new long[] { -1, 3 })
        {
            using Opened running = Open(With(plan, buffer => new Store(buffer, position, new Literal(DType.F32, 0))));
            string told = Assert.Throws<InvalidOperationException>(running.Context.Run).Message;
            Assert.Contains(position < 0 ? "in front of 'counter'" : "behind 'counter'", told);
        }
    }

    [Fact]
    public void What_is_read_outside_a_buffer_or_before_it_is_written_is_no_number()
    {
        Plan plan = Compile(5);
        Buffer input = plan.Inputs[0].Buffer;
        using Opened running = Open(With(plan, buffer => new Store(buffer, 2, new Load(input, 5))));
        running.Context.Run();
        Assert.True(float.IsNaN(running.Context.Output<float>("y")[2]));
        using Opened reading = Open(plan with { Run = [] });
        reading.Context.Run();
        Assert.True(float.IsNaN(reading.Context.Output<float>("y")[0]));
    }

    [Fact]
    public void A_kernel_that_writes_outside_its_scratch_is_named()
    {
        Plan plan = Compile(5);
        var scratch = new Buffer("row", DType.F32, 3);
        Kernel kernel = plan.Kernels.First();
        Statement[] body = [new Scratch(scratch), .. kernel.Body, new Store(scratch, 3, new Literal(DType.F32, 0))];
        using Opened running = Open(plan with { Run = [kernel with { Body = body }] });
        Assert.Contains("scratch 0", Assert.Throws<InvalidOperationException>(running.Context.Run).Message);
    }

    private Plan Compile(Dimension n)
    {
        Graph graph = Graph.Of("g", ("y", (builder.Input<F32>("x", n) * 2).Node));
        return Pipeline.Compile(graph, new PipelineOptions(Target.Processor, Guard: true));
    }

    // The plan with one more store at the end of its kernel.
    private static Plan With(Plan plan, Func<Buffer, Statement> store)
    {
        Kernel kernel = plan.Kernels.First();
        return plan with { Run = [kernel with { Body = [.. kernel.Body, store(kernel.Written.First())] }] };
    }

    private static Opened Open(Plan plan) => Opened.Of(JitCompiler.Compile(plan, Target));
}
