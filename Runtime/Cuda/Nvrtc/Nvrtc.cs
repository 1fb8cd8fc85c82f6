using System.Runtime.InteropServices;
using System.Text;
using Sinter.Runtime.Cuda.Compilation;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// NVIDIA's compiler for CUDA text, which needs no GPU. Looked for when it is first asked for; a machine without it
/// gets a <see cref="CudaUnavailableException"/> that names every place. Thread-safe.
/// </summary>
public sealed unsafe class Nvrtc
{
    // A failure is not remembered: the next caller looks again.
    private static readonly Lazy<Nvrtc> Found =
        new(() => Find(), LazyThreadSafetyMode.PublicationOnly);

    // The first version that is known to take the option.
    private static readonly CudaVersion StackLimitSince = new(12, 0);

    private readonly NvrtcApi api;
    private readonly string builtins;

    private Nvrtc(NvrtcApi api, string path, CudaVersion version, int[] supported, string builtins)
    {
        this.api = api;
        this.builtins = builtins;
        Path = path;
        Version = version;
        SupportedArchitectures = supported;
    }

    /// <summary>The library that the environment variable SINTER_NVRTC names, else the newest that is found.</summary>
    /// <exception cref="CudaUnavailableException">There is none that can be loaded.</exception>
    public static Nvrtc Default => Found.Value;

    /// <summary>The library's file.</summary>
    public string Path { get; }

    /// <summary>Its version.</summary>
    public CudaVersion Version { get; }

    /// <summary>The compute capabilities that it compiles for, in one number each: 90 for 9.0.</summary>
    public IReadOnlyList<int> SupportedArchitectures { get; }

