namespace Sinter.Runtime.Cuda.Compilation;

/// <summary>Where NVRTC may be. Python is not run: its folders are found by their names.</summary>
internal sealed class NvrtcSearch(Func<string, string?> variable)
{
    /// <summary>The variable that names the library, and ends the search.</summary>
    public const string PathVariable = "SINTER_NVRTC";

    // Newest first: the driver decides what can be loaded, and an old NVRTC does not know new devices.
    private static readonly string[] Names = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    /// <summary>What the system's environment says.</summary>
    public static NvrtcSearch OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Names for the loader and full paths, in the order in which they are tried.</summary>
    public IEnumerable<string> Candidates()
    {
        string? chosen = variable(PathVariable);
        if (!string.IsNullOrEmpty(chosen))
        {
            return [chosen];
        }

        var folders = ToolkitFolders().Concat(PythonFolders());
        return Names.Concat(folders.SelectMany(Libraries)).Distinct();
    }

    private IEnumerable<string> ToolkitFolders()
    {
        foreach (string name in new[] { "CUDA_HOME", "CUDA_PATH" })
        {
            if (variable(name) is { Length: > 0 } home)
            {
                yield return Path.Combine(home, "lib64");
            }
        }

        foreach (string toolkit in Folders("/usr/local", "cuda*"))
        {
            yield return Path.Combine(toolkit, "lib64");
            yield return Path.Combine(toolkit, "targets", "x86_64-linux", "lib");
        }
    }

    private IEnumerable<string> PythonFolders() => Sites().Distinct().SelectMany(site => new[]
    {
        Path.Combine(site, "nvidia", "cu13", "lib"), Path.Combine(site, "nvidia", "cuda_nvrtc", "lib"),
    });

    private IEnumerable<string> Sites()
    {
        foreach (string entry in (variable("PYTHONPATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return entry;
        }

        foreach (string prefix in Prefixes())
        {
            foreach (string lib in new[] { "lib", "lib64" })
            {
                foreach (string python in Folders(Path.Combine(prefix, lib), "python3*"))
                {
                    yield return Path.Combine(python, "site-packages");
                    yield return Path.Combine(python, "dist-packages");
                }
            }
        }
    }

    // Environments are known by variables, or by their programs being on the path.
    private IEnumerable<string> Prefixes()
    {
        foreach (string name in new[] { "VIRTUAL_ENV", "CONDA_PREFIX" })
        {
            if (variable(name) is { Length: > 0 } prefix)
            {
                yield return prefix;
            }
        }

        foreach (string folder in (variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Path.GetFileName(folder) == "bin" && File.Exists(Path.Combine(folder, "python3")))
            {
                yield return Path.GetDirectoryName(folder) is { Length: > 0 } above ? above : "/";
            }
        }

        if (variable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".local");
        }

        yield return "/usr/local";
        yield return "/usr";
    }

    // A folder without the library is a line in the error; a folder that does not exist would only be noise.
    private static IEnumerable<string> Libraries(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string[] found = [.. Names.Select(name => Path.Combine(folder, name)).Where(File.Exists)];
        return found.Length > 0 ? found : [Path.Combine(folder, Names[^1])];
    }

    private static IEnumerable<string> Folders(string parent, string pattern)
    {
        try
        {
            return Directory.Exists(parent)
                ? Directory.GetDirectories(parent, pattern).OrderDescending(StringComparer.Ordinal)
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
