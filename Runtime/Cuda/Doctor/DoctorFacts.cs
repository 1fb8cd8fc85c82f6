namespace Sinter.Runtime.Cuda;

/// <summary>A library that was found, or why not.</summary>
/// <param name="Path">Its file; null where there is none.</param>
/// <param name="Version">Its version; null where there is none.</param>
/// <param name="Problem">Why there is none, or why it cannot be used; null where it can.</param>
/// <param name="Attempts">Where it was looked for in vain.</param>
public sealed record LibraryFacts(
    string? Path, CudaVersion? Version, string? Problem, IReadOnlyList<NativeAttempt> Attempts);

/// <summary>The folder in which compiled code is kept.</summary>
/// <param name="Directory">The folder; null where nothing is kept.</param>
/// <param name="Programs">How many C# programs.</param>
/// <param name="ProgramBytes">Their size.</param>
/// <param name="Modules">How many CUDA modules.</param>
/// <param name="ModuleBytes">Their size.</param>
public sealed record CacheFacts(string? Directory, int Programs, long ProgramBytes, int Modules, long ModuleBytes);

/// <summary>What is known of a machine: everything that a report is made of.</summary>
public sealed record DoctorFacts
{
    /// <summary>The operating system and its architecture.</summary>
    public required string System { get; init; }

    /// <summary>The version of .NET.</summary>
    public required string Framework { get; init; }

    /// <summary>How many processors the process may use.</summary>
    public required int Processors { get; init; }

    /// <summary>The memory that the process may use, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The width of vectors that C# kernels are printed for, in bits.</summary>
    public required int VectorBits { get; init; }

    /// <summary>The instruction sets that C# kernels make use of, as far as the processor has them.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The environment variables that matter, with their values.</summary>
    public required IReadOnlyList<(string Name, string Value)> Variables { get; init; }

    /// <summary>The CUDA driver.</summary>
    public required LibraryFacts Driver { get; init; }

    /// <summary>The CUDA devices.</summary>
    public required IReadOnlyList<CudaDevice> Devices { get; init; }

    /// <summary>NVRTC.</summary>
    public required LibraryFacts Nvrtc { get; init; }

    /// <summary>The compute capabilities that NVRTC compiles for, in one number each.</summary>
    public required IReadOnlyList<int> Architectures { get; init; }

    /// <summary>Compiled code on disk.</summary>
    public required CacheFacts Cache { get; init; }
}
