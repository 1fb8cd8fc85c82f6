using System.Globalization;
using System.Text;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Writes a graph and the values it runs on, for failure messages.</summary>
public static class GraphDump
{
    /// <summary>
    /// One line for each node, operands before users, then results, then the values of inputs and parameters.
    /// </summary>
    public static string Print(RandomGraph random)
    {
        var text = new StringBuilder();
        var names = new Dictionary<Node, string>();
        foreach (Node node in random.Graph.Nodes)
        {
            names.Add(node, "%" + names.Count.ToString(CultureInfo.InvariantCulture));
            string operands = string.Join(", ", node.Inputs.Select(input => names[input]));
            string settings = string.Join(", ", node.Attributes.Fields.Select(field => $"{field.Name}={field.Value}"));
            text.Append(CultureInfo.InvariantCulture, $"{names[node]} = {OpTable.Row(node.Op).Name}({operands})");
            text.Append(settings.Length == 0 ? "" : " {" + settings + "}").Append(" : ").Append(node.Type).Append('\n');
        }

        foreach (Output output in random.Graph.Outputs)
        {
            text.Append("output ").Append(output.Name).Append(" = ").Append(names[output.Node]).Append('\n');
        }

        foreach (Update update in random.Graph.Updates)
        {
            text.Append("update ").Append(names[update.Parameter]).Append(" = ");
            text.Append(names[update.Value]).Append('\n');
        }

        foreach (var (name, value) in random.Inputs.Concat(random.Parameters))
        {
            text.Append(name).Append(" = ").Append(value).Append('\n');
        }

        return text.ToString();
    }
}
