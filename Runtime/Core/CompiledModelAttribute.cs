namespace Sinter;

/// <summary>
/// Compiles a model while its project is built. The class has to be partial; it gets a nested class <c>Compiled</c>
/// with
/// <c>Load</c>, <c>Create</c> and a typed <c>Run</c>, and with <see cref="Training"/> a nested class <c>Training</c>.
/// </summary>
/// <remarks>
/// There are three ways to say what the model is. A class derived from <c>Layer</c> is constructed, with
/// <see cref="Arguments"/> where given, and called on the one input. A static method <c>Create()</c> without parameters
/// may return the layer instead, or a whole <c>Graph</c> with any number of inputs and outputs. Or
/// <see cref="GraphFile"/> names a file with canonical text.
/// </remarks>
/// <example>
/// <code>
/// [CompiledModel("images: f32[N, 1, 28, 28]", Symbols = "N = 1..64", Output = "logits")]
/// internal sealed partial class LeNet5 : Layer { … }
/// </code>
/// </example>
/// <param name="input">
/// The layer's input as <c>name: type[extents]</c>, where an extent is a number, a symbol, or a number times a symbol
/// (<c>2*N</c>); nothing where <c>Create</c> returns a graph, or a file has it.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CompiledModelAttribute(string input = "") : Attribute
{
    /// <summary>The layer's input.</summary>
    public string Input { get; } = input;

    /// <summary>The symbols in <see cref="Input"/> with their ranges, such as <c>N = 1..256, T = 1..128</c>.</summary>
    public string Symbols { get; set; } = "";

    /// <summary>The name of the layer's result.</summary>
    public string Output { get; set; } = "output";

    /// <summary>What the class is constructed with.</summary>
    public object[] Arguments { get; set; } = [];

    /// <summary>
    /// The name of a static method without parameters that returns a <c>TrainingObjective</c>, or a <c>Graph</c> with
    /// updates. It becomes the nested class <c>Training</c>.
    /// </summary>
    public string Training { get; set; } = "";

    /// <summary>The name of a file among the project's <c>AdditionalFiles</c> that holds the graph's canonical
    /// text.</summary>
    public string GraphFile { get; set; } = "";

    /// <summary>
    /// Whether the model is compiled for CUDA devices too: then the project has to refer to <c>Sinter.Runtime.Cuda</c>,
    /// and <c>Load</c> and <c>Create</c> take a device. The property <c>SinterCuda</c> of a project says it of all its
    /// models.
    /// </summary>
    public bool Cuda { get; set; }
}
