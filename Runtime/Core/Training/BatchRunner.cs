using Sinter.Runtime.Data;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Training;

/// <summary>Feeds images to one program, a batch a run. Allocates nothing after construction.</summary>
internal sealed class BatchRunner
{
    private const string Images = "images";
    private const string Labels = "labels";

    private readonly ProgramContext context;
    private readonly string? symbol;
    private readonly long imageSize;

    /// <summary>Reads the size of a batch from the program.</summary>
    /// <exception cref="RunException">The program lacks an input or output that training needs.</exception>
    public BatchRunner(ProgramContext context)
    {
        this.context = context;
        ProgramTable table = context.Program.Table;
        Require(table, "input", table.Inputs, Images, ElementType.F32);
        Require(table, "input", table.Inputs, Labels, ElementType.I64);
        Require(table, "output", table.Outputs, "loss", ElementType.F32);
        Require(table, "output", table.Outputs, "correct", ElementType.F32);
        Size[] shape = table.Inputs.First(port => port.Name == Images).Shape;
        bool isBatch = shape.Length >= 2 && (shape[0].IsFixed || shape[0].Symbol >= 0);
        if (!isBatch || shape.Skip(1).Any(extent => !extent.IsFixed))
        {
            throw new RunException($"program '{table.Name}': '{Images}' is not (batch, extents that are fixed)");
        }

        SymbolEntry? batch = shape[0].Symbol >= 0 ? table.Symbols[shape[0].Symbol] : null;
        symbol = batch?.Name;
        Capacity = checked((int)(batch?.Max ?? shape[0].Evaluate([])));
        imageSize = shape.Skip(1).Aggregate(1L, (product, extent) => product * extent.Evaluate([]));
    }

    /// <summary>What the program runs on.</summary>
    public ModelState State => context.State;

    /// <summary>The name of the learning rate in the state.</summary>
    /// <exception cref="RunException">The program reads none, or several.</exception>
    public string LearningRate
    {
        get
        {
            ProgramTable table = context.Program.Table;
            string[] rates = [.. table.State.Where(IsRate).Select(entry => entry.Name)];
            return rates.Length == 1
                ? rates[0]
                : throw new RunException(
                    $"program '{table.Name}' has {rates.Length} learning rates; set the one you mean in its state");
        }
    }

    private static bool IsRate(StateEntry entry) => entry is { Kind: StateKind.Optimizer, Shape: [] }
        && entry.Name.EndsWith(".learning_rate", StringComparison.Ordinal);

    /// <summary>The most images a run takes.</summary>
    public int Capacity { get; }

    /// <summary>Refuses data that the program cannot take, before anything is computed.</summary>
    /// <exception cref="RunException">Images have another size, or a fixed batch does not divide them.</exception>
    public void Check(ImageDataset data)
    {
        string name = context.Program.Table.Name;
        if (data.ImageSize != imageSize)
        {
            string size = $"{data.Channels}×{data.Height}×{data.Width}";
            throw new RunException($"program '{name}' takes images of {imageSize} pixels, the data has {size}");
        }

        if (symbol is null && data.Count % Capacity != 0)
        {
            string rest = $"{data.Count} images leave {data.Count % Capacity} for the last batch";
            throw new RunException($"program '{name}' takes {Capacity} images a run, {rest}: make the batch a Symbol");
        }
    }

    /// <summary>Refuses a program that trains.</summary>
    /// <exception cref="RunException">A run updates parameters, buffers or an optimizer's state.</exception>
    public void RequireUntrained()
    {
        ProgramTable table = context.Program.Table;
        if (table.State.FirstOrDefault(entry => entry.IsUpdated && entry.Kind.Row().MovesInTraining) is { } trained)
        {
            throw new RunException(
                $"program '{table.Name}' updates '{trained.Name}', so evaluating with it would train on the examples; "
                + "use a program without updates");
        }
    }

    /// <summary>Runs the program on some images of a data set, at most <see cref="Capacity"/>.</summary>
    public Score Run(ImageDataset data, ReadOnlySpan<int> indices)
    {
        if (symbol is not null)
        {
            context.SetSymbol(symbol, indices.Length);
        }

        data.CopyBatch(indices, context.Input<float>(Images), context.Input<long>(Labels));
        context.Run();
        float loss = context.Output<float>("loss")[0];
        return new Score(loss, (int)context.Output<float>("correct")[0], indices.Length);
    }

    private static void Require(ProgramTable table, string kind, PortEntry[] ports, string name, ElementType type)
    {
        if (!ports.Any(port => port.Name == name && port.Type == type))
        {
            string wanted = $"{kind} '{name}' of type {type.ToString().ToLowerInvariant()}";
            throw new RunException($"program '{table.Name}' has no {wanted}, which training needs");
        }
    }
}
