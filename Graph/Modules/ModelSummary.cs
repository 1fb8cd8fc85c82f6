using System.Globalization;
using System.Text;

namespace Sinter.Modules;

/// <summary>Tells people what a model consists of.</summary>
public static class ModelSummary
{
    /// <summary>
    /// A table with one line for each module that has parameters of its own, and the total; the same in every culture.
    /// </summary>
    /// <param name="model">The root, or any part of a model.</param>
    public static string Of(Module model)
    {
        var rows = Flatten(model).Where(module => Own(module).Any()).Select(Row).ToList();
        rows.Add(["total", "", "", Number(model.Parameters)]);
        int[] widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            string line = string.Join("  ", row.Take(row.Length - 1).Select((cell, i) => cell.PadRight(widths[i])));
            text.Append(line).Append("  ").Append(row.Last().PadLeft(widths.Last())).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<Module> Flatten(Module module) => module.Children.SelectMany(Flatten).Prepend(module);

    private static IEnumerable<Parameter> Own(Module module) =>
        module.Parameters.Except(module.Children.SelectMany(child => child.Parameters));

    // Path, type, parameters with their shapes, number of elements.
    private static string[] Row(Module module)
    {
        var shapes = Own(module).Select(p => $"{LocalName(p)} {p.Type.Shape}");
        string path = module.Path.Length == 0 ? "(model)" : module.Path;
        return [path, module.GetType().Name, string.Join(", ", shapes), Number(Own(module))];
    }

    private static string LocalName(Parameter parameter) =>
        parameter.FullName.Substring(parameter.FullName.LastIndexOf('.') + 1);

    private static string Number(IEnumerable<Parameter> parameters)
    {
        long count = parameters.Sum(p => p.Type.Shape.Aggregate(1L, (product, extent) => product * extent.Value));
        return count.ToString("N0", CultureInfo.InvariantCulture);
    }
}
