using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>
/// Runs a plan on memory without contents. Fails where a kernel touches memory outside a buffer, or stores what it
/// computed from memory that was never written, has been overwritten by another buffer, or belongs to a piece that
/// runs beside it. Lanes that are loaded but never stored do not count. Pieces run forwards or backwards: both must be
/// right.
/// </summary>
internal sealed class PlanSimulator
{
    private readonly Plan plan;
    private readonly Func<Symbol, long> symbols;
    private readonly bool backwards;
    private int branches;
    private readonly SimulatedMemory memory;
    private readonly Dictionary<LoopVariable, long> counters = [];
    private int launches;
    private readonly Dictionary<string, Pointer> pointers = [];
    private readonly Dictionary<string, long> offsets = [];

    // What a launch works on, by the names in its kernel's text.
    private readonly Dictionary<Buffer, Buffer> bound = [];

    // For each local, its lanes that hold nothing to rely on.
    private readonly Dictionary<string, ulong> locals = [];

    private PlanSimulator(Plan plan, Func<Symbol, long> symbols, bool backwards)
    {
        this.plan = plan;
        this.symbols = symbols;
        this.backwards = backwards;
        memory = new SimulatedMemory(plan, symbols);
    }

    /// <summary>Runs all launches; rows chosen by data are the first, or the last where pieces run backwards.</summary>
    public static void Run(Plan plan, Func<Symbol, long> symbols, bool backwards) =>
        new PlanSimulator(plan, symbols, backwards).Run();

    private void Run()
    {
        var given = plan.Inputs.Select(port => port.Buffer).Concat(plan.Parameters.Select(port => port.Buffer))
            .Concat(plan.Constants.Select(constant => constant.Buffer)).ToArray();
        Array.ForEach(given, memory.Fill);
        Steps([.. plan.Prepare, .. plan.Run]);
        memory.Now = (launches, 0);
        foreach (Port output in plan.Outputs)
        {
            RequireWhole(output.Buffer, $"output {output.Name}");
        }
    }

    private void Steps(IEnumerable<Step> steps)
    {
        foreach (Step step in steps)
        {
            switch (step)
            {
                case Loop loop:
                    Iterate(loop);
                    break;
                case Branch branch:
                    Choose(branch);
                    break;
                case Concurrent group:
                    Launch(group.Launches);
                    break;
                case Kernel kernel:
                    Launch([kernel]);
                    break;
            }
        }
    }

    // Branches take turns, so that a loop meets both of each.
    private void Choose(Branch branch)
    {
        memory.Now = (launches, 0);
        RequireWhole(branch.Predicate, "the predicate of a branch");
        IReadOnlyList<Step> taken = (branches++ % 2 == 0) != backwards ? branch.Then : branch.Otherwise;
        memory.Forget(branch.LocalsOf(branch.Then).Concat(branch.LocalsOf(branch.Otherwise)));
        memory.Forget(branch.Results.Where(buffer => plan.Placements[buffer].Space == Space.Arena));
        Steps(taken);
        memory.Now = (launches, 0);
        foreach (Buffer result in branch.Results)
        {
            RequireWhole(result, "a result of a branch");
        }
    }

    private void Iterate(Loop loop)
    {
        long count = loop.Count.Evaluate(symbols);
        for (long i = 0; i < count; i++)
        {
            memory.Forget(loop.Locals.Except(loop.Kept));
            memory.Enter(loop, i, count);
            Steps(loop.Body);
        }
    }

    // Launches beside each other are one whose pieces are all of theirs: what one writes, no other may rely on.
    private void Launch(IReadOnlyList<Kernel> kernels)
    {
        long first = 0;
        foreach (Kernel kernel in backwards ? kernels.Reverse() : kernels)
        {
            Pieces(kernel, first);
            first += 1 + kernel.Pieces.Evaluate(symbols);
        }

        launches++;
    }

    private void Pieces(Kernel kernel, long first)
    {
        bound.Clear();
        for (int i = 0; i < kernel.Buffers.Count; i++)
        {
            bound.Add(kernel.Code.Buffers[i], kernel.Buffers[i]);
        }

        // Where positions go depends on contents: what these kernels write counts as written.
        if (kernel.Nodes.Any(node => node.Op == Op.NonZero))
        {
            memory.Now = (launches, first);
            foreach (Buffer buffer in kernel.Written)
            {
                for (long i = 0; i < buffer.Size.Evaluate(symbols); i++)
                {
                    memory.Write(buffer, i, isSettled: true);
                }
            }

            return;
        }

        long pieces = kernel.Pieces.Evaluate(symbols);
        for (long i = 0; i < pieces; i++)
        {
            long piece = backwards ? pieces - 1 - i : i;
            memory.Now = (launches, first + piece);
            counters[kernel.Piece] = piece;
            Block(kernel.Body);
        }
    }

    private void RequireWhole(Buffer buffer, string what)
    {
        for (long i = 0; i < buffer.Size.Evaluate(symbols); i++)
        {
            Assert.True(memory.Read(buffer, i), $"{what} is not whole at element {i}");
        }
    }

