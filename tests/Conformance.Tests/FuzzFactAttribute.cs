namespace Sinter.Conformance.Tests;

/// <summary>A search that runs for as many minutes as an environment variable says; skipped without it.</summary>
internal sealed class FuzzFactAttribute : FactAttribute
{
    /// <summary>The variable.</summary>
    public const string Variable = "SINTER_FUZZ";

    public FuzzFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            Skip = $"{Variable} says for how many minutes; the same tests run a share each time";
        }
    }
}
