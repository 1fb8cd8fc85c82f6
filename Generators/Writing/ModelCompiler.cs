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
        if (model.Class.Declaration.Length == 0)
        {
            return new ModelOutput(model.Class.HintName, default, default);
        }

        var problems = new List<Problem>();
        CSharpTarget[] targets = Targets(settings, model.IsWrong, problems);
        long? budget = MemoryBudget(settings, problems);
        bool isWrong = model.IsWrong || problems.Count > 0;
        bool cuda = UsesCuda(model, settings, problems);

        // At the same time, as each starts code that has not run before in this process.
        Task<Part>? training = model.WantsTraining
            ? Task.Run(() => Compile(ApiWriter.Training, model.Training, null), cancellation)
            : null;
        Part inference = Compile(ApiWriter.Compiled, model.Graph, model.Signature);
        Part[] parts = training is null ? [inference] : [inference, training.GetAwaiter().GetResult()];
        problems.AddRange(parts.SelectMany(part => part.Problems));
        return new ModelOutput(
            model.Class.HintName, new(parts.SelectMany(part => part.Files)), new(problems.Distinct()));

        Part Compile(string name, GraphText? graph, string? signature)
        {
            string? text = graph?.ToString();
            var found = new List<Problem>();
            var part = new PartCompiler(model, name, targets, cuda, budget, cancellation);
            return new Part(part.Compile(isWrong ? null : text, text ?? signature, found), found);
        }
    }

    private sealed record Part(IReadOnlyList<SourceFile> Files, IReadOnlyList<Problem> Problems);

    // Without the assembly the model is compiled for the processor all the same: that is one error and no more.
    private static bool UsesCuda(ProgramRequest model, ProjectSettings settings, List<Problem> problems)
    {
        bool wanted = model.WantsCuda || settings.WantsCuda;
        if (wanted && !settings.HasCuda)
        {
            const string Text = "models for CUDA devices need " + CudaMembers.Assembly
                + ": add <PackageReference Include=\"" + CudaMembers.Assembly + "\" /> to the project";
            problems.Add(new Problem(DiagnosticDescriptors.Cuda.Id, Text, null));
        }

        return wanted && settings.HasCuda;
    }

    private static long? MemoryBudget(ProjectSettings settings, List<Problem> problems)
    {
        string text = settings.MemoryBudget;
        if (text.Length == 0)
        {
            return null;
        }

        int shift = char.ToUpperInvariant(text[text.Length - 1]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            _ => 0,
        };
        string digits = shift == 0 ? text : text.Substring(0, text.Length - 1);
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number > 0 && number <= long.MaxValue >> shift)
        {
            return number << shift;
        }

        string wrong = $"SinterMemoryBudget is '{text}'; it is a number of bytes, such as 500000000, 500M or 2G";
        problems.Add(new Problem(DiagnosticDescriptors.Project.Id, wrong, null));
        return null;
    }

    private static CSharpTarget[] Targets(ProjectSettings settings, bool isWrong, List<Problem> problems)
    {
        if (!settings.AllowsUnsafe && !isWrong)
        {
            const string Text =
                "compiled models work on pointers: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project";
            problems.Add(new Problem(DiagnosticDescriptors.Project.Id, Text, null));
        }

        var targets = new List<CSharpTarget>();
        foreach (string part in settings.VectorBits.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (CSharpTarget.Find(part.Trim()) is { } target)
            {
                targets.Add(target);
                continue;
            }

            string text = $"SinterVectorBits is '{settings.VectorBits}'; it lists widths among 128, 256 and 512, "
                + "and arm64";
            problems.Add(new Problem(DiagnosticDescriptors.Project.Id, text, null));
            break;
        }

        return [.. targets.Distinct()];
    }
}
