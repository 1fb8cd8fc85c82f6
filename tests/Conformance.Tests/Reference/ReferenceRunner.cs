using Sinter.Reference;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>Runs one case on one engine and collects every difference from PyTorch.</summary>
public sealed class ReferenceRunner
{
    private static readonly string[] Given = ["param", "buffer", "input", "target", "cotangent"];

    private delegate InterpreterResult CompiledStep(int step, Dictionary<string, TensorValue> state);

    private readonly IEngine engine;
    private readonly ReferenceCase data;
    private readonly ReferenceModel model;
    private readonly ReferenceGraphs graphs;
    private readonly HashSet<string> compared = [];
    private readonly List<string> differences = [];

    private ReferenceRunner(IEngine engine, ReferenceCase data, ReferenceModel model)
    {
        this.engine = engine;
        this.data = data;
        this.model = model;
        graphs = new ReferenceGraphs(data, model);
    }

    /// <summary>Every difference: a key of the reference that nothing was compared with is one, too.</summary>
    public static IReadOnlyList<string> Differences(IEngine engine, ReferenceCase data, Action<ReferenceModel> build)
    {
        var model = new ReferenceModel(data);
        build(model);
        var runner = new ReferenceRunner(engine, data, model);
        runner.Forward();
        runner.Train();
        runner.RequireAllCompared();
        return runner.differences;
    }

    private void Forward()
    {
        if (graphs.Forward() is not { } graph)
        {
            return;
        }

        var state = InitialState();
        InterpreterResult result = Compile(graph)(0, state);
        foreach (var (key, value) in result.Outputs)
        {
            Compare(key, value);
        }

        foreach (var (name, before) in state)
        {
            Compare("buffer_after." + name, result.Updates.GetValueOrDefault(name, before));
        }
    }

    private void Train()
    {
        int epochs = model.Epochs ?? data.Steps.DefaultIfEmpty().Max();
        if (epochs == 0)
        {
            return;
        }

        CompiledStep run = Compile(graphs.Step());
        var state = InitialState();
        var results = new Dictionary<string, List<TensorValue>>();
        for (int step = 0; step < epochs * model.StepsPerEpoch; step++)
        {
            InterpreterResult result = run(step, state);
            foreach (var (name, value) in result.Updates)
            {
                state[name] = value;
            }

            Append(results, result.Outputs);
            if ((step + 1) % model.StepsPerEpoch == 0)
            {
                CompareState((step + 1) / model.StepsPerEpoch, state);
            }
        }

        CompareSteps(results);
        if (graphs.Final() is { } final)
        {
            foreach (var (key, value) in Compile(final)(0, state).Outputs)
            {
                Compare(key, value);
            }
        }
    }

    private static void Append(
        Dictionary<string, List<TensorValue>> results, IReadOnlyDictionary<string, TensorValue> outputs)
    {
        foreach (var (key, value) in outputs)
        {
            if (!results.TryGetValue(key, out List<TensorValue>? list))
            {
                results.Add(key, list = []);
            }

            list.Add(value);
        }
    }

    private void CompareState(int epoch, Dictionary<string, TensorValue> state)
    {
        foreach (var (name, value) in state)
        {
            Compare($"after{epoch}.{name}", value);
            Compare($"after{epoch}_buffer.{name}", value);
            Compare($"buffer_after{epoch}.{name}", value);
        }
    }

    private void CompareSteps(Dictionary<string, List<TensorValue>> results)
    {
        foreach (var (key, values) in results)
        {
            double[] numbers =
                [.. values.SelectMany(value => Enumerable.Range(0, value.Count).Select(value.Number))];
            bool isSummed = key.StartsWith("output.", StringComparison.Ordinal)
                && model.EpochSums.ContainsKey(key["output.".Length..]);
            if (isSummed)
            {
                numbers = [.. numbers.Chunk(model.StepsPerEpoch).Select(epoch => epoch.Sum())];
            }

            Compare(key, TensorValue.FromNumbers(values[0].Type, [numbers.Length], numbers));
        }
    }

    private void Compare(string key, TensorValue value)
    {
        if (!data.Tensors.TryGetValue(key, out TensorValue? expected))
        {
            return;
        }

        compared.Add(key);
        if (data.Tolerance.Difference(key, expected, value) is { } difference)
        {
            differences.Add(difference);
        }
    }

    private void RequireAllCompared() => differences.AddRange(
        data.Tensors.Keys.Where(key => !Given.Contains(key.Split('.')[0]) && !compared.Contains(key))
            .Select(key => key + ": was never compared"));

    private Dictionary<string, TensorValue> InitialState() =>
        model.States.ToDictionary(state => state.Key, state => Initial(state.Value));

    // The graph as its text tells it, compiled once for all steps.
    private CompiledStep Compile(Graph original)
    {
        Graph graph = Reread(original);
        CompiledGraph compiled = engine.Compile(graph);
        return (step, state) =>
        {
            var own = new Dictionary<string, TensorValue>();
            foreach (Node node in graph.Parameters)
            {
                // What optimizers remember starts as they declare it.
                Parameter declaration = node.Get<ParameterAttributes>().Declaration;
                state.TryAdd(declaration.FullName, Initial(declaration));
                own.Add(declaration.FullName, state[declaration.FullName]);
            }

            return compiled(model.ValuesAt(step), own);
        };
    }

    private TensorValue Initial(Parameter declaration)
    {
        string name = declaration.FullName;
        if (data.Tensors.TryGetValue("param." + name, out TensorValue? given)
            || data.Tensors.TryGetValue("buffer." + name, out given))
        {
            return given;
        }

        if (declaration.Initializer.Kind != InitializerKind.Constant)
        {
            throw new InvalidOperationException($"the reference has no value for {declaration}");
        }

        long[] shape = declaration.Type.Shape.Select(extent => extent.Value).ToArray();
        double[] values = new double[shape.Aggregate(1L, (product, extent) => product * extent)];
        Array.Fill(values, declaration.Initializer.A);
        return TensorValue.FromNumbers(declaration.Type.Type, shape, values);
    }

    // The graph as its text tells it, which must tell all.
    private Graph Reread(Graph graph)
    {
        string text = GraphPrinter.Print(graph);
        Graph reread = GraphParser.Parse(text);
        if (GraphPrinter.Print(reread) != text)
        {
            differences.Add($"{graph.Name}: printed, parsed and printed again, the text differs");
        }

        return reread;
    }
}
