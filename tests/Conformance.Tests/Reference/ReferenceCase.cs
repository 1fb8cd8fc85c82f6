using System.Text.Json;
using System.Text.RegularExpressions;
using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Files;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>One case: what PyTorch was given, what it computed, and how close others must come.</summary>
public sealed class ReferenceCase
{
    private readonly IReadOnlyDictionary<string, string> metadata;

    private ReferenceCase(
        string name, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, TensorValue> tensors)
    {
        this.metadata = metadata;
        Name = name;
        Tensors = tensors;
        Config = Json("config", "{}");
        Optimizer = Json("optimizer", "none");
        Steps = Json("steps", "[]").EnumerateArray().Select(step => step.GetInt32()).ToArray();
        Frozen = Strings("frozen");
        EvalModules = Strings("eval_modules");
        Tolerance = new ReferenceTolerance(Json("tolerance", "{}"), Strings("noise_keys"));
    }

    public string Name { get; }

    /// <summary>The case that this one is a variant of: the name of its file, unless the metadata know
    /// better.</summary>
    public string Base => metadata.GetValueOrDefault("case", Name);

    /// <summary>Everything in the file, by key: <c>param.weight</c>, <c>output.0</c>, …</summary>
    public IReadOnlyDictionary<string, TensorValue> Tensors { get; }

    /// <summary>Constructor, submodules and other settings.</summary>
    public JsonElement Config { get; }

    /// <summary>Class and constants of the optimizer; undefined where there is none.</summary>
    public JsonElement Optimizer { get; }

    /// <summary>After which steps parameters were stored.</summary>
    public IReadOnlyList<int> Steps { get; }

    /// <summary>The modules whose parameters stay as they are.</summary>
    public IReadOnlyList<string> Frozen { get; }

    /// <summary>The modules in evaluation mode, whatever the mode of the whole.</summary>
    public IReadOnlyList<string> EvalModules { get; }

    /// <summary>Whether the model is in training mode.</summary>
    public bool IsTraining => metadata["mode"] == "train";

    /// <summary>Whether the case has a loss made of its outputs and given weights.</summary>
    public bool HasCotangents => Tensors.Keys.Any(key => key.StartsWith("cotangent.", StringComparison.Ordinal));

    /// <summary>How close results must come.</summary>
    public ReferenceTolerance Tolerance { get; }

    /// <summary>Reads a case.</summary>
    public static ReferenceCase Load(string folder, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, name + ".safetensors"));
        var tensors = file.Entries.ToDictionary(entry => entry.Name, entry => Value(file, entry));
        return new ReferenceCase(name, new Dictionary<string, string>(file.Metadata), tensors);
    }

    /// <summary>The keys that start with a prefix and a dot, without both.</summary>
    public IReadOnlyList<string> Under(string prefix) =>
        Tensors.Keys.Where(key => key.StartsWith(prefix + ".", StringComparison.Ordinal))
            .Select(key => key[(prefix.Length + 1)..]).Order(StringComparer.Ordinal).ToArray();

    /// <summary>A number among the settings.</summary>
    public double Setting(string name) => Config.GetProperty(name).GetDouble();

    /// <summary>A call in the expression or the loss. Named without parentheses, it has no arguments.</summary>
    public PythonCall Call(string name, int which = 0)
    {
        string text = Words("expression") + "\n" + Words("loss");
        IReadOnlyList<PythonCall> calls = PythonCall.All(text, name);
        bool isBare = calls.Count == 0 && Regex.IsMatch(text, $@"\b{name}\b");
        return which < calls.Count ? calls[which]
            : isBare ? PythonCall.Bare(name)
            : throw new NotComparedException($"{Name}: there is no call {which} of {name} in: {text}");
    }

    /// <summary>A call in the source of the model's classes.</summary>
    public PythonCall SourceCall(string name, int which) =>
        PythonCall.All(Words("source"), name).ElementAtOrDefault(which)
            ?? throw new NotComparedException($"{Name}: there is no call {which} of {name} in the source");

    /// <summary>How the root module was made: all arguments by name, those not given as its class has them.</summary>
    public PythonCall Constructor()
    {
        string made = Config.TryGetProperty("constructor", out JsonElement text)
            ? text.GetString()! : Words("expression");
        string name = Regex.Match(made, @"^(?:nn\.)?(\w+)").Groups[1].Value;
        string source = Words("source");
        int start = Math.Max(0, source.IndexOf($"class {name}(", StringComparison.Ordinal));
        PythonCall? definition = PythonCall.All(source[start..], "__init__")
            .FirstOrDefault(call => call.Positional.Contains("self"));
        PythonCall call = PythonCall.All(made, name).FirstOrDefault() ?? PythonCall.Bare(name);
        return definition is null ? call : call.WithDefaults(definition);
    }

    /// <summary>The number that a pattern's group finds in the expression, the loss, the source or the
    /// description.</summary>
    public double Number(string pattern, int group = 1) => PythonCall.Parse(Written(pattern, group));

    /// <summary>What a pattern's group finds there.</summary>
    public string Written(string pattern, int group = 1)
    {
        string[] places = ["expression", "loss", "source", "description"];
        Match? found = places.Select(place => Regex.Match(Words(place), pattern))
            .FirstOrDefault(match => match.Success);
        return found is null
            ? throw new NotComparedException($"{Name}: nothing like {pattern} in: {Words("expression")}")
            : found.Groups[group].Value.Trim();
    }

    private string Words(string key) => metadata.GetValueOrDefault(key, "");

    private static TensorValue Value(SafetensorsFile file, SafetensorsEntry entry) => entry.ElementType switch
    {
        ElementType.F32 => new TensorValue(
            DType.F32, entry.Shape, Array.ConvertAll(file.Get<float>(entry.Name).ToArray(), x => (double)x)),
        ElementType.I64 => new TensorValue(DType.I64, entry.Shape, file.Get<long>(entry.Name).ToArray()),
        ElementType.Bool => new TensorValue(
            DType.Bool, entry.Shape, Array.ConvertAll(file.Get<byte>(entry.Name).ToArray(), x => (long)x)),
        _ => throw new NotSupportedException($"{entry.Name} holds {entry.ElementType}"),
    };

    private JsonElement Json(string key, string fallback)
    {
        string text = metadata.GetValueOrDefault(key, fallback);
        if (text == "none")
        {
            return default;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private string[] Strings(string key) =>
        Json(key, "[]").EnumerateArray().Select(element => element.GetString()!).ToArray();
}
