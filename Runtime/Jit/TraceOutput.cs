namespace Sinter.Jit;

/// <summary>Writes chosen trace topics to the error output.</summary>
internal static class TraceOutput
{
    public static Action<string, string>? FromEnvironment()
    {
        string? wanted = Environment.GetEnvironmentVariable("SINTER_TRACE");
        if (string.IsNullOrWhiteSpace(wanted))
        {
            return null;
        }

        var topics = wanted.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return (topic, line) =>
        {
            if (topics.Contains(topic) || topics.Contains("all"))
            {
                Console.Error.WriteLine($"[{topic}] {line}");
            }
        };
    }
}
