using System.Globalization;
using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Scans;

/// <summary>
/// From a scan to a loop of a plan. The body is lowered like any graph; what it is given and gives stands elsewhere in
/// each iteration (<see cref="Move"/>), so kernels of a body are like others. A carried value that is stacked too is
/// read where the iteration before stacked it; others are written in turns to two rooms. Kernels whose operands no
/// iteration changes, such as those that pack weights, come in front of the loop.
/// </summary>
internal sealed class LoopLowering
{
    private const long LargeSlice = 1 << 20;
    private const long WholeBytes = 64;

    private readonly Node node;
    private readonly ScanAttributes scan;
    private readonly Graph body;
    private readonly Surroundings around;
    private readonly Buffer[] operands;
    private readonly Buffer?[] results;
    private readonly Dictionary<Node, Buffer> given = [];
    private readonly List<Move> moves = [];
    private readonly List<Step> copiesIn = [];
    private readonly List<Step> before = [];
    private readonly List<Step> after = [];

    private LoopLowering(BodyGroup group, Graph graph, Buffers buffers, Surroundings around)
    {
        node = group.Node;
        scan = node.Get<ScanAttributes>();
        body = scan.Body.Graph;
        this.around = around;
        operands = [.. node.Inputs.Select(buffers.Of)];
        results = new Buffer?[body.Outputs.Count];
        foreach (Node result in graph.Nodes.Where(n => n.Op == Op.Result && n.Inputs[0] == node))
        {
            results[result.Get<ResultAttributes>().Index] = buffers.Of(result);
        }
    }

    /// <summary>The steps of a scan: what no iteration changes, then the loop.</summary>
    /// <param name="group">The scan.</param>
    /// <param name="graph">The graph around it.</param>
    /// <param name="buffers">The memory of that graph.</param>
    /// <param name="around">What that graph is lowered with.</param>
    /// <param name="lower">How a graph becomes steps: that of the body, too.</param>
    public static IEnumerable<Step> Run(
        BodyGroup group, Graph graph, Buffers buffers, Surroundings around, Func<Graph, Surroundings, Lowered> lower) =>
        new LoopLowering(group, graph, buffers, around).Run(lower);

    private IEnumerable<Step> Run(Func<Graph, Surroundings, Lowered> lower)
    {
        Give();
        var captured = new HashSet<Buffer>(operands.Skip(scan.Carried + scan.Sequences));
        Lowered lowered = lower(
            body, around with { Given = given, Source = Source, IsInvariant = _ => captured.Contains });
        List<Step> steps = [.. copiesIn, .. lowered.Steps];
        Take(lowered.Buffers, steps);
        HoistFixed(steps);
        var loop = new Loop(scan.Length, moves, steps, lowered.Checks > 0);
        return [.. before, loop, .. after];
    }

    // The memory of the body's inputs. What it only reads is what stands outside.
    private void Give()
    {
        for (int i = 0; i < operands.Length; i++)
        {
            Node input = body.Inputs[i];
            bool isFixed = i >= scan.Carried + scan.Sequences;
            given.Add(input, isFixed ? operands[i] : Fresh(i < scan.Carried ? "carried" : "slice", i, input));
            if (!isFixed && i >= scan.Carried)
            {
                given[input] = Slice(given[input], operands[i], copiesIn, isRead: true);
            }
        }
    }

    // The memory of the body's outputs: that of the node where it can be, else a copy at the end of an iteration.
    private void Take(Buffers inside, List<Step> steps)
    {
        var taken = new HashSet<Buffer>();
        for (int i = scan.Carried; i < results.Length; i++)
        {
            if (results[i] is { } all)
            {
                Slice(Own(i, inside, steps, taken), all, steps, isRead: false);
            }
        }

        for (int i = 0; i < scan.Carried; i++)
        {
            Node node = body.Outputs[i].Node;
            Buffer stacked = inside.Of(node);
            bool isStacked = moves.Any(move => move is Slice && move.Buffer == stacked) && !Storage.IsGiven(node);
            Buffer next = isStacked && (results[i] is null || scan.Length.Min > 0)
                ? CopyLast(stacked, results[i]) : InTurns(i, Own(i, inside, steps, taken));
            moves.Add(new Previous(given[body.Inputs[i]], operands[i], next));
        }
    }

