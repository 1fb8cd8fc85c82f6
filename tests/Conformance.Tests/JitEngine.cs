using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>The C# backend, compiled in process for one kind of processor, on a number of threads.</summary>
public sealed class JitEngine(CSharpTarget target, int threads) : IEngine
{
    public string Name => $"jit{target.Name}x{threads}";

    public CompiledGraph Compile(Graph graph)
    {
        Program program = JitCompiler.Compile(
            graph, new JitOptions { Target = target, CacheDirectory = null, Check = true, Guard = true });
        return (inputs, parameters) => Run(program, inputs, parameters, threads);
    }

    public static InterpreterResult Run(
        Program program,
        IReadOnlyDictionary<string, TensorValue> inputs,
        IReadOnlyDictionary<string, TensorValue> parameters,
        int threads)
    {
        using var pool = new WorkerPool(threads);
        return Run(program, inputs, parameters, state => new ProgramContext(program, state, pool));
    }

    public static InterpreterResult Run(
        Program program,
        IReadOnlyDictionary<string, TensorValue> inputs,
        IReadOnlyDictionary<string, TensorValue> parameters,
        Func<ModelState, ProgramContext> open) => RunRounds(program, [inputs], parameters, open).Single();

    /// <summary>Runs one context several times, each time with inputs of other extents; state is set once.</summary>
    public static IEnumerable<InterpreterResult> RunRounds(
        Program program,
        IEnumerable<IReadOnlyDictionary<string, TensorValue>> rounds,
        IReadOnlyDictionary<string, TensorValue> parameters,
        Func<ModelState, ProgramContext> open)
    {
        using var state = new ModelState(0, program);
        using ProgramContext context = open(state);
        foreach (StateEntry entry in program.Table.State)
        {
            Fill(entry.Type, parameters[entry.Name], (values, _) => Set(state, entry, values));
        }

        foreach (IReadOnlyDictionary<string, TensorValue> inputs in rounds)
        {
            var largest = program.Table.Symbols.Select(symbol => symbol.Max).ToArray();
            var shapes = program.Table.Inputs.ToDictionary(port => port.Name, port => inputs[port.Name].Shape);
            long[] symbols = SymbolSolver.Solve(program.Table, shapes, largest);
            for (int i = 0; i < symbols.Length; i++)
            {
                if (program.Table.Symbols[i].IsComputed)
                {
                    continue;
                }

                context.SetSymbol(program.Table.Symbols[i].Name, symbols[i]);
            }

            foreach (PortEntry port in program.Table.Inputs)
            {
                Fill(port.Type, inputs[port.Name], (values, _) => Copy(context, port, values));
            }

            context.Run();
            symbols = [.. program.Table.Symbols.Select(symbol => context.Symbol(symbol.Name))];
            yield return new InterpreterResult(
                program.Table.Outputs.ToDictionary(port => port.Name, port => Read(context, port, symbols)),
                program.Table.State.Where(entry => entry.IsUpdated)
                    .ToDictionary(entry => entry.Name, entry => Read(state, entry)));
        }
    }

    private static void Copy(ProgramContext context, PortEntry port, Array values)
    {
        switch (values)
        {
            case float[] a: a.CopyTo(context.Input<float>(port.Name)); break;
            case double[] a: a.CopyTo(context.Input<double>(port.Name)); break;
            case long[] a: a.CopyTo(context.Input<long>(port.Name)); break;
            case int[] a when values.GetType() == typeof(int[]): a.CopyTo(context.Input<int>(port.Name)); break;
            case uint[] a: a.CopyTo(context.Input<uint>(port.Name)); break;
            case ushort[] a when values.GetType() == typeof(ushort[]): a.CopyTo(context.Input<ushort>(port.Name)); break;
            case short[] a when values.GetType() == typeof(short[]): a.CopyTo(context.Input<short>(port.Name)); break;
            case sbyte[] a when values.GetType() == typeof(sbyte[]): a.CopyTo(context.Input<sbyte>(port.Name)); break;
            case byte[] a: a.CopyTo(context.Input<byte>(port.Name)); break;
        }
    }

    private static void Set(ModelState state, StateEntry entry, Array values)
    {
        switch (values)
        {
            case float[] a: state.Set<float>(entry.Name, a); break;
            case double[] a: state.Set<double>(entry.Name, a); break;
            case long[] a: state.Set<long>(entry.Name, a); break;
            case int[] a when values.GetType() == typeof(int[]): state.Set<int>(entry.Name, a); break;
            case uint[] a: state.Set<uint>(entry.Name, a); break;
            case ushort[] a when values.GetType() == typeof(ushort[]): state.Set<ushort>(entry.Name, a); break;
            case short[] a when values.GetType() == typeof(short[]): state.Set<short>(entry.Name, a); break;
            case sbyte[] a when values.GetType() == typeof(sbyte[]): state.Set<sbyte>(entry.Name, a); break;
            case byte[] a: state.Set<byte>(entry.Name, a); break;
        }
    }

