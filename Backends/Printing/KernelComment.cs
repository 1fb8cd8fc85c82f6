using Sinter.Compiler.Kernels;

namespace Sinter.Backends.Printing;

/// <summary>The lines in front of a kernel that say what it computes.</summary>
internal static class KernelComment
{
    /// <summary>Name, pieces and nodes; operation names and shapes only.</summary>
    public static IEnumerable<string> Lines(Kernel kernel, string name)
    {
        yield return $"// {name}: {kernel.Pieces} pieces";
        foreach (Node node in kernel.Nodes)
        {
            string operands = string.Join(
                ", ", node.Inputs.Select(input => $"{OpTable.Row(input.Op).Name} {input.Type}"));
            yield return $"//   {node.Type} = {OpTable.Row(node.Op).Name}({operands})";
        }
    }
}
