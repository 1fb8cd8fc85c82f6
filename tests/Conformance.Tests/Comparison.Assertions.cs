using Sinter.Reference;

namespace Sinter.Conformance.Tests;

public static partial class Comparison
{
    /// <summary>
    /// Fails where a result differs by more than the tolerance, as <see cref="Difference(InterpreterResult,
    /// InterpreterResult, double)"/> has it.
    /// </summary>
    public static void AssertClose(InterpreterResult expected, InterpreterResult actual, double tolerance)
    {
        string? difference = Difference(expected, actual, tolerance);
        Assert.True(difference is null, difference);
    }
}
