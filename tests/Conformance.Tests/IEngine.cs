using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>One way to run a graph.</summary>
public interface IEngine
{
    string Name { get; }

    InterpreterResult Run(
        Graph graph,
        IReadOnlyDictionary<string, TensorValue> inputs,
        IReadOnlyDictionary<string, TensorValue> parameters);
}
