using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Blocks;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>
/// Kernels that write the positions of true elements in order. Elements are cut into blocks: one kernel counts in each,
/// the other adds up the counts in front of its block and writes from there on. So threads share the work, and the
/// order does not depend on them.
/// </summary>
internal sealed class NonZeroSchedule
{
    // Counts in front of a block are added up by each: there are about as many blocks as elements in one.
    private const long LeastBlock = 2048;
    private const long LeastThread = 64;
    private const long MostBlock = 1 << 16;

    private readonly NonZeroGroup group;
    private readonly KernelContext context;
    private readonly Dimension elements;
    private readonly Dimension size;
    private readonly Buffer positions;
    private readonly Buffer counts;
    private readonly Value taken;
    private readonly long block;
    private readonly Local until = new("until", DType.I64);
    private readonly Local found = new("found", DType.I64);

    private NonZeroSchedule(NonZeroGroup group, KernelContext context, string name)
    {
        this.group = group;
        this.context = context;
        elements = group.Element.Extent;
        size = group.Node.Shape[0];
        positions = context.BufferOf(group.Node);
        taken = new Apply(Op.Cast, DType.I64, Resolver.ToMemory(group.Flag, context, _ => null));
        block = context.Target.Blocks is null ? LeastBlock : LeastThread;
        while (block < MostBlock && block * block < elements.Max)
        {
            block *= 2;
        }

        counts = new Buffer(name + "_counts", DType.I64, Dimension.Maximum(1, Dimension.Ceiling(elements, block)));
    }

    /// <summary>The kernels of a group.</summary>
    public static IReadOnlyList<Kernel> Build(NonZeroGroup group, KernelContext context, string name)
    {
        context.Take(SchedulePath.NonZero);
        var schedule = new NonZeroSchedule(group, context, name);
        return [schedule.Kernel(name + "_count", schedule.Count), schedule.Kernel(name, schedule.Write)];
    }

    private Kernel Kernel(string name, Func<Index, IReadOnlyList<Statement>> body)
    {
        if (context.Target.Blocks is { } blocks)
        {
            var thread = new LoopVariable("block", counts.Size);
            return FlattenedLoops.Elements(
                name, [group.Node], [thread], blocks, elements.Max, map => body(map[thread]));
        }

        var piece = new LoopVariable("piece", counts.Size);
        return new Kernel(name, [group.Node], piece, body(piece), elements.Max);
    }

    private IReadOnlyList<Statement> Count(Index at) =>
    [
        .. Elements(at, [Add(found, taken)]),
        new Store(counts, at, found),
    ];

    // The elements of a block; how many are true is found on the way.
    private Statement[] Elements(Index at, IReadOnlyList<Statement> body) =>
    [
        new Declare(until, Apply(Op.Minimum, Number((at * block) + block), Number(Index.Of(elements)))),
        new Declare(found, Zero),
        new For(group.Element, at * block, Data(until, elements + 1), 1, body),
    ];

    private IReadOnlyList<Statement> Write(Index at)
    {
        var before = new Local("before", DType.I64);
        var other = new LoopVariable("other", counts.Size);
        return
        [
            new Declare(before, Zero),
            new For(other, 0, at, 1, [Add(before, new Load(counts, other))]),
            .. context.Target.Blocks is null ? ByScratch(at, before) : ByElement(at, before),
            .. Rest(at, before),
        ];
    }

    // Every position is written to scratch, over the last one where that was not true: nothing to guess for the
    // processor.
    private IEnumerable<Statement> ByScratch(Index at, Local before)
    {
        var kept = new Buffer("kept", DType.I64, block + 1);
        var fits = new Local("fits", DType.I64);
        var i = new LoopVariable("i", block + 1);
        Value room = Apply(Op.Maximum, Zero, Apply(Op.Subtract, Number(Index.Of(size)), before));
        return
        [
            new Scratch(kept),
            .. Elements(at, [new Store(kept, Data(found, block + 1), Number(group.Element)), Add(found, taken)]),
            new Declare(fits, Apply(Op.Minimum, found, room)),
            new For(i, 0, Data(fits, block + 1), 1,
                [new Store(positions, Data(before, elements + 1) + i, new Load(kept, i))]),
        ];
    }

    private IEnumerable<Statement> ByElement(Index at, Local before)
    {
        var flag = new Local("flag", DType.I64);
        var to = new Local("to", DType.I64);
        Condition[] writes = [new(Data(flag, 2), 1, 2), new(Data(to, elements + 1), 0, Index.Of(size))];
        return Elements(at,
        [
            new Declare(flag, taken),
            new Declare(to, Apply(Op.Add, before, found)),
            new If(writes, [new Store(positions, Data(to, size), Number(group.Element))]),
            Add(found, flag),
        ]);
    }

    // Where fewer elements are true than positions are wanted, the last block writes zeros behind them.
    private IEnumerable<Statement> Rest(Index at, Local before)
    {
        var from = new Local("from", DType.I64);
        var whole = new Local("whole", DType.I64);
        var i = new LoopVariable("i", size);
        var isLast = new Condition(at, Index.Of(counts.Size - 1), Index.Of(counts.Size));
        return
        [
            new Declare(from, Apply(Op.Add, before, found)),
            new Declare(whole, new Guard([isLast], Number(Index.Of(size)), Zero)),
            new For(i, Data(from, elements + 1), Data(whole, size + 1), 1, [new Store(positions, i, Zero)]),
        ];
    }

    private static Literal Zero => new(DType.I64, 0);

    private static IndexValue Number(Index index) => new(index, DType.I64);

    private static Index Data(Local local, Dimension extent) => Index.Of(new DataAtom(local, extent));

    private static Apply Apply(Op op, Value left, Value right) => new(op, DType.I64, left, right);

    private static Assign Add(Local sum, Value value) => new(sum, Apply(Op.Add, sum, value));
}
