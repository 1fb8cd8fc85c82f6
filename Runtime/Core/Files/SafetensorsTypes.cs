namespace Sinter.Runtime.Files;

/// <summary>The names safetensors gives to element types.</summary>
internal static class SafetensorsTypes
{
    public static bool TryParse(string text, out ElementType type)
    {
        ElementType? found = text switch
        {
            "BOOL" => ElementType.Bool,
            "U8" => ElementType.U8,
            "I8" => ElementType.I8,
            "I16" => ElementType.I16,
            "I32" => ElementType.I32,
            "U32" => ElementType.U32,
            "I64" => ElementType.I64,
            "F16" => ElementType.F16,
            "BF16" => ElementType.BF16,
            "F32" => ElementType.F32,
            "F64" => ElementType.F64,
            _ => null,
        };
        type = found.GetValueOrDefault();
        return found is not null;
    }

    public static string Name(ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();
}