    private void Block(IReadOnlyList<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Step(statement);
        }
    }

    private void Step(Statement statement)
    {
        switch (statement)
        {
            case Share share:
                long grain = share.Grain.Evaluate(symbols);
                long first = counters[share.Piece] * grain;
                counters[share.First] = first;
                counters[share.Last] = Math.Min(first + grain, share.Extent.Evaluate(symbols));
                break;
            case For loop:
                long end = Value(loop.End);
                for (long i = Value(loop.Begin); i < end; i += loop.Step)
                {
                    counters[loop.Variable] = i;
                    Block(loop.Body);
                }

                break;
            case StripLoop loop:
                Strips(loop);
                break;
            case If branch:
                if (branch.Conditions.All(Holds))
                {
                    Block(branch.Body);
                }

                break;
            case Let let:
                counters[let.Variable] = Value(let.Value);
                break;
            case Declare declare:
                locals[declare.Local.Name] = Bad(declare.Value);
                break;
            case Assign assign:
                locals[assign.Local.Name] = Bad(assign.Value);
                break;
            case DeclarePointer { Pointer: var pointer }:
                pointers[pointer.Name] = pointer;
                offsets[pointer.Name] = Value(pointer.Offset);
                break;
            case Scratch scratch:
                memory.Declare(scratch.Buffer);
                break;
            case Store store:
                Store(store);
                break;
            case Transpose transpose:
                Transpose(transpose);
                break;
        }
    }

    private void Strips(StripLoop loop)
    {
        long end = Value(loop.End);
        counters[loop.Variable] = Value(loop.Begin);
        foreach (Strip strip in loop.Strips)
        {
            if (strip.Once && counters[loop.Variable] < end)
            {
                Block(strip.Body);
            }

            for (; !strip.Once && counters[loop.Variable] <= end - strip.Step; counters[loop.Variable] += strip.Step)
            {
                Block(strip.Body);
            }
        }
    }

    private void Store(Store store)
    {
        ulong bad = Bad(store.Value);
        long count = store.Count is null ? store.Value.Lanes : Math.Min(Value(store.Count), store.Value.Lanes);
        long start = Value(store.Index);
        for (int lane = 0; lane < count; lane++)
        {
            Write(store.Buffer, start + (lane * store.Stride), isSettled: (bad >> lane & 1) == 0);
        }
    }

    // Columns become rows; what is missing up to the width is zero.
    private void Transpose(Transpose t)
    {
        long rows = Math.Clamp(Value(t.Rows), 0, t.Width);
        long columns = Math.Clamp(Value(t.Columns), 0, 16);
        long from = Value(t.From);
        long stride = Value(t.SourceStride);
        long to = Value(t.To);
        for (long column = 0; column < columns; column++)
        {
            for (long row = 0; row < t.Width; row++)
            {
                bool settled = row >= rows || Read(t.Source, from + (row * stride) + column);
                Write(t.Target, to + (column * t.TargetStride) + row, settled);
            }
        }
    }

    /// <summary>The lanes of a value that depend on memory that nothing can be relied on.</summary>
    private ulong Bad(Value value) => value switch
    {
        Local local => locals[local.Name],
        Load load =>
            Loaded(load.Buffer, load.Index, load.Lanes, lane => lane / load.Repeat * load.Stride, 0, Lanes(load)),
        GuardedLoad load =>
            Loaded(load.Buffer, load.Index, load.Lanes, lane => lane, Value(load.Low), Value(load.High)),
        Guard guard => Bad(guard.Operands[guard.Conditions.All(Holds) ? 0 : 1]),
        Splat splat => Bad(splat.Operands[0]) == 0 ? 0 : All(splat.Lanes),
        Horizontal or RandomWord => value.Operands.Any(operand => Bad(operand) != 0) ? All(value.Lanes) : 0,
        _ => value.Operands.Aggregate(0ul, (bad, operand) => bad | Bad(operand)),
    };

    private long Lanes(Load load) => load.Count is null ? load.Lanes : Value(load.Count);

    private ulong Loaded(Buffer buffer, Index index, int lanes, Func<int, long> offset, long low, long high)
    {
        if (index.DataValues().Any(data => Bad(data) != 0))
        {
            return All(lanes);
        }

        ulong bad = 0;
        long start = Value(index);
        for (int lane = 0; lane < lanes; lane++)
        {
            bool touched = lane >= low && lane < high;
            bad |= !touched || Read(buffer, start + offset(lane)) ? 0 : 1ul << lane;
        }

        return bad;
    }

    private static ulong All(int lanes) => ulong.MaxValue >> (64 - lanes);

    private bool Holds(Condition condition)
    {
        long index = Value(condition.Index);
        return index >= Value(condition.Low) && index < Value(condition.High) && index % condition.Step == 0;
    }

    private bool Read(Buffer buffer, long element)
    {
        var (memoryBuffer, offset) = Resolve(buffer);
        return memory.Read(memoryBuffer, element + offset);
    }

    private void Write(Buffer buffer, long element, bool isSettled)
    {
        var (memoryBuffer, offset) = Resolve(buffer);
        memory.Write(memoryBuffer, element + offset, isSettled);
    }

    private (Buffer Buffer, long Offset) Resolve(Buffer buffer)
    {
        long offset = 0;
        while (buffer is Pointer pointer)
        {
            offset += offsets[pointer.Name];
            buffer = pointers[pointer.Name].Start;
        }

        return (bound.TryGetValue(buffer, out Buffer? actual) ? actual : buffer, offset);
    }

    private long Value(Index index)
    {
        long sum = 0;
        foreach (Term term in index.Terms)
        {
            sum += term.Coefficient.Evaluate(symbols) * (term.Atom is null ? 1 : Value(term.Atom));
        }

        return sum;
    }

    // As printed: positions of an empty axis are computed in front of the test that there are none.
    private long Divisor(Dimension size) => Math.Max(size.Evaluate(symbols), 1);

    private long Value(Atom atom) => atom switch
    {
        VariableAtom { Variable: var counter } => counters[counter],
        QuotientAtom quotient => Value(quotient.Dividend) / Divisor(quotient.Divisor),
        RemainderAtom remainder => Value(remainder.Dividend) % Divisor(remainder.Divisor),
        DataAtom data => backwards ? data.Extent.Evaluate(symbols) - 1 : 0,
        _ => throw new InvalidOperationException("unknown atom"),
    };
}
