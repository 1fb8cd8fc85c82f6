using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

public sealed partial class JitEngine
{
    /// <summary>Runs one context several times, each time with inputs of other extents; state is set once.</summary>
    public static IEnumerable<InterpreterResult> RunRounds(
        Program program,
        IEnumerable<IReadOnlyDictionary<string, TensorValue>> rounds,
        IReadOnlyDictionary<string, TensorValue> parameters,
        int threads)
    {
        using var pool = new WorkerPool(threads);
        using var state = new ModelState(0, program);
        using var context = new ProgramContext(program, state, pool);
        foreach (StateEntry entry in program.Table.State)
        {
            Fill(entry.Type, parameters[entry.Name], (values, _) => Set(state, entry, values));
        }

        foreach (IReadOnlyDictionary<string, TensorValue> inputs in rounds)
        {
            long[] symbols = Solve(program.Table, inputs);
            for (int i = 0; i < symbols.Length; i++)
            {
                context.SetSymbol(program.Table.Symbols[i].Name, symbols[i]);
            }

            foreach (PortEntry port in program.Table.Inputs)
            {
                Fill(port.Type, inputs[port.Name], (values, _) => Copy(context, port, values));
            }

            context.Run();
            yield return new InterpreterResult(
                program.Table.Outputs.ToDictionary(port => port.Name, port => Read(context, port, symbols)),
                new Dictionary<string, TensorValue>());
        }
    }
}
