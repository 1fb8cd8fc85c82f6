using Sinter.Conformance.Tests;
using Sinter.Reference;

namespace Sinter.Compiler.Tests;

/// <summary>Copies random graphs with F64 in place of F32, so that folded constants are not rounded to single
/// precision.</summary>
internal static class InDouble
{
    public static RandomGraph Of(RandomGraph random)
    {
        var copies = new Dictionary<Node, Node>();
        Graph graph = Of(random.Graph, copies);
        var errors = new Dictionary<Node, double>();
        foreach (var (node, error) in random.Errors.Where(pair => copies.ContainsKey(pair.Key)))
        {
            errors[copies[node]] = error;
        }

        return random with
        {
            Graph = graph,
            Inputs = random.Inputs.ToDictionary(pair => pair.Key, pair => Wide(pair.Value)),
            Parameters = random.Parameters.ToDictionary(pair => pair.Key, pair => Wide(pair.Value)),
            Errors = errors,
        };
    }

    private static Graph Of(Graph graph, Dictionary<Node, Node> copies)
    {
        var builder = new GraphBuilder(captureSource: false);
        foreach (Node node in graph.Nodes)
        {
            copies.Add(node, node.Attributes is InputAttributes input
                ? builder.Input(input.Name, Wide(node.Type))
                : builder.Make(
                    node.Op, Wide(node.Attributes), node.Inputs.Select(operand => copies[operand]).ToArray()));
        }

        var outputs = graph.Outputs.Select(output => output with { Node = copies[output.Node] }).ToArray();
        var updates = graph.Updates.Select(u => new Update(copies[u.Parameter], copies[u.Value])).ToArray();
        return new Graph(graph.Name, builder.Inputs, outputs, updates);
    }

    private static TensorType Wide(TensorType type) => type with { Type = Wide(type.Type) };

    private static DType Wide(DType type) => type == DType.F32 ? DType.F64 : type;

    private static TensorValue Wide(TensorValue value) =>
        value.Type == DType.F32 ? new TensorValue(DType.F64, value.Shape, value.Floats) : value;

    private static Attributes Wide(Attributes attributes) => attributes switch
    {
        ParameterAttributes { Declaration: var own } =>
            new Parameter(own.FullName, Wide(own.Type), own.Initializer, own.Kind).Node.Attributes,
        ConstantAttributes constant => new ConstantAttributes(Wide(constant.Type), constant.Bits),
        IotaAttributes iota => iota with { Type = Wide(iota.Type) },
        BodyAttributes inside => inside.With([.. inside.Bodies.Select(body => new Body(Of(body.Graph, [])))]),
        CastAttributes cast => new CastAttributes(Wide(cast.Type)),
        _ => attributes,
    };
}