    private Buffer InTurns(int i, Buffer next)
    {
        Node node = body.Outputs[i].Node;
        moves.Add(new Turns(next, Fresh("even", i, node), Fresh("odd", i, node), results[i]));

        // Without iterations the first value is the last.
        if (scan.Length.Min == 0 && results[i] is { } last)
        {
            before.Add(Lowering.Copy(operands[i], last, "copy_carried", around.Target));
        }

        return next;
    }

    // The last of the stacked values is the last carried one.
    private Buffer CopyLast(Buffer stacked, Buffer? last)
    {
        if (last is not null)
        {
            Buffer all = moves.OfType<Slice>().First(move => move.Buffer == stacked).Of;
            Index start = scan.IsReversed ? Index.Zero : Index.Of(scan.Length * last.Size) - Index.Of(last.Size);
            after.Add(Lowering.Copy(all, last, "copy_carried", around.Target, start));
        }

        return stacked;
    }

    private Buffer Own(int i, Buffers inside, List<Step> steps, HashSet<Buffer> taken)
    {
        Node node = body.Outputs[i].Node;
        Buffer buffer = inside.Of(node);
        if (!Storage.IsGiven(node) && taken.Add(buffer))
        {
            return buffer;
        }

        Buffer copy = Fresh("next", i, node);
        steps.Add(Lowering.Copy(buffer, copy, "copy_next", around.Target));
        return copy;
    }

    // Kernels take it that buffers begin at whole vectors, for blocks of threads in any access, on the processor where
    // large results are stored past the caches. A slice that may lie elsewhere is copied, element by element.
    private Buffer Slice(Buffer slice, Buffer all, List<Step> steps, bool isRead)
    {
        bool isPlain = around.Target.Blocks is null && slice.Size.Max < LargeSlice;
        bool isWhole = slice.Size.IsStatic && slice.Size.Value * DTypes.SizeOf(slice.Type) % WholeBytes == 0;
        if (isPlain || isWhole)
        {
            moves.Add(new Slice(slice, all, scan.IsReversed));
            return slice;
        }

        var loose = new Buffer("loose " + slice.Name, slice.Type, slice.Size);
        moves.Add(new Slice(loose, all, scan.IsReversed));
        steps.Add(isRead
            ? Lowering.CopyElements(loose, slice, "copy_slice", around.Target)
            : Lowering.CopyElements(slice, loose, "copy_slice", around.Target));
        return slice;
    }

    private void HoistFixed(List<Step> steps)
    {
        var changing = new HashSet<Buffer>(moves.Select(move => move.Buffer));
        var counts = steps.SelectMany(step => step.Written).GroupBy(buffer => buffer)
            .ToDictionary(group => group.Key, group => group.Count());
        foreach (Step step in steps.ToArray())
        {
            bool isFixed = step is Kernel && step.Written.Count > 0 && !step.Read.Any(changing.Contains)
                && step.Written.All(buffer => counts[buffer] == 1 && !changing.Contains(buffer));
            if (isFixed)
            {
                before.Add(step);
                steps.Remove(step);
            }
            else
            {
                changing.UnionWith(step.Written);
            }
        }
    }

    // Of what an iteration is given, an error knows no name that the user would.
    private string Source(Node input)
    {
        int i = body.Inputs.ToList().IndexOf(input);
        return i < scan.Carried + scan.Sequences ? "" : around.Source(node.Inputs[i]);
    }

    private static Buffer Fresh(string name, int number, Node node) =>
        new(name + number.ToString(CultureInfo.InvariantCulture), node.DType, node.Shape.ElementCount);
}
