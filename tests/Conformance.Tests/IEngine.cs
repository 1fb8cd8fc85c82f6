using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>A graph that an engine has compiled.</summary>
public delegate InterpreterResult CompiledGraph(
    IReadOnlyDictionary<string, TensorValue> inputs, IReadOnlyDictionary<string, TensorValue> parameters);

/// <summary>One way to run a graph.</summary>
public interface IEngine
{
    string Name { get; }

    /// <summary>Compiles a graph, for as many runs as one likes.</summary>
    CompiledGraph Compile(Graph graph);

    /// <summary>Compiles a graph for one run.</summary>
    InterpreterResult Run(
        Graph graph,
        IReadOnlyDictionary<string, TensorValue> inputs,
        IReadOnlyDictionary<string, TensorValue> parameters) => Compile(graph)(inputs, parameters);
}
