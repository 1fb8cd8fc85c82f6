using System.Globalization;
using Sinter.Compiler.Fuse;

namespace Sinter.Compiler.Kernels;

/// <summary>Readable kernel names made of operation names only: no text from a model reaches generated code.</summary>
internal static class KernelNames
{
    /// <summary>The group's position and the operations of its last nodes.</summary>
    public static string Of(Group group, int position)
    {
        var operations = group.Items.Select(item => OpTable.Row(item.Node.Op).Name).Distinct().ToArray();
        string words = string.Join(
            "_", operations.Length <= 3 ? operations : [operations[0], "to", operations[operations.Length - 1]]);
        return "k" + position.ToString("00", CultureInfo.InvariantCulture) + "_" + words;
    }
}
