namespace Sinter;

/// <summary>What names of inputs, outputs, parameters and parts of models may be: text that every file can
/// hold.</summary>
internal static class Names
{
    /// <summary>The most characters of one name.</summary>
    public const int Longest = 1000;

    /// <summary>Refuses names that are empty, too long, or hold control characters or half of a character.</summary>
    /// <exception cref="GraphException">The name is one of those.</exception>
    public static void Check(string? name, string what)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw new GraphException($"the name of {what} is empty");
        }

        if (name!.Length > Longest)
        {
            throw new GraphException($"the name of {what} has {name.Length} characters, more than {Longest}");
        }

        for (int i = 0; i < name.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]);
            if (char.IsControl(name[i]) || (char.IsSurrogate(name[i]) && !isPair))
            {
                throw new GraphException(
                    $"the name of {what} has U+{(int)name[i]:X4} at {i}, which names cannot hold");
            }

            i += isPair ? 1 : 0;
        }
    }
}
