using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Memory;
using Sinter.Compiler.Sizes;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>The last passes: copies where results are not computed in place, memory, and the tables that runs
/// need.</summary>
internal static class PlanBuilder
{
    /// <summary>Says which state is overwritten in place and what is prepared, and adds the copies that are
    /// left.</summary>
    public static PlanDraft Draft(
        Graph graph, Lowered lowered, IEnumerable<ConstantData> constants, PipelineOptions options)
    {
        var (buffers, steps, firstChange) = lowered;
        Target target = options.Target;
        var updated = new HashSet<Node>(graph.Updates.Select(u => u.Parameter));
        var parameters = graph.Parameters.Select(p => new StatePort(
            p.Get<ParameterAttributes>().Declaration, buffers.Of(p), updated.Contains(p))).ToArray();
        var outputs = Outputs(graph, buffers, steps, target);
        Dictionary<Buffer, Buffer> overwritten = Overwrite(graph, buffers, steps, firstChange, target);
        firstChange -= steps.Take(firstChange).Count(CopiesInPlace);
        steps = Without(steps, CopiesInPlace);
        var (prepare, run) = Split(parameters, steps, overwritten, new SymbolUse(graph.Sizes));
        var given = new HashSet<Buffer>(outputs.Select(port => port.Buffer));
        var prepared = prepare.SelectMany(step => step.Written).Where(buffer => !given.Contains(buffer)).ToArray();
        var state = new HashSet<Buffer>(parameters.Select(p => p.Buffer).Concat(overwritten.Keys));
        var always = graph.Inputs.Select(buffers.Of).Concat(outputs.Select(p => p.Buffer))
            .Concat(constants.Select(constant => constant.Buffer))
            .Where(buffer => !state.Contains(buffer)).Distinct().ToArray();
        int first = steps.Take(firstChange).Count(new HashSet<Step>(run).Contains);
        bool CopiesInPlace(Step step) => step.Written.Any(
            next => overwritten.TryGetValue(next, out Buffer? from) && InPlace.Copies(step, from, next));

        return new PlanDraft(
            outputs, parameters, overwritten, prepare, run, first, always, prepared, Room.Of(run, options.Guard));
    }

    // Branches lose such steps, too.
    private static List<Step> Without(IEnumerable<Step> steps, Func<Step, bool> isLeftOut) =>
    [
        .. steps.Where(step => !isLeftOut(step)).Select(step => step is not Branch branch ? step : new Branch(
            branch.Predicate, Without(branch.Then, isLeftOut), Without(branch.Otherwise, isLeftOut), branch.Results,
            branch.HasChecks)),
    ];

    /// <summary>Gives every buffer an address.</summary>
    public static Plan Place(Graph graph, Buffers buffers, PlanDraft draft, Surroundings around, bool guard)
    {
        var inputs = graph.Inputs.Select(n => new Port(n.Get<InputAttributes>().Name, n.Type, buffers.Of(n))).ToArray();
        var (placements, bytes) = BufferPlanner.Run(draft.Lifetimes(), draft.Rooms.Values, guard);
        for (int i = 0; i < draft.Parameters.Count; i++)
        {
            placements.Add(draft.Parameters[i].Buffer, new Placement(Space.Parameter, i));
        }

        for (int i = 0; i < draft.Prepared.Count; i++)
        {
            placements.Add(draft.Prepared[i], new Placement(Space.Prepared, i));
        }

        foreach (var pair in draft.Overwritten)
        {
            placements.Add(pair.Key, placements[pair.Value]);
        }

        int moves = 0;
        IEnumerable<Loop> loops = draft.Run.SelectMany(step => step.WithInner).OfType<Loop>();
        foreach (Move move in loops.SelectMany(loop => loop.Moves))
        {
            placements.Add(move.Buffer, new Placement(Space.Moving, moves++));
        }

        return new Plan(
            graph.Name, graph.Symbols, inputs, draft.Outputs, draft.Parameters, around.Constants, draft.Prepare,
            draft.Run, placements, bytes, around.Sites, guard)
        { Prepared = draft.Prepared };
    }

