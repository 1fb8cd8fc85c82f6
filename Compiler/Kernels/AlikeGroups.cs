using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>Lowers groups, those of one form once: the others' kernels are the same on other buffers.</summary>
/// <param name="context">What schedules may ask.</param>
internal sealed class AlikeGroups(KernelContext context)
{
    private readonly Dictionary<string, Lowered> known = [];

    private sealed record Lowered(string Name, GroupForm Form, IReadOnlyList<Kernel> Kernels);

    /// <summary>The kernels of a group.</summary>
    public IReadOnlyList<Kernel> Run(Group group, string name)
    {
        GroupForm form = GroupForm.Of(group, context);
        if (form.Text is { } text && known.TryGetValue(text, out Lowered? alike))
        {
            return On(alike, form, name);
        }

        IReadOnlyList<Kernel> kernels = Lowering.Run(group, context, name);
        if (form.Text is { } key)
        {
            known.Add(key, new Lowered(name, form, kernels));
        }

        return kernels;
    }

    private IReadOnlyList<Kernel> On(Lowered alike, GroupForm form, string name)
    {
        var nodes = new Dictionary<Node, Node>();
        var places = new Dictionary<Buffer, Buffer>();
        for (int i = 0; i < form.Nodes.Count; i++)
        {
            nodes.Add(alike.Form.Nodes[i], form.Nodes[i]);
            places[context.BufferOf(alike.Form.Nodes[i])] = context.BufferOf(form.Nodes[i]);
        }

        string Renamed(string text) => text.StartsWith(alike.Name, StringComparison.Ordinal)
            ? name + text.Substring(alike.Name.Length) : text;

        // Packed operands are each group's own.
        Buffer Place(Buffer buffer)
        {
            if (!places.TryGetValue(buffer, out Buffer? place))
            {
                place = new Buffer(Renamed(buffer.Name), buffer.Type, buffer.Size);
                places.Add(buffer, place);
            }

            return place;
        }

        return alike.Kernels.Select(kernel => kernel.On(Place) with
        {
            Name = Renamed(kernel.Name),
            Nodes = kernel.Nodes.Select(node => nodes[node]).ToArray(),
        }).ToArray();
    }
}
