namespace Sinter.Runtime.Tests;

/// <summary>A test of what only Unix has, such as signals, limits and modes of files; elsewhere it is reported as
/// skipped.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "needs Unix";
        }
    }
}
