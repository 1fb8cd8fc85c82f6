using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Jit;
using Sinter.Runtime.Programs;
using Buffer = Sinter.Compiler.Values.Buffer;
using Index = Sinter.Compiler.Values.Index;

namespace Sinter.Backends.Tests;

/// <summary>Programs of plans made by hand, with what graphs rarely lead to.</summary>
public class PlanTests
{
    private const int Elements = 16;

    private static readonly Op[] Unary =
    [
        Op.Negate, Op.Abs, Op.Sign, Op.Exp, Op.Sqrt, Op.Rsqrt, Op.Reciprocal, Op.Floor, Op.Round, Op.Sigmoid,
    ];

    private static readonly Op[] Binary =
    [
        Op.Add, Op.Subtract, Op.Multiply, Op.Divide, Op.Remainder, Op.Maximum, Op.Minimum,
    ];

    private static readonly float[] Values =
        [0.5f, -0.5f, 1, -1, 2, -3, 0.25f, 7, -0.125f, 1.5f, -2.5f, 3.25f, 10, -10, 0.75f, -6];

    // The text leaves parentheses out, and may leave out none that counts.
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void An_operation_means_the_same_inside_another_and_before_it(int lanes)
    {
        var input = new Buffer("x", DType.F32, Elements);
        Value Read() => new Load(input, 0, lanes);
        Value Constant(float value) => Wide(new Literal(DType.F32, Constants.Bits(DType.F32, value)), lanes);

        // What stands inside: an operation of the input, a sum rounded once, or a constant of either sign.
        var inner = new List<Func<Value>> { () => Constant(-0.5f), () => Constant(0.5f), Read };
        inner.AddRange(Unary.Select(op => (Func<Value>)(() => new Apply(op, DType.F32, Read()))));
        inner.AddRange(Binary.Select(op => (Func<Value>)(() => new Apply(op, DType.F32, Read(), Constant(-3)))));
        inner.AddRange(Binary.Select(op => (Func<Value>)(() => new Apply(op, DType.F32, Constant(1.5f), Read()))));
        inner.Add(() => new MultiplyAdd(Read(), Constant(-1.5f), Constant(2)));
        var outer = new List<Func<Value, Value>>();
        outer.AddRange(Unary.Select(op => (Func<Value, Value>)(v => new Apply(op, DType.F32, v))));
        outer.AddRange(Binary.Select(op => (Func<Value, Value>)(v => new Apply(op, DType.F32, v, Constant(-0.75f)))));
        outer.AddRange(Binary.Select(op => (Func<Value, Value>)(v => new Apply(op, DType.F32, Constant(4), v))));
        outer.Add(v => new MultiplyAdd(v, v, Constant(-1)));
        outer.Add(v => new Apply(Op.Where, DType.F32, new Apply(Op.Less, DType.Bool, v, Constant(0)), v, Constant(9)));

        int pairs = inner.Count * outer.Count;
        var nested = new Buffer("nested", DType.F32, pairs * Elements);
        var stepwise = new Buffer("stepwise", DType.F32, pairs * Elements);
        var kernels = new List<Kernel>();
        foreach (Func<Value, Value> around in outer)
        {
            foreach (Func<Value> inside in inner)
            {
                int at = kernels.Count / 2 * Elements;
                var step = new Local("step", DType.F32, lanes);
                kernels.Add(Kernel(new Store(nested, at, around(inside()))));
                kernels.Add(Kernel(new Declare(step, inside()), new Store(stepwise, at, around(step))));
            }
        }

        float[][] results = Run(input, [nested, stepwise], kernels);
        for (int i = 0; i < results[0].Length; i += Elements)
        {
            int kernel = i / Elements * 2;
            for (int lane = 0; lane < lanes; lane++)
            {
                float inside = results[0][i + lane];
                float before = results[1][i + lane];
                Assert.True(
                    BitConverter.SingleToInt32Bits(inside) == BitConverter.SingleToInt32Bits(before),
                    $"kernel {kernel}, lane {lane}: {inside} inside, {before} before");
            }
        }
    }

    private static Value Wide(Value value, int lanes) => lanes == 1 ? value : new Splat(value, lanes);

    private static Kernel Kernel(params Statement[] body) => new("k", [], new LoopVariable("piece", 1), body, 0);

    // A kernel without nodes: its sizes are known from what it does only.
    [Fact]
    public void A_size_that_only_a_condition_names_is_declared()
    {
        var input = new Buffer("x", DType.F32, Elements);
        var output = new Buffer("y", DType.F32, Elements);
        var i = new LoopVariable("i", Elements);
        Index last = Index.Of(Symbol.Create("N", 1, Elements));
        var fill = new Literal(DType.F32, Constants.Bits(DType.F32, 7));
        var below = new Guard([new Condition(i, 0, last)], new Load(input, i), fill);
        Kernel kernel = Kernel(new For(i, 0, Elements, 1, [new Store(output, i, below)]));

        float[][] results = Run(input, [output], [kernel], ("N", 5));
        Assert.Equal([.. Values.Take(5), .. Enumerable.Repeat(7f, Elements - 5)], results[0]);
    }

    private static float[][] Run(
        Buffer input, Buffer[] outputs, List<Kernel> kernels, params (string Name, long Value)[] symbols)
    {
        var placements = new Dictionary<Buffer, Placement> { [input] = new(Space.Arena, 64) };
        long end = 1024;
        foreach (Buffer output in outputs)
        {
            placements.Add(output, new Placement(Space.Arena, end));
            end += (output.Size.Value * sizeof(float)) + 1024;
        }

        Port PortOf(Buffer buffer) => new(buffer.Name, new TensorType(DType.F32, new Shape(buffer.Size)), buffer);
        var plan = new Plan(
            "by hand", symbols.Select(symbol => Symbol.Create(symbol.Name, 1, Elements)).ToArray(), [PortOf(input)],
            outputs.Select(PortOf).ToArray(), [], [], [], kernels, placements, end, []);
        Program program = JitCompiler.Compile(plan, CSharpTarget.Bits512);
        using var state = new ModelState(1, program);
        using var context = new ProgramContext(program, state);
        foreach (var (name, value) in symbols)
        {
            context.SetSymbol(name, value);
        }

        Values.CopyTo(context.Input<float>(input.Name));
        context.Run();
        return outputs.Select(output => context.Output<float>(output.Name).ToArray()).ToArray();
    }
}
