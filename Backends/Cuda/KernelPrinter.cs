using Sinter.Backends.Printing;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Backends.Cuda;

/// <summary>Prints one kernel as a CUDA C function. Buffers are named by position, so that equal kernels have equal
/// text.</summary>
internal sealed class KernelPrinter
{
    // Positions are 32-bit integers where none comes near their limit: the processor computes those faster.
    private const long MostForInt = 1 << 30;
    private const int LineWidth = 116;

    private readonly CodeWriter writer;
    private readonly Kernel kernel;
    private readonly ValuePrinter values;
    private readonly IndexPrinter indices;
    private readonly string indexType;
    private readonly SharedLayout? layout;
    private readonly Dictionary<Buffer, string> buffers = [];

    private KernelPrinter(CodeWriter writer, Kernel kernel, IReadOnlyList<Symbol> symbols)
    {
        this.writer = writer;
        this.kernel = kernel;
        layout = SharedLayout.Of(kernel);
        long threads = kernel.Pieces.Max * kernel.Thread!.Extent.Value;
        bool fits = threads < MostForInt && kernel.Buffers.All(buffer => buffer.Size.Max < MostForInt);
        indexType = fits ? "int" : "sn_i64";
        values = new ValuePrinter(symbols, indexType, Name);
        indices = values.Indices;
    }

    /// <summary>The kernel's function under a name.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="symbols">The plan's symbols.</param>
    /// <param name="name">The name.</param>
    /// <param name="stopsOnFault">Whether it does nothing where an earlier kernel has found a bad index.</param>
    /// <param name="usesSymbols">Whether the text names a symbol.</param>
    public static string Print(
        Kernel kernel, IReadOnlyList<Symbol> symbols, string name, bool stopsOnFault, out bool usesSymbols)
    {
        var writer = new CodeWriter();
        var printer = new KernelPrinter(writer, kernel, symbols);
        printer.Print(name, stopsOnFault);
        usesSymbols = printer.indices.Symbols.Any();
        return writer.ToString();
    }

    private void Print(string name, bool stopsOnFault)
    {
        for (int i = 0; i < kernel.Buffers.Count; i++)
        {
            buffers.Add(kernel.Buffers[i], "p" + Number(i));
        }

        var parameters = kernel.Buffers.Select(buffer =>
            $"{(kernel.Written.Contains(buffer) ? "" : "const ")}{CudaTarget.Scalar(buffer.Type)} *{buffers[buffer]}");
        Head($"SN_KERNEL({Number(kernel.Thread!.Extent.Value)}) {name}(", [
            .. parameters, "const sn_i64 *symbols", "sn_i64 *fault"]);
        writer.Braces(() =>
        {
            if (stopsOnFault)
            {
                writer.Line("if (fault[0] != 0) { return; }");
            }

            // Sizes come into the text from loops, buffers and guards alike: what was printed says which are needed.
            int front = writer.Length;
            Declare(kernel.Piece, "SN_BLOCK_X");
            Declare(kernel.Thread!, "SN_THREAD_X");
            if (layout is not null)
            {
                writer.Line("SN_DYNAMIC_SHARED(sn_u8, shared);");
            }

            Print(kernel.Body);
            foreach (var (size, value) in indices.Sizes.Reverse())
            {
                writer.Insert(front, $"{indexType} {size} = ({indexType})({value});");
            }

            foreach (int i in indices.Symbols.Reverse())
            {
                writer.Insert(front, $"{indexType} n{Number(i)} = ({indexType})symbols[{Number(i)}];");
            }
        });
    }

    // A counter of one value is 0 wherever it is read.
    private void Declare(LoopVariable counter, string value)
    {
        if (counter.Extent != 1)
        {
            writer.Line($"{indexType} {indices.Counter(counter)} = ({indexType}){value};");
        }
    }

