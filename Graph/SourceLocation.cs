using System.Diagnostics;
using System.Globalization;

namespace Sinter;

/// <summary>Finds the line of user code that called into the library, for error messages only.</summary>
internal static class SourceLocation
{
    /// <summary><c>File.cs:line</c> of the nearest caller outside this assembly, or null where no symbols are at
    /// hand.</summary>
    public static string? OfCaller()
    {
        var trace = new StackTrace(1, fNeedFileInfo: true);
        for (int i = 0; i < trace.FrameCount; i++)
        {
            StackFrame? frame = trace.GetFrame(i);
            if (frame?.GetMethod()?.DeclaringType?.Assembly == typeof(SourceLocation).Assembly)
            {
                continue;
            }

            string? file = frame?.GetFileName();
            if (string.IsNullOrEmpty(file))
            {
                continue;
            }

            // Only the file's name: golden messages and logs must not depend on where a checkout lies.
            string name = file!.Substring(file.LastIndexOfAny(['/', '\\']) + 1);
            return name + ":" + frame!.GetFileLineNumber().ToString(CultureInfo.InvariantCulture);
        }

        return null;
    }
}