    /// <summary>Loads a library.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="CudaUnavailableException">It cannot be loaded.</exception>
    public static Nvrtc Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open([path], driver: null);
    }

    /// <summary>Looks for a library: the one that the environment variable SINTER_NVRTC names, else the
    /// newest.</summary>
    /// <param name="driver">What the driver serves: code of a later major version it would refuse. Null for
    /// any.</param>
    /// <exception cref="CudaUnavailableException">There is none that can be loaded.</exception>
    public static Nvrtc Find(CudaVersion? driver = null) => Open(NvrtcSearch.OfProcess.Candidates(), driver);

    /// <summary>Compiles a module.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="architecture">What it is compiled for.</param>
    /// <exception cref="CudaCompileException">The text is refused; the message shows the lines.</exception>
    /// <exception cref="CudaUnavailableException">NVRTC's built-in functions are missing.</exception>
    public CudaImage Compile(CudaSource source, CudaArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(architecture);
        nint program = Create(source);
        try
        {
            NvrtcResult result = Run(program, Options(source, architecture));
            if (result != NvrtcResult.Success)
            {
                throw Refused(source, architecture, result, ReadLog(program));
            }

            byte[] code = architecture.IsPtx
                ? Read(source, program, api.GetPtxSize, api.GetPtx, "PTX")
                : Read(source, program, api.GetCubinSize, api.GetCubin, "machine code");
            return new CudaImage(source.Name, code, architecture.Name);
        }
        finally
        {
            _ = api.DestroyProgram(&program);
        }
    }

    /// <summary>The first library of a list that can be loaded and is not newer than the driver.</summary>
    internal static Nvrtc Open(IEnumerable<string> candidates, CudaVersion? driver)
    {
        var attempts = new List<NativeAttempt>();
        foreach (string candidate in candidates)
        {
            if (NativeSearch.Load([candidate], attempts) is not { } library)
            {
                continue;
            }

            Nvrtc? nvrtc = Start(library, out string problem);
            if (nvrtc is not null && (driver is null || nvrtc.Version.Major <= driver.Value.Major))
            {
                return nvrtc;
            }

            problem = nvrtc is null ? problem : $"it is of CUDA {nvrtc.Version}, the driver only serves {driver}";
            attempts.Add(new NativeAttempt(candidate, problem));
        }

        throw new CudaUnavailableException(
            CudaProblem.NoNvrtc,
            "no NVRTC can be used; the CUDA toolkit and the Python package nvidia-cuda-nvrtc bring it,"
            + $" {NvrtcSearch.PathVariable} names its file. Tried:{NativeSearch.Describe(attempts)}",
            attempts);
    }

    /// <summary>What the compiler is called with, in order; also a part of the cache's key.</summary>
    internal string[] Options(CudaSource source, CudaArchitecture architecture)
    {
        List<string> options = ["--gpu-architecture=" + architecture.Name, "--std=c++17"];
        if (Version >= StackLimitSince)
        {
            // The default raises a limit of the whole process.
            options.Add("--modify-stack-limit=false");
        }

        options.AddRange(source.Options);
        return [.. options];
    }

    private static Nvrtc? Start(NativeModule library, out string problem)
    {
        var api = new NvrtcApi(library);
        if (library.Missing.Count > 0)
        {
            problem = $"it is no NVRTC of CUDA 11.2 or newer: it lacks {string.Join(", ", library.Missing)}";
            return null;
        }

        library.Locate(api.Version);
        int major = 0;
        int minor = 0;
        int count = 0;
        NvrtcResult result = api.Version(&major, &minor);
        result = result == NvrtcResult.Success ? api.GetNumSupportedArchs(&count) : result;
        int[] supported = new int[count];
        fixed (int* first = supported)
        {
            result = count > 0 && result == NvrtcResult.Success ? api.GetSupportedArchs(first) : result;
        }

        problem = $"it does not tell what it is: {Name(api, result)}";
        var version = new CudaVersion(major, minor);
        return result == NvrtcResult.Success
            ? new Nvrtc(api, library.Path, version, [.. supported.Order()], NvrtcBuiltins.Load(library.Path, version))
            : null;
    }

    private nint Create(CudaSource source)
    {
        nint program;
        fixed (byte* text = Encoding.UTF8.GetBytes(source.Text + "\0"))
        fixed (byte* name = Encoding.UTF8.GetBytes(source.Name + "\0"))
        {
            NvrtcResult result = api.CreateProgram(&program, text, name, 0, null, null);
            return result == NvrtcResult.Success
                ? program
                : throw new CudaCompileException(
                    source.Name, "", $"NVRTC {Version} does not take module '{source.Name}': {Name(api, result)}");
        }
    }

    private NvrtcResult Run(nint program, string[] options)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(options.Select(option => option + "\0")));
        fixed (byte* first = text)
        {
            byte** addresses = stackalloc byte*[options.Length];
            byte* next = first;
            for (int i = 0; i < options.Length; i++)
            {
                addresses[i] = next;
                next += Encoding.UTF8.GetByteCount(options[i]) + 1;
            }

            return api.CompileProgram(program, options.Length, addresses);
        }
    }

    private string ReadLog(nint program)
    {
        nuint size;
        if (api.GetProgramLogSize(program, &size) != NvrtcResult.Success || size == 0)
        {
            return "";
        }

        byte[] log = new byte[size];
        fixed (byte* first = log)
        {
            return api.GetProgramLog(program, first) == NvrtcResult.Success
                ? Encoding.UTF8.GetString(log).TrimEnd('\0', '\n')
                : "";
        }
    }

    private byte[] Read(
        CudaSource source, nint program, delegate* unmanaged<nint, nuint*, NvrtcResult> getSize,
        delegate* unmanaged<nint, byte*, NvrtcResult> get, string what)
    {
        nuint size;
        NvrtcResult result = getSize(program, &size);
        byte[] code = new byte[result == NvrtcResult.Success ? size : 0];
        fixed (byte* first = code)
        {
            result = code.Length > 0 ? get(program, first) : result;
        }

        return result == NvrtcResult.Success && code.Length > 0
            ? code
            : throw new CudaCompileException(
                source.Name, "", $"NVRTC {Version} gives no {what} for module '{source.Name}': {Name(api, result)}");
    }

    private CudaException Refused(CudaSource source, CudaArchitecture architecture, NvrtcResult result, string log)
    {
        if (result == NvrtcResult.BuiltinOperationFailure
            || log.Contains("libnvrtc-builtins", StringComparison.Ordinal))
        {
            return new CudaUnavailableException(
                CudaProblem.NoBuiltins,
                $"NVRTC {Version} ({Path}) does not find its built-in functions: {builtins}. It says: {log}");
        }

        string problem = $"NVRTC {Version} refuses module '{source.Name}' for {architecture}: {Name(api, result)}";
        return new CudaCompileException(source.Name, log, problem + CompileLog.Describe(source, log));
    }

    private static string Name(NvrtcApi api, NvrtcResult result) =>
        $"{Marshal.PtrToStringUTF8((nint)api.GetErrorString(result))} ({(int)result})";
}
