using System.Globalization;
using Spectre.Console;

namespace Sinter.Bench;

/// <summary>Results as a table: a name, numbers, a note.</summary>
internal static class ResultTable
{
    private const int WidthWhereUnknown = 180;

    /// <summary>Prints rows.</summary>
    /// <param name="columns">What the numbers are called.</param>
    /// <param name="rows">Each with as many numbers.</param>
    public static void Write(string[] columns, IEnumerable<(string Name, string[] Numbers, string Note)> rows)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWhereUnknown;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("name").NoWrap());
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        }

        table.AddColumn("note");
        foreach (var (name, numbers, note) in rows)
        {
            table.AddRow([Markup.Escape(name), .. numbers, Markup.Escape(note)]);
        }

        console.Write(table);
    }

    /// <summary>A number; nothing where there is none.</summary>
    public static string Text(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
