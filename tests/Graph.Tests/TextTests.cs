using System.Globalization;
using Sinter.Optimizers;
using Sinter.Testing;
using Sinter.Tests.Models;

namespace Sinter.Tests;

public class TextTests
{
    public static TheoryData<string> Graphs =>
        ["inference", "training", "everything", "optimizer", "strange names", "empty"];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Text_survives_a_round_trip(string name)
    {
        Graph graph = Make(name);
        string text = GraphPrinter.Print(graph);
        Graph parsed = GraphParser.Parse(text);
        Assert.Equal(text, GraphPrinter.Print(parsed));
        Assert.Equal(graph.Nodes.Select(n => n.Type), parsed.Nodes.Select(n => n.Type));
        Assert.Equal(graph.Symbols, parsed.Symbols);
        Assert.All(text, c => Assert.True(c is '\n' or (>= ' ' and <= '~')));
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Comments_and_paths_are_no_part_of_identity(string name)
    {
        Graph graph = Make(name);
        string text = GraphPrinter.Print(graph);
        string full = GraphPrinter.Print(graph, GraphTextOptions.Paths | GraphTextOptions.Comments);
        Graph parsed = GraphParser.Parse(full.Replace("\n", "\r\n\r\n  # more\n"));
        Assert.Equal(text, GraphPrinter.Print(parsed));
        Assert.Equal(full, GraphPrinter.Print(parsed, GraphTextOptions.Paths | GraphTextOptions.Comments));
    }

    [Fact]
    public void Text_of_a_model() => Golden.Verify(GraphPrinter.Print(Make("inference")));

    [Fact]
    public void Text_of_a_model_for_readers() =>
        Golden.Verify(GraphPrinter.Print(Make("training"), GraphTextOptions.Paths | GraphTextOptions.Comments));

    [Fact]
    public void Text_does_not_depend_on_the_culture()
    {
        string text = GraphPrinter.Print(Make("training"), GraphTextOptions.Comments);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var format = new NumberFormatInfo { NegativeSign = "~", NumberDecimalSeparator = "," };
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = format };
            Assert.Equal(text, GraphPrinter.Print(Make("training"), GraphTextOptions.Comments));
            Assert.Equal(text, GraphPrinter.Print(GraphParser.Parse(text), GraphTextOptions.Comments));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_operation_is_printed_and_parsed() =>
        Assert.Equal(Enum.GetValues<Op>(), Make("everything").Nodes.Select(node => node.Op).Distinct().Order());

    [Theory]
    [InlineData(DType.F32, "3f8000008000000000000001ff8000007fc00000")]
    [InlineData(DType.F64, "3ff0000000000000fff0000000000000")]
    [InlineData(DType.I64, "7fffffffffffffff8000000000000000")]
    [InlineData(DType.I32, "7fffffff80000000ffffffff")]
    [InlineData(DType.U8, "00ff7f")]
    [InlineData(DType.Bool, "0001")]
    public void Constants_keep_every_bit(DType type, string bits)
    {
        int width = type == DType.Bool ? 2 : 2 * DTypes.SizeOf(type);
        string shape = $"[{bits.Length / width}]";
        string line = $"%0 = constant() {{type={type.Name()}, shape={shape}, bits=\"{bits}\"}} : {type.Name()}{shape}";
        string text = $"graph \"c\"\n{line}\noutput \"y\" = %0\n";
        Assert.Equal(text, GraphPrinter.Print(GraphParser.Parse(text)));
    }

    [Fact]
    public void Parse_errors_have_line_and_column()
    {
        string input = "graph \"x\"\n%0 = input() {name=\"a\", ";
        string[] wrong =
        [
            "", "graph", "graph \"x", "graph \"x\" y", "%0 = input()", "graph \"x\"\nnode",
            "graph \"x\"\n%0 = nothing()", "graph \"x\"\nsymbol N = 2..1",
            "graph \"x\"\nsymbol N = 1..2\nsymbol N = 1..2", "graph \"x\"\n%0 = add(%1, %2)",
            input + "shape=[2], type=f32} : f32[2]", input + "type=f32, shape=[M]} : f32[M]",
            input + "type=f32, shape=[2]} : f32[3]", "graph \"x\"\n%0 = input() {name=\"a\\q\", type=f32",
            input + "type=f32, shape=[99999999999999999999]} : f32[2]",
            input + "type=f32, shape=[4, 4]} : f32[4, 4]\n%1 = sum(%0) {axes=[2]} : f32[4]",
            input + "type=f32, shape=[2]} : f32[2]\noutput \"y\" = %0\noutput \"y\" = %0",
        ];
        var messages = wrong.Select(text => Assert.Throws<GraphException>(() => GraphParser.Parse(text)).Message);
        Golden.Verify(string.Concat(messages.Select(message => message + "\n\n")));
    }

    internal static Graph Make(string name) => name switch
    {
        "inference" => LeNet5Graphs.Inference(),
        "training" => LeNet5Graphs.Training(),
        "everything" => Everything.Graph(),
        "optimizer" => Optimized(),
        "strange names" => Strange(),
        _ => new Graph("", [], [], []),
    };

    private static Graph Optimized()
    {
        var graph = new GraphBuilder();
        var type = new TensorType(DType.F32, new Shape(3));
        var parameter = new Parameter("w", type, Initializer.Normal(0, 0.1));
        Node gradient = graph.Input<F32>("gradient", 3).Node;
        return new Graph("step", graph.Inputs, [], new AdamW(amsgrad: true).Step(graph, [(parameter, gradient)]));
    }

    private static Graph Strange()
    {
        var graph = new GraphBuilder();
        graph.Input<F32>("\"\\\n\r\0# é\uD83D\uDE00\uD800", Symbol.Create("f32", 0, long.MaxValue / 64));
        Tensor<F32> x = graph.Input<F32>("", Symbol.Create("_", 0, 0), 0, 3);
        return new Graph("%0 = \n", graph.Inputs, [new Output(" ", x.Node), new Output("\t", x.Node)], []);
    }
}
