namespace Sinter.Runtime.Cuda;

/// <summary>A line of a report.</summary>
/// <param name="Section">What it is about: <c>processor</c>, <c>driver</c>, …</param>
/// <param name="Name">What is told.</param>
/// <param name="Value">The finding.</param>
/// <param name="IsProblem">Whether something is missing.</param>
public sealed record DoctorRow(string Section, string Name, string Value, bool IsProblem = false);

/// <summary>Says what of a machine would be used, and why not more.</summary>
public static class Doctor
{
    /// <summary>The report on a machine. A function of the facts alone.</summary>
    public static IReadOnlyList<DoctorRow> Report(DoctorFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return
        [
            new("system", "system", facts.System),
            new("system", ".NET", facts.Framework),
            .. facts.Variables.Select(variable => new DoctorRow("system", variable.Name, variable.Value)),
            new("processor", "processors", Text($"{facts.Processors}")),
            new("processor", "memory", Text($"{facts.MemoryBytes >> 20:N0} MiB")),
            new("processor", "vectors", Text($"{facts.VectorBits} bits")),
            new("processor", "features", facts.Features.Count == 0 ? "none" : string.Join(", ", facts.Features)),
            .. Library("driver", facts.Driver),
            .. facts.Devices.SelectMany(Describe),
            .. Library("nvrtc", facts.Nvrtc),
            .. Architectures(facts),
            .. Cache(facts.Cache),
            Use(facts),
        ];
    }

    /// <summary>Looks at this machine. Loads the CUDA libraries where there are any; never throws for lack of
    /// one.</summary>
    public static DoctorFacts Examine() => Examination.Run(
        () => CudaDriver.Default, driver => Nvrtc.Find(driver), CudaCompiler.DefaultCacheDirectory,
        Environment.GetEnvironmentVariable);

    private static IEnumerable<DoctorRow> Library(string section, LibraryFacts facts)
    {
        if (facts.Path is not null)
        {
            yield return new(section, "file", facts.Path);
        }

        if (facts.Version is { } version)
        {
            yield return new(section, "version", Text($"CUDA {version}"));
        }

        foreach (NativeAttempt attempt in facts.Attempts)
        {
            yield return new(section, "tried", attempt.ToString(), IsProblem: true);
        }

        // The list of attempts, where there is one, is told line by line above.
        if (facts.Problem is not null)
        {
            yield return new(section, "problem", facts.Problem.Split("\n")[0].Replace(" Tried:", ""), IsProblem: true);
        }
    }

    private static IEnumerable<DoctorRow> Describe(CudaDevice device)
    {
        string section = Text($"cuda:{device.Index}");
        yield return new(section, "name", device.Name);
        yield return new(section, "compute capability", device.Capability.ToString());
        yield return new(section, "memory", Text($"{device.MemoryBytes >> 20:N0} MiB"));
        yield return new(section, "multiprocessors", Text(
            $"{device.Multiprocessors}, {device.MaxSharedBytesPerBlock >> 10} KiB of shared memory a block"));
        yield return new(section, "cache, clock", Text(
            $"{device.CacheBytes >> 20} MiB, {device.ClockKilohertz / 1000} MHz"));
    }

    private static IEnumerable<DoctorRow> Architectures(DoctorFacts facts)
    {
        if (facts.Architectures.Count > 0)
        {
            IEnumerable<string> names = facts.Architectures.Select(number => Text($"sm_{number}"));
            yield return new("nvrtc", "compiles for", string.Join(", ", names));
        }
    }

    private static IEnumerable<DoctorRow> Cache(CacheFacts cache)
    {
        yield return new("cache", "folder", cache.Directory ?? "none: compiled code is not kept");
        if (cache.Directory is not null)
        {
            yield return new("cache", "C# programs", Text($"{cache.Programs}, {cache.ProgramBytes:N0} bytes"));
            yield return new("cache", "CUDA modules", Text($"{cache.Modules}, {cache.ModuleBytes:N0} bytes"));
        }
    }

    private static DoctorRow Use(DoctorFacts facts)
    {
        string processor = Text($"the processor, with vectors of {facts.VectorBits} bits");
        CudaDevice? device = facts.Devices
            .OrderByDescending(found => found.Capability.Number)
            .ThenByDescending(found => found.Multiprocessors)
            .FirstOrDefault();
        if (device is null || facts.Nvrtc.Version is not { } compiler)
        {
            return new("use", "best device", processor);
        }

        try
        {
            var architecture = CudaArchitecture.Choose(device.Capability, facts.Architectures, compiler);
            string use = Text($"cuda:{device.Index}, compiled for {architecture} by NVRTC {compiler}");
            return new("use", "best device", use);
        }
        catch (CudaUnavailableException error)
        {
            return new("use", "best device", $"{processor}: {error.Message}", IsProblem: true);
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
