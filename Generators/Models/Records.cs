using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Sinter.Generators.Models;

/// <summary>A place in a file, as plain data: the compiler's own locations keep whole syntax trees alive.</summary>
/// <param name="Path">The file.</param>
/// <param name="Start">The first character.</param>
/// <param name="Length">The number of characters.</param>
/// <param name="FromLine">Its line, from 0.</param>
/// <param name="FromColumn">Its column, from 0.</param>
/// <param name="ToLine">The line of the end.</param>
/// <param name="ToColumn">The column of the end.</param>
internal sealed record Place(
    string Path, int Start, int Length, int FromLine, int FromColumn, int ToLine, int ToColumn)
{
    public static Place? Of(Location? location)
    {
        if (location?.SourceTree is null)
        {
            return null;
        }

        FileLinePositionSpan lines = location.GetMappedLineSpan();
        LinePosition from = lines.StartLinePosition;
        LinePosition to = lines.EndLinePosition;
        TextSpan span = location.SourceSpan;
        return new Place(lines.Path, span.Start, span.Length, from.Line, from.Character, to.Line, to.Character);
    }

    public Location ToLocation() => Location.Create(
        Path, new TextSpan(Start, Length),
        new LinePositionSpan(new LinePosition(FromLine, FromColumn), new LinePosition(ToLine, ToColumn)));
}

/// <summary>A message for the user, as plain data.</summary>
/// <param name="Id">One of those in the table of descriptors.</param>
/// <param name="Text">The whole message.</param>
/// <param name="Place">Where; null for the project as a whole.</param>
internal sealed record Problem(string Id, string Text, Place? Place);

/// <summary>The class that members are added to.</summary>
/// <param name="Namespace">Its namespace, empty for the global one.</param>
/// <param name="Containers">The declarations of the types around it, outermost first, such as <c>partial class
/// A</c>.</param>
/// <param name="Declaration">The declaration of the class itself.</param>
/// <param name="Name">Its name, as an identifier.</param>
/// <param name="HintName">A name for files, unique among the classes of a project.</param>
internal sealed record ModelClass(
    string Namespace, EquatableArray<string> Containers, string Declaration, string Name, string HintName);

/// <summary>What was read of one class: everything that the rest of the build depends on.</summary>
/// <param name="Class">The class.</param>
/// <param name="Place">The attribute or the class's name, for messages about the model as a whole.</param>
/// <param name="Graph">The model in canonical text with module paths; null where it could not be read.</param>
/// <param name="Signature">A graph of the same inputs and outputs, for stubs, where the attribute tells them.</param>
/// <param name="Training">The training step, where one is wanted.</param>
/// <param name="WantsTraining">Whether one is wanted, so that stubs have it too.</param>
/// <param name="GraphFile">The file that holds the graph instead, or nothing.</param>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="WantsCuda">Whether it is compiled for CUDA devices too.</param>
internal sealed record ModelReading(
    ModelClass Class, Place? Place, GraphText? Graph, string? Signature, GraphText? Training, bool WantsTraining,
    string GraphFile,
    EquatableArray<Problem> Problems,
    bool WantsCuda = false);

/// <summary>What the program of a model depends on: nothing that moves when lines above it change.</summary>
/// <param name="Class">The class.</param>
/// <param name="File">The start of the file that the graph is from, or null.</param>
/// <param name="Graph">As in <see cref="ModelReading"/>.</param>
/// <param name="Signature">As in <see cref="ModelReading"/>.</param>
/// <param name="Training">As in <see cref="ModelReading"/>.</param>
/// <param name="WantsTraining">As in <see cref="ModelReading"/>.</param>
/// <param name="IsWrong">Whether there are messages already, so that stubs will do.</param>
/// <param name="WantsCuda">As in <see cref="ModelReading"/>.</param>
internal sealed record ProgramRequest(
    ModelClass Class, Place? File, GraphText? Graph, string? Signature, GraphText? Training, bool WantsTraining,
    bool IsWrong, bool WantsCuda = false)
{
    public static ProgramRequest Of(ModelReading model) => new(
        model.Class, model.GraphFile.Length > 0 ? model.Place : null, model.Graph, model.Signature, model.Training,
        model.WantsTraining, model.Problems.Count > 0, model.WantsCuda);
}

/// <summary>A file that holds a graph.</summary>
/// <param name="Path">The whole path.</param>
/// <param name="Text">What it holds.</param>
/// <param name="Class">The class that it becomes, or nothing.</param>
internal sealed record GraphFile(string Path, string Text, string Class);

/// <summary>What the project says about all models.</summary>
/// <param name="VectorBits">The property as written.</param>
/// <param name="AllowsUnsafe">Whether pointers compile.</param>
/// <param name="HasCuda">Whether the project refers to the assembly that runs programs on CUDA devices.</param>
/// <param name="WantsCuda">Whether all models are compiled for CUDA devices too.</param>
/// <param name="MemoryBudget">What a context may take beside the state, as written; nothing for as much as it
/// needs.</param>
internal sealed record ProjectSettings(
    string VectorBits, bool AllowsUnsafe, bool HasCuda = false, bool WantsCuda = false, string MemoryBudget = "");

/// <summary>A file to add.</summary>
/// <param name="HintName">Its name.</param>
/// <param name="Text">What it holds.</param>
internal sealed record SourceFile(string HintName, string Text);

/// <summary>What becomes of a model.</summary>
/// <param name="HintName">Which model.</param>
/// <param name="Files">The files to add.</param>
/// <param name="Problems">What the compilation found; those without a place concern the model as a whole.</param>
internal sealed record ModelOutput(string HintName, EquatableArray<SourceFile> Files, EquatableArray<Problem> Problems);