    // Outputs that are inputs, parameters or constants, or that appear twice, need memory of their own.
    private static Port[] Outputs(Graph graph, Buffers buffers, List<Step> steps, Target target)
    {
        var taken = new HashSet<Buffer>(graph.Updates.Select(u => buffers.Of(u.Value)));
        var ports = new List<Port>();
        foreach (Output output in graph.Outputs)
        {
            Buffer buffer = buffers.Of(output.Node);
            if (Storage.IsGiven(output.Node) || !taken.Add(buffer))
            {
                var copy = new Buffer("output" + ports.Count, buffer.Type, buffer.Size);
                steps.Add(Lowering.Copy(buffer, copy, "copy_output", target));
                buffer = copy;
            }

            ports.Add(new Port(output.Name, output.Node.Type, buffer));
        }

        return [.. ports];
    }

    private static Dictionary<Buffer, Buffer> Overwrite(
        Graph graph, Buffers buffers, List<Step> steps, int firstChange, Target target)
    {
        var overwritten = new Dictionary<Buffer, Buffer>();
        var values = new HashSet<Node>(graph.Updates.Select(update => update.Value));
        var inPlace = new InPlace(steps);
        foreach (Update update in graph.Updates)
        {
            Buffer state = buffers.Of(update.Parameter);
            Buffer next = buffers.Of(update.Value);
            if (state == next)
            {
                continue;
            }

            // State that becomes other state is copied at the end, from what it was.
            bool moves = values.Contains(update.Parameter);
            if (!moves && !Storage.IsGiven(update.Value) && !overwritten.ContainsKey(next)
                && inPlace.IsSafe(firstChange, state, next))
            {
                overwritten.Add(next, state);
            }
        }

        // What cannot be overwritten early is copied when nothing reads it any more. Exchanged state needs a copy of
        // its own.
        var late = graph.Updates.Where(u => buffers.Of(u.Parameter) != buffers.Of(u.Value)
            && !(overwritten.TryGetValue(buffers.Of(u.Value), out Buffer? to) && to == buffers.Of(u.Parameter)))
                .ToList();
        var sources = new List<(Buffer From, Buffer To)>();
        foreach (Update update in late)
        {
            Buffer from = buffers.Of(update.Value);
            if (update.Value.Op == Op.Parameter)
            {
                var held = new Buffer("held" + sources.Count, from.Type, from.Size);
                steps.Add(Lowering.Copy(from, held, "hold_state", target));
                from = held;
            }

            sources.Add((from, buffers.Of(update.Parameter)));
        }

        steps.AddRange(sources.Select(pair => Lowering.Copy(pair.From, pair.To, "copy_state", target)));
        return overwritten;
    }

    // Kernels that depend on nothing but state that no run changes are run once for each change of the state; those
    // that change state themselves are not, nor those that write nothing: each run tells bad indices anew. What names a
    // size that the run computes is the run's.
    private static (List<Step> Prepare, List<Step> Run) Split(
        StatePort[] parameters, List<Step> steps, Dictionary<Buffer, Buffer> overwritten, SymbolUse computed)
    {
        var state = new HashSet<Buffer>(parameters.Select(p => p.Buffer).Concat(overwritten.Keys));
        var settled = new HashSet<Buffer>(parameters.Where(p => !p.IsUpdated).Select(p => p.Buffer));
        var prepare = new List<Step>();
        var run = new List<Step>();
        var written = new Dictionary<Buffer, int>();
        foreach (Buffer buffer in steps.SelectMany(step => step.Written))
        {
            written[buffer] = written.TryGetValue(buffer, out int count) ? count + 1 : 1;
        }

        foreach (Step step in steps)
        {
            bool early = step is Kernel kernel && kernel.Read.Count > 0 && kernel.Written.Count > 0
                && kernel.Read.All(settled.Contains)
                && kernel.Written.All(b => written[b] == 1 && !state.Contains(b)) && !computed.IsIn(kernel);
            (early ? prepare : run).Add(step);
            if (early)
            {
                settled.UnionWith(step.Written);
            }
        }

        return (prepare, run);
    }
}
