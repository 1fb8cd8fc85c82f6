using Sinter.Backends.Printing;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Backends.CSharp;

/// <summary>Prints the statements of one kernel as C#. Buffers are named by position, so that equal kernels have equal
/// text.</summary>
internal sealed class KernelPrinter
{
    private readonly CodeWriter writer;
    private readonly ValuePrinter values;
    private readonly IndexPrinter indices;
    private readonly Dictionary<Buffer, string> buffers = [];
    private readonly List<long> zones = [];
    private long scratchBytes;

    public KernelPrinter(CSharpTarget target, CodeWriter writer, IReadOnlyList<Symbol> symbols)
    {
        this.writer = writer;
        values = new ValuePrinter(target, symbols, Name);
        indices = values.Indices;
    }

    /// <summary>Bytes of scratch that one running piece needs.</summary>
    public long ScratchBytes => scratchBytes;

    /// <summary>Start and length of what lies behind each buffer of scratch.</summary>
    public IReadOnlyList<long> Zones => zones;

    /// <summary>Whether the body names a symbol: what it computes may depend on it.</summary>
    public bool UsesSymbols => indices.Symbols.Any();

    /// <summary>The body of the kernel's method.</summary>
    public void Print(Kernel kernel)
    {
        for (int i = 0; i < kernel.Buffers.Count; i++)
        {
            Buffer buffer = kernel.Buffers[i];
            string name = "p" + Number(i);
            buffers.Add(buffer, name);
            string type = CSharpTarget.Scalar(buffer.Type);
            writer.Line($"{type}* {name} = ({type}*)arguments->Buffers[{Number(i)}];");
        }

        // Sizes come into the text from loops, buffers and guards alike: what was printed says which are needed.
        int front = writer.Length;
        DeclareScratch(kernel.Body);
        string piece = indices.Counter(kernel.Piece);
        writer.Block($"for (long {piece} = begin; {piece} < end; {piece}++)", () => Print(kernel.Body));
        foreach (var (name, value) in indices.Sizes.Reverse())
        {
            writer.Insert(front, $"long {name} = {value};");
        }

        foreach (int i in indices.Symbols.Reverse())
        {
            writer.Insert(front, $"long n{Number(i)} = arguments->Symbols[{Number(i)}];");
        }
    }

