namespace Sinter.Testing;

/// <summary>What tests that take minutes share: without the variable they are told of as skipped.</summary>
internal static class Long
{
    /// <summary>The variable; <c>.ci/run</c> sets it.</summary>
    public const string Variable = "SINTER_LONG";

    /// <summary>Why such a test is skipped, or null.</summary>
    public static string? Reason => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))
        ? $"takes long: set {Variable} to run it" : null;
}

/// <summary>A test that takes long.</summary>
internal sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Long.Reason;
}

/// <summary>Tests that together take long.</summary>
internal sealed class LongTheoryAttribute : TheoryAttribute
{
    public LongTheoryAttribute() => Skip = Long.Reason;
}
