using System.Globalization;
using Microsoft.CodeAnalysis;
using Sinter.Generators.Interpretation;
using Sinter.Generators.Models;
using Sinter.Generators.Reading;

namespace Sinter.Generators.Diagnostics;

/// <summary>One mistake, one message: what an exception during the reading of a model is to the user.</summary>
internal static class Messages
{
    /// <summary>The message; none where the compiler has already said what is wrong.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="interpreter">Knows where.</param>
    /// <param name="attribute">The place for what concerns the model as a whole.</param>
    public static IEnumerable<Problem> Of(Exception error, Interpreter interpreter, Place? attribute)
    {
        if (error is ModelFault fault)
        {
            return [new Problem(fault.Id, fault.Message, attribute)];
        }

        ErrorSite? site = interpreter.SiteOf(error);
        bool isSaid = error is Stop { Id: null } || (site is not null && interpreter.HaveErrors(site.Members));
        if (isSaid)
        {
            return [];
        }

        Place? place = Place.Of(site?.Location) ?? attribute;
        (string id, string text) = error switch
        {
            Stop stop => (stop.Id!, stop.Message),
            GraphException graph => (DiagnosticDescriptors.Graph.Id, OneLine(Faults.WithoutLocation(graph))),
            _ when site is not null => (DiagnosticDescriptors.Thrown.Id, $"{Name(error)}: {OneLine(error.Message)}"),
            _ => (DiagnosticDescriptors.Internal.Id, Faults.Describe(error)),
        };
        return [new Problem(id, text + Trail(site), place)];
    }

    private static string Name(Exception error) => error is IInterpreted ? error.GetType().Name : error.GetType().Name;

    // The build prints one line of a message with its place; further lines would lose it.
    private static string OneLine(string text) =>
        string.Join("; ", text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string Trail(ErrorSite? site)
    {
        if (site is null || site.Trail.Count == 0)
        {
            return "";
        }

        var calls = site.Trail.Take(3).Select(location =>
        {
            FileLinePositionSpan span = location.GetMappedLineSpan();
            string line = (span.StartLinePosition.Line + 1).ToString(CultureInfo.InvariantCulture);
            return $"{span.Path.Substring(span.Path.LastIndexOfAny(['/', '\\']) + 1)}({line})";
        });
        return "; called from " + string.Join(", ", calls);
    }
}
