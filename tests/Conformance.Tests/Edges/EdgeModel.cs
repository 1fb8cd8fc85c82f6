using System.Globalization;
using Sinter.Compiler.Differentiate;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Edges;

/// <summary>What a case's graph is built with: its inputs, and the settings that its expression names.</summary>
public sealed class EdgeModel(EdgeCase data)
{
    private readonly SortedDictionary<string, Node> inputs = new(StringComparer.Ordinal);

    public EdgeCase Case => data;

    public GraphBuilder Graph { get; } = new(captureSource: false);

    /// <summary>The first input.</summary>
    public Tensor<F32> X => Input<F32>(0);

    /// <summary>The second input.</summary>
    public Tensor<F32> Y => Input<F32>(1);

    public Tensor<T> Input<T>(int index)
        where T : struct, IElement => new(Input(index));

    public Node Input(int index)
    {
        string key = "input." + index.ToString(CultureInfo.InvariantCulture);
        if (!inputs.TryGetValue(key, out Node? input))
        {
            TensorValue value = data.Tensors[key];
            var shape = new Shape(value.Shape.Select(extent => (Dimension)extent));
            inputs.Add(key, input = Graph.Input(key, new TensorType(value.Type, shape)));
        }

        return input;
    }

    /// <summary>What stands behind a name and '=' or ':' in the expression; null where it is not there.</summary>
    public string? Setting(string name)
    {
        int at = data.Expression.IndexOf(name, StringComparison.Ordinal);
        return at < 0 ? null : data.Expression[(at + name.Length)..].TrimStart('\'', '=', ':', ' ')
            .Split(',', ')', '}', ' ')[0];
    }

    /// <summary>A number among the settings.</summary>
    public double Number(string name, double otherwise) =>
        Setting(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The numbers that the expression's name ends with: half is 0.5, m1 is -1, 07 is 0.7, inf is
    /// infinity.</summary>
    public double[] Numbers() =>
        [.. data.Expression.Split(' ')[0].Split('_').Skip(1).Select(Parse).Where(number => !double.IsNaN(number))];

    /// <summary>The graph of the outputs and of the gradients that the case has.</summary>
    public BuiltCase Build(Node[] results)
    {
        var outputs = results.Select((node, i) => new Output($"output.{i}", node)).ToList();
        string[] wanted = [.. data.Under("grad_")];
        if (wanted.Length > 0)
        {
            Tensor<F32> loss = results.Select(node => new Tensor<F32>(node).Sum()).Aggregate((a, b) => a + b);
            Node[] by = [.. wanted.Select(key => inputs[key["grad_".Length..]])];
            var gradients = Differentiator.Gradient(loss.Node, by);
            outputs.AddRange(wanted.Select((key, i) => new Output(key, gradients[by[i]])));
        }

        var values = inputs.Keys.ToDictionary(key => key, key => data.Tensors[key]);
        return new BuiltCase(
            new Graph(data.Name, Graph.Inputs, outputs, []), values, new Dictionary<string, TensorValue>());
    }

    private static double Parse(string text)
    {
        double sign = text.StartsWith('m') ? -1 : 1;
        string digits = text.TrimStart('m');
        return digits switch
        {
            "half" => 0.5,
            "inf" => double.PositiveInfinity,
            ['0', _, ..] => sign * double.Parse("0." + digits[1..], CultureInfo.InvariantCulture),
            _ => double.TryParse(digits, CultureInfo.InvariantCulture, out double number) ? sign * number : double.NaN,
        };
    }
}