    // The signature, parameters on lines of their own where one line would be long.
    private void Head(string start, IReadOnlyList<string> parameters)
    {
        string line = start;
        for (int i = 0; i < parameters.Count; i++)
        {
            string next = parameters[i] + (i == parameters.Count - 1 ? ")" : ",");
            bool begins = line.Length == 0 || line.EndsWith("(", StringComparison.Ordinal);
            if (line.Length + next.Length + 1 > LineWidth)
            {
                writer.Line(line);
                line = "    " + next;
            }
            else
            {
                line += begins ? next : " " + next;
            }
        }

        writer.Line(line);
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
            case Scratch { PerThread: true, Buffer: var own }:
                buffers.Add(own, "own" + Number(buffers.Count));
                writer.Line($"{CudaTarget.Scalar(own.Type)} {buffers[own]}[{Number(own.Size.Max)}];");
                break;
            case Scratch { Buffer: var shared }:
                string element = CudaTarget.Scalar(shared.Type);
                buffers.Add(shared, "shared" + Number(buffers.Count));
                writer.Line(layout is null
                    ? $"SN_SHARED({element}, {buffers[shared]}, {Number(shared.Size.Max)});"
                    : $"{element} *{buffers[shared]} = ({element} *)(shared + {Number(layout.Offset(shared))});");
                break;
            case Share share:
                string from = indices.Counter(share.First);
                string grain = indices.Text(share.Grain);
                string until = $"sn_minimum<{indexType}>({from} + {grain}, {indices.Text(share.Extent)})";
                writer.Line($"{indexType} {from} = {indices.Counter(share.Piece)} * {grain};");
                writer.Line($"{indexType} {indices.Counter(share.Last)} = {until};");
                break;
            case For loop:
                string counter = indices.Counter(loop.Variable);
                string step = loop.Step == 1 ? counter + "++" : $"{counter} += {Number(loop.Step)}";
                string begin = $"{indexType} {counter} = {indices.Text(loop.Begin)}";
                string range = $"{begin}; {counter} < {indices.Text(loop.End)}";
                if (loop.Unrolls)
                {
                    writer.Line("SN_UNROLL");
                }

                writer.Block($"for ({range}; {step})", () => Print(loop.Body));
                break;
            case If branch:
                writer.Block($"if ({indices.All(branch.Conditions)})", () => Print(branch.Body));
                break;
            case Let { Variable.Extent: var extent } when extent == 1:
                break;
            case Let let:
                string value = indices.Text(let.Value);
                string last = indices.Text(Compiler.Values.Index.Of(let.Variable.Extent) - 1);
                string limited = let.IsLimited ? $"sn_minimum<{indexType}>({value}, {last})" : value;
                writer.Line($"{indexType} {indices.Counter(let.Variable)} = {limited};");
                break;
            case Barrier:
                writer.Line("sn_barrier();");
                break;
            case Declare declare:
                string type = CudaTarget.Scalar(declare.Local.Type);
                writer.Line($"{type} {declare.Local.Name} = {values.Bare(declare.Value)};");
                break;
            case Assign assign:
                writer.Line($"{assign.Local.Name} = {values.Bare(assign.Value)};");
                break;
            case DeclareRegisters { Registers: var registers }:
                string first = registers.StartsAtZero ? " = {}" : "";
                writer.Line(
                    $"{CudaTarget.Scalar(registers.Type)} {registers.Name}{ValuePrinter.Extents(registers)}{first};");
                break;
            case LoadVector load:
                string elements = indices.Moved(Name(load.Buffer), load.Index);
                writer.Line($"sn_load_vector({values.Row(load.Target)}, {elements});");
                break;
            case StoreVector store:
                string written = indices.Moved(Name(store.Buffer), store.Index);
                writer.Line($"sn_store_vector({written}, {values.Row(store.Source)});");
                break;
            case SetRegister set:
                writer.Line($"{values.Register(set.Registers, set.Row, set.Column)} = {values.Bare(set.Value)};");
                break;
            case CopyAhead copy:
                string bytes = copy.Conditions.Count == 0 ? "" : $", {indices.All(copy.Conditions)} ? 16 : 0";
                string target = indices.Moved(Name(copy.Target), copy.To);
                writer.Line($"sn_copy_async_16({target}, {indices.Moved(Name(copy.Source), copy.From)}{bytes});");
                break;
            case MarkCopies:
                writer.Line("sn_copy_commit();");
                break;
            case WaitForCopies wait:
                writer.Line($"sn_copy_wait<{Number(wait.Pending)}>();");
                break;
            case LoadSquares load:
                string squares = values.Row(new RegisterRow(load.Registers, load.Row));
                string place = indices.Moved(Name(load.Buffer), load.Index);
                writer.Line($"sn_load_matrix_x{Number(load.Registers.Width)}({squares}, {place});");
                break;
            case MultiplyMatrices product:
                string rows = string.Join(
                    ", ", new[] { product.Sums, product.Left, product.Right }.Select(values.Row));
                writer.Line($"sn_mma_{CudaTarget.Name(product.Precision)}({rows});");
                break;
            case DeclarePointer { Pointer: var pointer }:
                bool isConstant = IsConstant(pointer);
                string start = indices.Moved(Name(pointer.Start), pointer.Offset);
                string to = (isConstant ? "const " : "") + CudaTarget.Scalar(pointer.Type);
                writer.Line($"{to} *{pointer.Name} = {start};");
                break;
            case Store { Count: null, Stride: 1 } store:
                writer.Line($"{values.Element(store.Buffer, store.Index)} = {values.Bare(store.Value)};");
                break;
            case Comment comment:
                writer.Line("// " + comment.Text);
                break;
            default:
                throw new InvalidOperationException($"{statement.GetType().Name} cannot be printed as CUDA C");
        }
    }

    private bool IsConstant(Buffer buffer) => buffer is Pointer pointer
        ? IsConstant(pointer.Start)
        : kernel.Buffers.Contains(buffer) && !kernel.Written.Contains(buffer);

    private string Name(Buffer buffer) => buffer is Pointer pointer ? pointer.Name : buffers[buffer];

    private static string Number(long value) => IndexPrinter.Number(value);
}
