using Sinter.Runtime.Files;

namespace Sinter.Runtime.Cuda.Compilation;

/// <summary>Kernels that were compiled while their program was built, in a folder beside it: machine code for some
/// architectures, PTX for later ones. Where they are, no NVRTC is needed.</summary>
internal sealed class BuiltKernels
{
    /// <summary>What the folder is called.</summary>
    public const string FolderName = "sinter-kernels";

    private const string MachineCode = ".cubin";
    private const string Ptx = ".ptx";

    private readonly string directory;
    private readonly Lazy<ILookup<string, (CudaArchitecture Architecture, string File)>> files;

    /// <summary>Kernels of a folder; there need not be one.</summary>
    public BuiltKernels(string directory)
    {
        this.directory = directory;
        files = new(() => List().ToLookup(file => file.Key, file => (file.Architecture, file.File)));
    }

    /// <summary>Those of this program.</summary>
    public static BuiltKernels OfProcess { get; } = new(Path.Combine(AppContext.BaseDirectory, FolderName));

    /// <summary>Whether some are for such a device; whether they are all that a program needs is seen when it is
    /// opened.</summary>
    public bool Serve(ComputeCapability device) =>
        files.Value.SelectMany(kernel => kernel).Any(file => file.Architecture.RunsOn(device));

    /// <summary>A module's code for a device: machine code of the newest architecture before PTX; null where there is
    /// none.</summary>
    public CudaImage? Find(CudaSource source, ComputeCapability device)
    {
        foreach (var (architecture, file) in files.Value[Key(source)]
            .Where(file => file.Architecture.RunsOn(device))
            .OrderBy(file => file.Architecture.IsPtx)
            .ThenByDescending(file => file.Architecture.Number)
            .ThenByDescending(file => file.Architecture.IsSpecific))
        {
            try
            {
                return new CudaImage(source.Name, File.ReadAllBytes(file), architecture.Name);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // As good as absent: another one will do, or NVRTC.
            }
        }

        return null;
    }

    /// <summary>Removes all kernels from the folder.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public void Clear()
    {
        foreach (var (_, _, file) in List())
        {
            File.Delete(file);
        }
    }

    /// <summary>Compiles modules into the folder.</summary>
    /// <param name="nvrtc">NVRTC; it needs no device.</param>
    /// <param name="sources">The modules.</param>
    /// <param name="architectures">What to compile for.</param>
    /// <returns>The files' names.</returns>
    /// <exception cref="CudaException">NVRTC refuses a text or an architecture.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> Make(
        Nvrtc nvrtc, IReadOnlyList<CudaSource> sources, IReadOnlyList<CudaArchitecture> architectures)
    {
        Directory.CreateDirectory(directory);
        var names = new List<string>();
        foreach (CudaArchitecture architecture in architectures)
        {
            CudaImage[] images = new CudaCompiler(nvrtc, architecture, cacheDirectory: null).CompileAll(sources);
            for (int i = 0; i < images.Length; i++)
            {
                string name = $"{Key(sources[i])}.{architecture.Name}{(architecture.IsPtx ? Ptx : MachineCode)}";
                File.WriteAllBytes(Path.Combine(directory, name), images[i].Bytes);
                names.Add(name);
            }
        }

        return names;
    }

    // The text alone: which NVRTC has compiled it does not matter.
    private static string Key(CudaSource source) => KernelCache.Key([source.Text, .. source.Options]);

    private IEnumerable<(string Key, CudaArchitecture Architecture, string File)> List()
    {
        string[] found;
        try
        {
            found = Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            found = [];
        }

        foreach (string file in found)
        {
            string[] parts = Path.GetFileName(file).Split('.');
            bool isKernel = parts.Length == 3 && Path.GetExtension(file) is MachineCode or Ptx;
            if (isKernel && CudaArchitecture.Parse(parts[1]) is { } architecture)
            {
                yield return (parts[0], architecture, file);
            }
        }
    }
}