    private void DeclareScratch(IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            if (statement is Scratch scratch)
            {
                string name = "scratch" + Number(buffers.Count);
                buffers.Add(scratch.Buffer, name);
                string type = CSharpTarget.Scalar(scratch.Buffer.Type);
                writer.Line($"{type}* {name} = ({type}*)(arguments->Scratch + {Number(scratchBytes)});");
                long bytes = (scratch.Buffer.Size.Max * DTypes.SizeOf(scratch.Buffer.Type)) + 256;
                zones.Add(scratchBytes + bytes - 256);
                scratchBytes += (bytes + 63) / 64 * 64;
                zones.Add(scratchBytes - zones[zones.Count - 1]);
            }

            DeclareScratch(statement.Nested);
        }
    }

    private void Print(IReadOnlyList<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Print(statement);
        }
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case Share share:
                string first = indices.Counter(share.First);
                string last = indices.Counter(share.Last);
                string grain = indices.Text(share.Grain);
                bool even = share.Grain == 1
                    || (share.Extent.IsStatic && share.Grain.IsStatic && share.Extent.Value % share.Grain.Value == 0);
                writer.Line($"long {first} = {indices.Counter(share.Piece)}{(share.Grain == 1 ? "" : " * " + grain)};");
                string end = $"{first} + {grain}";
                string bound = even ? end : $"Math.Min({end}, {indices.Text(share.Extent)})";
                writer.Line($"long {last} = {bound};");
                break;
            case If branch:
                writer.Block($"if ({indices.All(branch.Conditions)})", () => Print(branch.Body));
                break;
            case Let { Variable.Extent: var extent } when extent == 1:
                break;
            case Let let:
                writer.Line($"long {indices.Counter(let.Variable)} = {indices.Text(let.Value)};");
                break;
            case For loop:
                string counter = indices.Counter(loop.Variable);
                string step = loop.Step == 1 ? counter + "++" : $"{counter} += {Number(loop.Step)}";
                string range = $"long {counter} = {indices.Text(loop.Begin)}; {counter} < {indices.Text(loop.End)}";
                writer.Block($"for ({range}; {step})", () => Print(loop.Body));
                break;
            case StripLoop loop:
                Print(loop);
                break;
            case Declare declare:
                string type = Type(declare.Local);
                writer.Line($"{type} {declare.Local.Name} = {values.Bare(declare.Value)};");
                break;
            case Assign assign:
                writer.Line($"{assign.Local.Name} = {values.Bare(assign.Value)};");
                break;
            case DeclarePointer declare:
                Print(declare.Pointer);
                break;
            case Store store:
                Print(store);
                break;
            case Prefetch prefetch:
                writer.Line($"Lanes.Prefetch({values.Address(prefetch.Buffer, prefetch.Index)});");
                break;
            case Transpose t:
                string source = $"{values.Address(t.Source, t.From)}, {indices.Text(t.SourceStride)}";
                string to = $"{values.Address(t.Target, t.To)}, {Number(t.TargetStride)}";
                string sizes = $"{indices.Text(t.Rows)}, {indices.Text(t.Columns)}, {Number(t.Width)}";
                writer.Line($"Lanes.Transpose({source}, {to}, {sizes});");
                break;
            case Comment comment:
                writer.Line("// " + comment.Text);
                break;
            case Scratch:
                // Declared in front of the loop over pieces.
                break;
            default:
                throw new InvalidOperationException($"{statement.GetType().Name} cannot be printed as C#");
        }
    }

    private void Print(StripLoop loop)
    {
        string counter = indices.Counter(loop.Variable);
        writer.Line($"long {counter} = {indices.Text(loop.Begin)};");
        foreach (Strip strip in loop.Strips)
        {
            if (strip.Once)
            {
                writer.Block($"if ({counter} < {indices.Text(loop.End)})", () => Print(strip.Body));
                continue;
            }

            string limit = strip.Step == 1 ? indices.Text(loop.End) : indices.Text(loop.End - (strip.Step - 1));
            writer.Block($"for (; {counter} < {limit}; {counter} += {Number(strip.Step)})", () => Print(strip.Body));
        }
    }

    private void Print(Pointer pointer)
    {
        string start = Name(pointer.Start);
        writer.Line($"{CSharpTarget.Scalar(pointer.Type)}* {pointer.Name} = {indices.Moved(start, pointer.Offset)};");
    }

    private string Type(Local local) => local.Lanes == 1
        ? CSharpTarget.Scalar(local.Type) : values.Vectors.Type(local.Type, local.Lanes);

    private void Print(Store store)
    {
        if (store.Value.Lanes != 1)
        {
            PrintLanes(store);
            return;
        }

        if (store.Count is not null)
        {
            throw new InvalidOperationException("a store of one element that counts lanes cannot be printed");
        }

        writer.Line($"{values.Element(store.Buffer, store.Index)} = {values.Bare(store.Value)};");
    }

    private void PrintLanes(Store store)
    {
        // Truth values are bytes in memory.
        int lanes = store.Value.Lanes;
        bool isMask = store.Value.Type == DType.Bool;
        DType type = isMask ? DType.U8 : store.Value.Type;
        string vector = values.Bare(store.Value);
        vector = isMask ? values.Vectors.StoredMask(vector, lanes) : vector;
        string address = values.Pointer(store.Buffer, store.Index);
        bool isFull = values.Vectors.IsFull(type, lanes);
        string? count = store.Count is null ? null : indices.Text(store.Count);
        if (store.Stride != 1)
        {
            string some = count is null ? Number(lanes) : isFull ? count : $"Math.Min({count}, {Number(lanes)})";
            writer.Line($"Lanes.StoreStrided({address}, {Number(store.Stride)}, {vector}, {some});");
        }
        else if (count is not null)
        {
            string some = isFull ? count : $"Math.Min({count}, {Number(lanes)})";
            writer.Line($"Lanes.StoreUpTo({address}, {vector}, {some});");
        }
        else if (!isFull)
        {
            writer.Line($"Lanes.StoreLower{Number(lanes * DTypes.SizeOf(type) * 8)}({address}, {vector});");
        }
        else
        {
            string method = store.Streams ? "StoreAlignedNonTemporal" : "Store";
            writer.Line($"{values.Vectors.Class(type, lanes)}.{method}({vector}, {address});");
        }
    }

    private string Name(Buffer buffer) => buffer is Pointer pointer ? pointer.Name : buffers[buffer];

    private static string Number(long value) => IndexPrinter.Number(value);
}
