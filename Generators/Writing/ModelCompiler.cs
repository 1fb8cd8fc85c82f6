using System.Globalization;
using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;

namespace Sinter.Generators.Writing;

/// <summary>From what was read of a model to the files that are added: the same passes and printers as in
/// process.</summary>
internal static class ModelCompiler
{
    /// <summary>The name in the namespaces of programs; outside <c>Sinter</c>, whose types must not come first
    /// there.</summary>
    public const string ProgramNamespace = "SinterPrograms";

    /// <summary>The files and messages of a model.</summary>
    public static ModelOutput Compile(ProgramRequest model, ProjectSettings settings, CancellationToken cancellation)
    {
        var files = new List<SourceFile>();
        var problems = new List<Problem>();
        if (model.Class.Declaration.Length == 0)
        {
            return new ModelOutput(model.Class.HintName, default, default);
        }

        int[] widths = Widths(settings, model.IsWrong, problems);
        Part(ApiWriter.Compiled, model.Graph, model.Graph ?? model.Signature);
        if (model.WantsTraining)
        {
            Part(ApiWriter.Training, model.Training, model.Training);
        }

        return new ModelOutput(model.Class.HintName, new(files), new(problems));

        void Part(string name, string? graph, string? signature)
        {
            var part = new PartCompiler(model, name, widths, cancellation);
            files.AddRange(part.Compile(model.IsWrong || problems.Count > 0 ? null : graph, signature, problems));
        }
    }

    private static int[] Widths(ProjectSettings settings, bool isWrong, List<Problem> problems)
    {
        if (!settings.AllowsUnsafe && !isWrong)
        {
            const string Text =
                "compiled models work on pointers: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project";
            problems.Add(new Problem(DiagnosticDescriptors.Project.Id, Text, null));
        }

        var widths = new List<int>();
        foreach (string part in settings.VectorBits.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
                && bits is 128 or 256 or 512)
            {
                widths.Add(bits);
                continue;
            }

            string text = $"SinterVectorBits is '{settings.VectorBits}'; it lists widths among 128, 256 and 512";
            problems.Add(new Problem(DiagnosticDescriptors.Project.Id, text, null));
            break;
        }

        return [.. widths.Distinct()];
    }
}
