using Sinter.Runtime.Cuda;
using Sinter.Runtime.Cuda.Compilation;
using Sinter.Runtime.CudaBuild;

// sinter-kernels ASSEMBLY FOLDER ARCHITECTURES: compiles the kernels of an assembly's models into a folder, for
// architectures such as sm_90;compute_90. What it prints, builds show as warnings and errors of theirs.
if (args.Length != 3)
{
    return Fail("SNK0003", "it takes an assembly, a folder, and architectures separated by semicolons");
}

string[] names = args[2].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
CudaArchitecture?[] architectures = [.. names.Select(CudaArchitecture.Parse)];
int unknown = Array.IndexOf(architectures, null);
if (unknown >= 0)
{
    return Fail(
        "SNK0002", $"'{names[unknown]}' in SinterCudaArchitectures is no architecture; those are named sm_90, or"
        + " compute_90 for PTX");
}

var kernels = new BuiltKernels(args[1]);
Nvrtc nvrtc;
try
{
    // Those of an earlier build are of no use any more.
    kernels.Clear();
    nvrtc = Nvrtc.Find();
}
catch (CudaUnavailableException error)
{
    Console.WriteLine(
        $"sinter-kernels : warning SNK0001: kernels will be compiled where the program runs: {error.Summary}");
    return 0;
}

try
{
    CudaSource[] sources = [.. new ModelAssembly(Path.GetFullPath(args[0])).Programs().SelectMany(CudaModules.Of)];
    IReadOnlyList<string> files = kernels.Make(nvrtc, sources, [.. architectures.Select(a => a!)]);
    Console.WriteLine($"{files.Count} files of kernels for {string.Join(", ", names)} by NVRTC {nvrtc.Version}");
    return 0;
}
catch (Exception error) when (error is CudaException or IOException or UnauthorizedAccessException
    or BadImageFormatException)
{
    return Fail("SNK0003", error.Message);
}

static int Fail(string code, string message)
{
    Console.WriteLine($"sinter-kernels : error {code}: {message}");
    return 1;
}
