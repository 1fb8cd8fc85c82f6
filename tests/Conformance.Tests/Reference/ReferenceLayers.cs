using System.Globalization;
using System.Text.Json;
using Sinter.Modules;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// The module tree of a case, from the list of submodules and settings in its metadata. A module of a class without a
/// row here is a mere branch, whose parts a builder calls one by one.
/// </summary>
public sealed class ReferenceLayers
{
    private readonly ReferenceModel model;
    private readonly Dictionary<string, JsonElement> settings = [];
    private readonly Dictionary<string, Module> modules = [];

    public ReferenceLayers(ReferenceModel model)
    {
        this.model = model;
        if (model.Case.Config.TryGetProperty("modules", out JsonElement list))
        {
            settings = list.EnumerateArray().ToDictionary(entry => entry.GetProperty("name").GetString()!);
        }
    }

    /// <summary>The layer at a path.</summary>
    public Layer At(string path)
    {
        if (modules.Count == 0)
        {
            model.Use(Build(""));
        }

        return modules[path] as Layer ?? throw new NotComparedException($"there is no layer {Settings(path).Type} yet");
    }

    /// <summary>What the metadata say about the module at a path.</summary>
    public LayerSettings Settings(string path) => new(model, path, settings[path]);

    /// <summary>The paths of the modules right below one.</summary>
    public IReadOnlyList<string> Below(string path) =>
        settings.Keys.Where(name => name.Length > 0 && Parent(name) == path).ToArray();

    private Module Build(string path)
    {
        var children = Below(path)
            .Select(name => (Name: name[(name.LastIndexOf('.') + 1)..], Module: Build(name))).ToArray();
        Module module = Known(Settings(path), [.. children.Select(child => child.Module)]) ?? new Branch(children);
        modules.Add(path, module);
        module.AlwaysEvaluates = model.Case.EvalModules.Contains(path);
        return module;
    }

    private static Module? Known(LayerSettings entry, Module[] children) => entry.Type switch
    {
        "Sequential" when children.All(child => child is Layer) => new Sequential([.. children.Cast<Layer>()]),
        "Linear" => new Linear(entry.Integer("in_features"), entry.Integer("out_features"), entry.Flag("bias")),
        "Conv2d" => Convolution(entry),
        "MaxPool2d" => new MaxPool2d(
            entry.Pair("kernel_size"), entry.Pair("stride"), entry.Pair("padding"), entry.Pair("dilation"),
            entry.Flag("ceil_mode")),
        "AvgPool2d" => new AvgPool2d(
            entry.Pair("kernel_size"), entry.Pair("stride"), entry.Pair("padding"), entry.Flag("ceil_mode"),
            entry.Flag("count_include_pad")),
        "ReLU" => new ReLU(),
        "Tanh" => new Tanh(),
        "Sigmoid" => new Sigmoid(),
        "SiLU" => new SiLU(),
        "GELU" => new GELU(),
        "Flatten" => new Flatten(entry.Integer("start_dim"), entry.Integer("end_dim")),
        "BatchNorm1d" => new BatchNorm1d(
            entry.Integer("num_features"), entry.Number("eps"), entry.NumberOrNone("momentum"), entry.Flag("affine"),
            entry.Flag("track_running_stats")),
        "BatchNorm2d" => new BatchNorm2d(
            entry.Integer("num_features"), entry.Number("eps"), entry.NumberOrNone("momentum"), entry.Flag("affine"),
            entry.Flag("track_running_stats")),
        _ => null,
    };

    private static Conv2d Convolution(LayerSettings entry) => new(
        entry.Integer("in_channels"), entry.Integer("out_channels"), entry.Pair("kernel_size"), entry.Pair("stride"),
        entry.Text("padding") == "same" ? Padding2d.Same : entry.Pair("padding"), entry.Pair("dilation"),
        entry.Integer("groups"), entry.Flag("bias"));

    private static string Parent(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot < 0 ? "" : name[..dot];
    }

    private sealed class Branch : Module
    {
        public Branch((string Name, Module Module)[] children)
        {
            foreach (var (name, module) in children)
            {
                Register(name, module);
            }
        }
    }
}

/// <summary>The settings of one module.</summary>
public sealed class LayerSettings(ReferenceModel model, string path, JsonElement entry)
{
    public ReferenceModel Model => model;

    public string Path => path;

    public string Type => Text("type")!;

    public string? Text(string name) =>
        entry.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public bool Flag(string name) => entry.GetProperty(name).GetBoolean();

    public double Number(string name) => entry.GetProperty(name).GetDouble();

    public double? NumberOrNone(string name) =>
        entry.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    public int Integer(string name) => Integers(name)[0];

    /// <summary>One number, or several.</summary>
    public int[] Integers(string name) => entry.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(number => number.GetInt32()).ToArray(),
        { ValueKind: JsonValueKind.Number } number => [number.GetInt32()],
        JsonElement other => throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}: {other}")),
    };

    public Size2d Pair(string name)
    {
        int[] numbers = Integers(name);
        return new Size2d(numbers[0], numbers[^1]);
    }
}
