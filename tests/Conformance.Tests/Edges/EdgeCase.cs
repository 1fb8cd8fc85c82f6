using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Files;

namespace Sinter.Conformance.Tests.Edges;

/// <summary>One case: what PyTorch was given and what it computed, or why it refused.</summary>
/// <param name="Name">Its name, which is that of its file.</param>
/// <param name="Expression">What was computed, settings included.</param>
/// <param name="Refusal">What PyTorch's error says; null where it computes.</param>
/// <param name="Tensors">Inputs, outputs and gradients by key.</param>
public sealed record EdgeCase(
    string Name, string Expression, string? Refusal, IReadOnlyDictionary<string, TensorValue> Tensors)
{
    /// <summary>Reads a case.</summary>
    public static EdgeCase Load(string folder, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, name + ".safetensors"));
        string cotangent = file.Metadata.GetValueOrDefault("cotangent", "ones");
        return cotangent == "ones"
            ? new EdgeCase(name, file.Metadata["expression"], file.Metadata.GetValueOrDefault("refused"),
                file.Entries.ToDictionary(entry => entry.Name, entry => Value(file, entry)))
            : throw new NotSupportedException($"{name}: the cotangent is {cotangent}");
    }

    /// <summary>The keys under a prefix, in order.</summary>
    public IReadOnlyList<string> Under(string prefix) =>
        [.. Tensors.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static TensorValue Value(SafetensorsFile file, SafetensorsEntry entry)
    {
        return entry.ElementType switch
        {
            ElementType.F32 => new TensorValue(
                DType.F32, entry.Shape, Array.ConvertAll(file.Get<float>(entry.Name).ToArray(), x => (double)x)),
            ElementType.I64 => new TensorValue(DType.I64, entry.Shape, file.Get<long>(entry.Name).ToArray()),
            ElementType.I32 => Integers(DType.I32, file.Get<int>(entry.Name).ToArray(), x => x),
            ElementType.I16 => Integers(DType.I16, file.Get<short>(entry.Name).ToArray(), x => x),
            ElementType.I8 => Integers(DType.I8, file.Get<sbyte>(entry.Name).ToArray(), x => x),
            ElementType.U8 => Integers(DType.U8, file.Get<byte>(entry.Name).ToArray(), x => x),
            ElementType.Bool => Integers(DType.Bool, file.Get<byte>(entry.Name).ToArray(), x => x),
            _ => throw new NotSupportedException($"{entry.Name} holds {entry.ElementType}"),
        };

        TensorValue Integers<T>(DType type, T[] values, Converter<T, long> convert) =>
            new(type, entry.Shape, Array.ConvertAll(values, convert));
    }
}
