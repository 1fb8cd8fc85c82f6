using System.Runtime.InteropServices;

namespace Sinter.Runtime.Cuda.Native;

/// <summary>Loads the first library of a list, and remembers why the ones before it were not taken.</summary>
internal static class NativeSearch
{
    /// <summary>Loads the first candidate that can be loaded.</summary>
    /// <param name="candidates">Full paths, or names for the system's loader.</param>
    /// <param name="attempts">Receives what was tried in vain.</param>
    /// <returns>The library, or null.</returns>
    public static NativeModule? Load(IEnumerable<string> candidates, List<NativeAttempt> attempts)
    {
        foreach (string candidate in candidates)
        {
            if (Path.IsPathRooted(candidate) && !File.Exists(candidate))
            {
                attempts.Add(new NativeAttempt(candidate, "no such file"));
                continue;
            }

            try
            {
                return new NativeModule(NativeLibrary.Load(candidate), candidate);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                attempts.Add(new NativeAttempt(candidate, Reason(error.Message)));
            }
        }

        return null;
    }

    /// <summary>The attempts as lines of a message.</summary>
    public static string Describe(IEnumerable<NativeAttempt> attempts) =>
        string.Concat(attempts.Select(attempt => $"\n  {attempt}"));

    // The runtime's message is a paragraph of advice; the loader's own words are its last line.
    private static string Reason(string message)
    {
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "cannot be loaded" : lines[^1];
    }
}
