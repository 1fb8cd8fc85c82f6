using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Specs;

/// <summary>The law of kernels, checked under test: what both printers take for granted.</summary>
public static class KernelSpec
{
    /// <summary>
    /// Checks every kernel of a plan, as scheduled or as hoisted for printing: names are declared once and before use,
    /// counters are in scope, lanes and types agree, memory is known, nothing unresolved is left; and every buffer has
    /// a place.
    /// </summary>
    /// <exception cref="InvalidOperationException">A pass broke the law; the message names kernel and
    /// statement.</exception>
    public static void Check(Plan plan)
    {
        foreach (Kernel code in plan.Kernels.Select(kernel => kernel.Code).Distinct())
        {
            Check(code, code.Body);
        }

        foreach (Kernel kernel in plan.Kernels)
        {
            foreach (Buffer buffer in kernel.Buffers.Where(buffer => !plan.Placements.ContainsKey(buffer)))
            {
                throw new InvalidOperationException($"internal error: kernel {kernel.Name}: {buffer} has no place");
            }
        }
    }

    /// <summary>Checks one form of a kernel's statements.</summary>
    public static void Check(Kernel kernel, IReadOnlyList<Statement> body)
    {
        var values = new ValueSpec(kernel);
        values.Counters.Add(kernel.Piece);
        if (kernel.Thread is { } thread)
        {
            values.Counters.Add(thread);
        }

        foreach (Buffer buffer in kernel.Buffers)
        {
            values.Memory.Add(buffer);
        }

        new StatementSpec(values).Block(body, isReached: kernel.Pieces.Max > 0);
    }
}
