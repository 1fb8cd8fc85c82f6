using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Barrier = Sinter.Compiler.Kernels.Barrier;
using Buffer = Sinter.Compiler.Values.Buffer;
using Index = Sinter.Compiler.Values.Index;

namespace Sinter.Backends.Tests;

/// <summary>What a printer does not know ends in an error: text that leaves something out computes wrong
/// numbers.</summary>
public sealed class UnknownTextTests
{
    private static readonly Buffer Floats = new("x", DType.F32, 64);
    private static readonly Value One = new Literal(DType.F32, BitConverter.DoubleToInt64Bits(1));
    private static readonly LoopVariable Counter = new("i", 4);

    private static readonly Dictionary<string, Statement> Statements = new()
    {
        ["unknown"] = new UnknownStatement(),
        ["unknown inside"] = new For(Counter, Index.Zero, Index.Of(4), 1, [new UnknownStatement()]),
        ["unknown value"] = Stored(new UnknownValue()),
        ["unknown operand"] = Stored(new Apply(Op.Add, DType.F32, One, new UnknownValue())),
        ["barrier"] = new Barrier(),
        ["copies"] = new MarkCopies(),
        ["wait"] = new WaitForCopies(0),
        ["registers"] = new DeclareRegisters(new Registers("r", DType.F32, 2)),
        ["exchange"] = Stored(new Exchange(One, 1)),
        ["counted scalar"] = new Store(Floats, Index.Zero, One, count: Index.Of(1)),
        ["lanes by and"] = Stored(new Horizontal(Op.And, new Splat(One, 16))),
        ["bits of doubles"] = new Declare(
            new Local("d", DType.F64, 8),
            new Apply(
                Op.And, DType.F64, new Splat(new Literal(DType.F64, 0), 8), new Splat(new Literal(DType.F64, 0), 8))),
        ["half"] = new Declare(new Local("h", DType.F16), new Apply(Op.Negate, DType.F16, new Literal(DType.F16, 0))),
        ["share"] = new Share(Counter, new LoopVariable("j", 4), new LoopVariable("k", 1), 4, 4),
        ["strips"] = new StripLoop(Counter, Index.Zero, Index.Of(4), []),
        ["prefetch"] = new Prefetch(Floats, Index.Zero),
        ["transpose"] = new Transpose(
            Floats, Index.Zero, Index.Of(4), Floats, Index.Zero, 4, Index.Of(4), Index.Of(4), 4),
        ["vector"] = new Store(Floats, Index.Zero, new Load(Floats, Index.Zero, 16)),
        ["sum of lanes"] = Stored(new Horizontal(Op.Add, new Load(Floats, Index.Zero, 16))),
        ["stride"] = new Store(Floats, Index.Zero, One, stride: 2),
    };

    [Theory]
    [InlineData("unknown")]
    [InlineData("unknown inside")]
    [InlineData("unknown value")]
    [InlineData("unknown operand")]
    [InlineData("barrier")]
    [InlineData("copies")]
    [InlineData("wait")]
    [InlineData("registers")]
    [InlineData("exchange")]
    [InlineData("counted scalar")]
    [InlineData("lanes by and")]
    [InlineData("bits of doubles")]
    [InlineData("half")]
    public void CSharp_of_what_it_has_no_text_for_is_an_error(string name) =>
        Fails(() => ProgramPrinter.Print(PlanOf(name, null), CSharpTarget.Bits512, "C", "N"));

    [Theory]
    [InlineData("unknown")]
    [InlineData("unknown inside")]
    [InlineData("unknown value")]
    [InlineData("unknown operand")]
    [InlineData("strips")]
    [InlineData("prefetch")]
    [InlineData("transpose")]
    [InlineData("vector")]
    [InlineData("sum of lanes")]
    [InlineData("stride")]
    [InlineData("half")]
    public void Cuda_of_what_it_has_no_text_for_is_an_error(string name) =>
        Fails(() => CudaProgramPrinter.PrintKernels(PlanOf(name, new LoopVariable("t", 32))));

    // Else the errors above could come from the plan around the statement.
    [Fact]
    public void The_same_plan_with_a_known_statement_has_text()
    {
        Statement known = Stored(One);
        Assert.Contains(
            "p0[0] = 1f;", ProgramPrinter.Print(PlanOf(known, null), CSharpTarget.Bits512, "C", "N"),
            StringComparison.Ordinal);
        Assert.Contains(
            "p0[0] = 1.0f;", CudaProgramPrinter.PrintKernels(PlanOf(known, new LoopVariable("t", 32))),
            StringComparison.Ordinal);
    }

    // Lanes that repeat and step: four text forms, and the general one.
    [Fact]
    public void A_load_of_any_step_and_repetition_names_the_right_elements()
    {
        Value load = new Load(Floats, Index.Zero, 4, 3, 2);
        Statement stored = new Store(Floats, Index.Zero, load);
        string text = ProgramPrinter.Print(PlanOf(stored, null), CSharpTarget.Bits128, "C", "N");
        Assert.Contains("Vector128.Create(p0[0], p0[0], p0[3], p0[3])", text, StringComparison.Ordinal);
    }

    private static Store Stored(Value value) => new(Floats, Index.Zero, value);

    private static void Fails(Action print)
    {
        Exception error = Assert.ThrowsAny<Exception>(print);
        Assert.True(error is InvalidOperationException or GraphException, error.ToString());
    }

    private static Plan PlanOf(string name, LoopVariable? thread) => PlanOf(Statements[name], thread);

    private static Plan PlanOf(Statement statement, LoopVariable? thread)
    {
        var kernel = new Kernel("kernel", [], new LoopVariable("piece", 1), [statement], 0, thread);
        var placements = kernel.Buffers.ToDictionary(buffer => buffer, _ => new Placement(Space.Arena, 0));
        return new Plan("plan", [], [], [], [], [], [], [kernel], placements, 256, []);
    }

    private sealed class UnknownStatement : Statement;

    private sealed class UnknownValue() : Value(DType.F32, 1)
    {
        protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) => this;
    }
}
