namespace Sinter.Samples.Tests;

/// <summary>A test of signals and limits that only Unix has; elsewhere it is reported as skipped.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "needs Unix signals";
        }
    }
}
