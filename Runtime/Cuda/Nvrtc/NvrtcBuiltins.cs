using System.Runtime.InteropServices;

namespace Sinter.Runtime.Cuda.Compilation;

/// <summary>
/// NVRTC loads a second library, by a name with its exact version, when it first compiles. Where its folder is not on
/// the loader's path that fails; loading it beforehand by its full path makes the loader know it.
/// </summary>
internal static class NvrtcBuiltins
{
    /// <summary>Loads the library that belongs to an NVRTC.</summary>
    /// <param name="nvrtc">NVRTC's file.</param>
    /// <param name="version">NVRTC's version.</param>
    /// <returns>What came of it, for a later error.</returns>
    public static string Load(string nvrtc, CudaVersion version)
    {
        string name = $"libnvrtc-builtins.so.{version}";
        string folder = Path.GetDirectoryName(nvrtc) ?? "";
        if (folder.Length == 0)
        {
            return $"{name} was left to the system's loader, as the folder of NVRTC is not known";
        }

        // Packages name the file with two or three numbers.
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, name + "*") : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            try
            {
                NativeLibrary.Load(file);
                return $"{file} was loaded";
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                return $"{file} cannot be loaded: {error.Message}";
            }
        }

        return $"there is no {name} beside it";
    }
}
