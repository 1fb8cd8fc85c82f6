using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>Elements taken four neighbours at a time: what lies side by side in memory, a thread reads and writes at
/// once; all else is computed element by element.</summary>
internal static class VectorAccess
{
    /// <summary>Elements of a four.</summary>
    public const int Width = 4;

    // Elements that memory gives together, of four bytes: what lies closer, neighbouring threads had better share.
    private const long Together = 8;

    // A thread that reads more than this keeps memory busy with single elements.
    private const int MostVectors = 8;

    /// <summary>A counter of the elements of a four.</summary>
    public static LoopVariable NewLane() => new("lane", Width);

    /// <summary>An element's number.</summary>
    public static Index Element(LoopVariable four, LoopVariable lane) => ((Index)four * Width) + lane;

    /// <summary>Whether it pays: some elements lie side by side, all that do lie in whole fours, and none lie nearly
    /// side by side.</summary>
    /// <param name="lane">Which element of the four.</param>
    /// <param name="values">What is computed for an element.</param>
    /// <param name="targets">Where elements are written.</param>
    public static bool Pays(LoopVariable lane, IReadOnlyCollection<Value> values, IEnumerable<Index> targets)
    {
        List<Load> plain = Reads.Plain(values);
        Index[] places = [.. plain.Select(load => load.Index).Concat(targets).Where(index => Steps(index, lane))];
        return places.Length > 0 && plain.Count <= MostVectors && places.All(index => IsWhole(index, lane))
            && !Reads.All(values).Except(plain).Any(load => Steps(load.Index, lane))
            && !Reads.All(values).Any(load => IsNear(load.Index.CoefficientOf(lane)));
    }

    /// <summary>Whether it pays for a body that is done for each element; not where that loops itself, nor where it
    /// reads what it has written, as all that is written is written at the end.</summary>
    public static bool Pays(LoopVariable lane, IReadOnlyList<Statement> body) =>
        body.All(statement => statement is Declare or Store) && !ReadsOwn(body)
        && Pays(
            lane, [.. body.SelectMany(statement => statement.Values)],
            body.SelectMany(statement => statement.Positions));

    /// <summary>What is done for a four.</summary>
    /// <param name="lane">Which element of it.</param>
    /// <param name="body">What is done for an element.</param>
    public static IReadOnlyList<Statement> Vectorize(LoopVariable lane, IReadOnlyList<Statement> body)
    {
        if (ReadsOwn(body))
        {
            throw new InvalidOperationException("elements read what they have written");
        }

        var vectors = new Vectors(lane, body);
        IReadOnlyList<Statement> inside = [.. body.Select(vectors.Rewrite)];
        return [.. vectors.Before, .. Loops.Unrolled(lane, 1, inside), .. vectors.After];
    }

    private static bool ReadsOwn(IReadOnlyList<Statement> body)
    {
        var written = new HashSet<Buffer>(body.OfType<Store>().Select(store => store.Buffer));
        return Reads.All(body.SelectMany(statement => statement.Values)).Any(load => written.Contains(load.Buffer));
    }

    private static bool Steps(Index index, LoopVariable lane) => index.CoefficientOf(lane) == 1;

    private static bool IsNear(Dimension step) =>
        step.IsStatic && Math.Abs(step.Value) > 1 && Math.Abs(step.Value) < Together;

    private static bool IsWhole(Index index, LoopVariable lane) =>
        Steps(index, lane) && !index.HasNested(lane) && (index - lane).IsMultipleOf(Width);

    // Reads and writes of whole fours, in registers between.
    private sealed class Vectors
    {
        private readonly LoopVariable lane;
        private readonly List<(Load Load, Registers Registers)> read = [];
        private readonly Dictionary<Value, Value> done = [];

        public Vectors(LoopVariable lane, IReadOnlyList<Statement> body)
        {
            this.lane = lane;
            var locals = new HashSet<string>(body.OfType<Declare>().Select(declare => declare.Local.Name));
            foreach (Load load in Reads.Plain(body.SelectMany(statement => statement.Values)))
            {
                bool isKnown = !load.Index.DataValues().Any(data => data.LocalNames.Overlaps(locals));
                if (isKnown && IsWhole(load.Index, lane))
                {
                    Registers registers = Declare("x" + read.Count, load.Type);
                    Before.Add(new LoadVector(new(registers, 0), load.Buffer, First(load.Index)));
                    read.Add((load, registers));
                }
            }
        }

        public List<Statement> Before { get; } = [];

        public List<Statement> After { get; } = [];

        public Statement Rewrite(Statement statement)
        {
            switch (statement)
            {
                case Declare declare:
                    return new Declare(declare.Local, Taken(declare.Value));
                case Assign assign:
                    return new Assign(assign.Local, Taken(assign.Value));
                case Store store when IsWhole(store.Index, lane):
                    Registers registers = Declare("y" + After.Count, store.Value.Type);
                    After.Add(new StoreVector(store.Buffer, First(store.Index), new(registers, 0)));
                    return new SetRegister(registers, 0, lane, Taken(store.Value));
                case Store store:
                    return new Store(store.Buffer, store.Index, Taken(store.Value));
                default:
                    throw new InvalidOperationException($"{statement.GetType().Name} is not done for elements");
            }
        }

        private Registers Declare(string name, DType type)
        {
            var registers = new Registers(name, type, 1, Width);
            Before.Add(new DeclareRegisters(registers));
            return registers;
        }

        private Value Taken(Value value) => value.Map(index => index, Register, done);

        private Value? Register(Value value)
        {
            int position = value is Load load ? read.FindIndex(other => Reads.AreSame(load, other.Load)) : -1;
            return position < 0 ? null : new Register(read[position].Registers, 0, lane);
        }

        private Index First(Index index) => index.Substitute(variable => variable == lane ? Index.Zero : null);
    }
}
