namespace Sinter.Reference;

/// <summary>How the interpreter computes.</summary>
/// <param name="RoundToType">
/// Whether every floating-point result is rounded to its element type. Without it floats stay doubles whatever their
/// type, which finite differences need.
/// </param>
/// <param name="RoundSums">
/// Whether sums are rounded to single precision after every term too, one after another: how far the result moves says
/// what single precision does to a graph.
/// </param>
public sealed record InterpreterOptions(bool RoundToType = false, bool RoundSums = false);

/// <summary>What a run gives.</summary>
/// <param name="Outputs">The graph's outputs by name.</param>
/// <param name="Updates">The next values of the state that the run changes, by the parameter's full name.</param>
public sealed record InterpreterResult(
    IReadOnlyDictionary<string, TensorValue> Outputs, IReadOnlyDictionary<string, TensorValue> Updates);

/// <summary>Computes one node from the values of its operands.</summary>
internal delegate TensorValue Evaluator(Node node, IReadOnlyList<TensorValue> operands, RunContext context);

/// <summary>What a run knows besides the values of nodes.</summary>
internal sealed record RunContext(
    IReadOnlyDictionary<string, TensorValue> Inputs,
    IReadOnlyDictionary<string, TensorValue> Parameters,
    Dictionary<Symbol, long> Symbols,
    InterpreterOptions Options)
{
    /// <summary>One more term of a sum.</summary>
    public double Add(double sum, double term) => Options.RoundSums ? (float)(sum + term) : sum + term;

    /// <summary>The real extents of a shape.</summary>
    public long[] Extents(IEnumerable<Dimension> shape) => shape.Select(Extent).ToArray();

    /// <summary>The value of a size.</summary>
    public long Extent(Dimension size) => size.Evaluate(symbol => Symbols[symbol]);
}

/// <summary>
/// The oracle: evaluates a graph node by node, naively and in double precision. Every other way to run a graph is
/// compared with it.
/// </summary>
public static class Interpreter
{
    /// <summary>The rule of each operation.</summary>
    internal static IReadOnlyDictionary<Op, Evaluator> Table { get; } = new[]
    {
        Leaves.Rows, Elementwise.Rows, Movement.Rows, Reductions.Rows, Products.Rows, Indexed.Rows, Scans.Rows,
        Branches.Rows,
    }.SelectMany(rows => rows).ToDictionary(row => row.Op, row => row.Evaluate);

    /// <summary>Runs a graph.</summary>
    /// <param name="graph">What to compute.</param>
    /// <param name="inputs">A value for each input, by name. Their shapes bind the symbolic dimensions.</param>
    /// <param name="parameters">A value for each parameter, by full name.</param>
    /// <param name="options">How to compute; doubles throughout where null.</param>
    /// <exception cref="RunException">A value is missing or does not fit, or an index is out of range.</exception>
    public static InterpreterResult Run(
        Graph graph,
        IReadOnlyDictionary<string, TensorValue> inputs,
        IReadOnlyDictionary<string, TensorValue> parameters,
        InterpreterOptions? options = null)
    {
        var context = new RunContext(
            inputs, parameters, SymbolBinding.Bind(graph, inputs), options ?? new InterpreterOptions());
        Dictionary<Node, TensorValue> values = Evaluate(graph, context);
        return new InterpreterResult(
            graph.Outputs.ToDictionary(output => output.Name, output => values[output.Node]),
            graph.Updates.ToDictionary(
                update => update.Parameter.Get<ParameterAttributes>().Declaration.FullName,
                update => values[update.Value]));
    }

    /// <summary>The value of every node.</summary>
    internal static Dictionary<Node, TensorValue> Evaluate(Graph graph, RunContext context)
    {
        var values = new Dictionary<Node, TensorValue>(graph.Nodes.Count);
        foreach (Node node in graph.Nodes)
        {
            TensorValue[] operands = node.Inputs.Select(input => values[input]).ToArray();
            TensorValue value = Table[node.Op](node, operands, context);
            values.Add(node, context.Options.RoundToType ? Rounding.ToType(value) : value);
        }

        return values;
    }
}