    private static void Fill(ElementType type, TensorValue value, Action<Array, int> store)
    {
        int count = (int)value.Shape.Aggregate(1L, (n, d) => n * d);
        var numbers = Enumerable.Range(0, count);
        Array array = type switch
        {
            ElementType.F32 => numbers.Select(i => (float)value.Number(i)).ToArray(),
            ElementType.F64 => numbers.Select(i => value.Number(i)).ToArray(),
            ElementType.I64 => numbers.Select(i => value.Integers[i]).ToArray(),
            ElementType.I32 => numbers.Select(i => (int)value.Integers[i]).ToArray(),
            ElementType.U32 => numbers.Select(i => (uint)value.Integers[i]).ToArray(),
            ElementType.F16 or ElementType.BF16 =>
                numbers.Select(i => Float16.Bits(Enum.Parse<DType>(type.ToString()), value.Number(i))).ToArray(),
            ElementType.I16 => numbers.Select(i => (short)value.Integers[i]).ToArray(),
            ElementType.I8 => numbers.Select(i => (sbyte)value.Integers[i]).ToArray(),
            _ => numbers.Select(i => (byte)value.Integers[i]).ToArray(),
        };
        store(array, count);
    }

    private static TensorValue Read(ProgramContext context, PortEntry port, long[] symbols)
    {
        long[] shape = port.Shape.Select(extent => extent.Evaluate(symbols)).ToArray();
        return port.Type switch
        {
            ElementType.F32 =>
                Value(port.Type, shape, context.Output<float>(port.Name).ToArray().Select(x => (double)x)),
            ElementType.F64 => Value(port.Type, shape, context.Output<double>(port.Name).ToArray()),
            ElementType.I64 => Value(port.Type, shape, context.Output<long>(port.Name).ToArray()),
            ElementType.I32 => Value(port.Type, shape, context.Output<int>(port.Name).ToArray().Select(x => (long)x)),
            ElementType.U32 => Value(port.Type, shape, context.Output<uint>(port.Name).ToArray().Select(x => (long)x)),
            ElementType.F16 or ElementType.BF16 =>
                Value(port.Type, shape, Numbers(port.Type, context.Output<ushort>(port.Name).ToArray())),
            ElementType.I16 => Value(port.Type, shape, context.Output<short>(port.Name).ToArray().Select(x => (long)x)),
            ElementType.I8 => Value(port.Type, shape, context.Output<sbyte>(port.Name).ToArray().Select(x => (long)x)),
            _ => Value(port.Type, shape, context.Output<byte>(port.Name).ToArray().Select(x => (long)x)),
        };
    }

    private static TensorValue Read(ModelState state, StateEntry entry) => entry.Type switch
    {
        ElementType.F32 =>
            Value(entry.Type, entry.Shape, state.Get<float>(entry.Name).ToArray().Select(x => (double)x)),
        ElementType.F64 => Value(entry.Type, entry.Shape, state.Get<double>(entry.Name).ToArray()),
        ElementType.I64 => Value(entry.Type, entry.Shape, state.Get<long>(entry.Name).ToArray()),
        ElementType.I32 => Value(entry.Type, entry.Shape, state.Get<int>(entry.Name).ToArray().Select(x => (long)x)),
        ElementType.U32 => Value(entry.Type, entry.Shape, state.Get<uint>(entry.Name).ToArray().Select(x => (long)x)),
        ElementType.F16 or ElementType.BF16 =>
            Value(entry.Type, entry.Shape, Numbers(entry.Type, state.Get<ushort>(entry.Name).ToArray())),
        ElementType.I16 => Value(entry.Type, entry.Shape, state.Get<short>(entry.Name).ToArray().Select(x => (long)x)),
        ElementType.I8 => Value(entry.Type, entry.Shape, state.Get<sbyte>(entry.Name).ToArray().Select(x => (long)x)),
        _ => Value(entry.Type, entry.Shape, state.Get<byte>(entry.Name).ToArray().Select(x => (long)x)),
    };

    private static IEnumerable<double> Numbers(ElementType type, ushort[] bits) =>
        bits.Select(x => Float16.Value(Enum.Parse<DType>(type.ToString()), x));

    private static TensorValue Value(ElementType type, long[] shape, IEnumerable<double> values) =>
        new(Enum.Parse<DType>(type.ToString()), shape, values.ToArray());

    private static TensorValue Value(ElementType type, long[] shape, IEnumerable<long> values) =>
        new(Enum.Parse<DType>(type.ToString()), shape, values.ToArray());
}
