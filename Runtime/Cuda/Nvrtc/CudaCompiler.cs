using System.Runtime.ExceptionServices;
using Sinter.Runtime.Cuda.Compilation;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Cuda;

/// <summary>Compiles modules for one architecture, several at a time, and keeps what it compiled on disk. What was
/// compiled while the program was built is taken from there. Thread-safe.</summary>
public sealed class CudaCompiler
{
    // The front end recurses; the default of other threads may be small.
    private const int StackBytes = 16 << 20;

    private readonly Lazy<(Nvrtc Nvrtc, CudaArchitecture Architecture)> compiler;
    private readonly Func<CudaSource, CudaImage?> findBuilt;
    private readonly KernelCache cache;

    /// <summary>A compiler.</summary>
    /// <param name="nvrtc">NVRTC.</param>
    /// <param name="architecture">What to compile for.</param>
    /// <param name="cacheDirectory">Where machine code is kept between processes: a folder of this user only. Null
    /// or empty keeps nothing.</param>
    public CudaCompiler(Nvrtc nvrtc, CudaArchitecture architecture, string? cacheDirectory)
        : this(new((nvrtc, architecture)), _ => null, cacheDirectory)
    {
        ArgumentNullException.ThrowIfNull(nvrtc);
        ArgumentNullException.ThrowIfNull(architecture);
    }

    private CudaCompiler(
        Lazy<(Nvrtc Nvrtc, CudaArchitecture Architecture)> compiler, Func<CudaSource, CudaImage?> findBuilt,
        string? cacheDirectory)
    {
        this.compiler = compiler;
        this.findBuilt = findBuilt;
        cache = new KernelCache(cacheDirectory, extension: KernelCache.Cubins);
    }

    /// <summary>The compiler for a device, with the default folder for what it compiled.</summary>
    /// <exception cref="CudaUnavailableException">There is no NVRTC, or it does not know such devices, and no kernels
    /// were built for them.</exception>
    public static CudaCompiler For(CudaDevice device) => For(device, null, DefaultCacheDirectory);

    /// <summary>The compiler for a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="nvrtc">NVRTC; null for what was built with the program, and for the rest the newest that the
    /// device's driver understands.</param>
    /// <param name="cacheDirectory">Where machine code is kept; null or empty keeps nothing.</param>
    /// <exception cref="CudaUnavailableException">There is no NVRTC, or it does not know such devices, and no kernels
    /// were built for them.</exception>
    public static CudaCompiler For(CudaDevice device, Nvrtc? nvrtc, string? cacheDirectory) =>
        For(device, nvrtc, cacheDirectory, nvrtc is null ? BuiltKernels.OfProcess : null);

    internal static CudaCompiler For(CudaDevice device, Nvrtc? nvrtc, string? cacheDirectory, BuiltKernels? built)
    {
        ArgumentNullException.ThrowIfNull(device);
        var compiler = new Lazy<(Nvrtc, CudaArchitecture)>(
            () =>
            {
                Nvrtc found = nvrtc ?? Nvrtc.Find(device.Driver.Version);
                return (found, CudaArchitecture.Choose(
                    device.Capability, found.SupportedArchitectures, found.Version));
            },
            LazyThreadSafetyMode.PublicationOnly);

        // A program whose kernels may all be there needs NVRTC only where one is missing after all.
        if (built?.Serve(device.Capability) != true)
        {
            _ = compiler.Value;
        }

        return new CudaCompiler(compiler, source => built?.Find(source, device.Capability), cacheDirectory);
    }

    /// <summary>Where machine code is kept by default: what the environment variable SINTER_CACHE names, else a folder
    /// in the user's cache folder. Null keeps nothing.</summary>
    public static string? DefaultCacheDirectory => KernelCache.DefaultDirectory;

    /// <summary>What is compiled for.</summary>
    /// <exception cref="CudaUnavailableException">There is no NVRTC.</exception>
    public CudaArchitecture Architecture => compiler.Value.Architecture;

    /// <summary>How many modules were compiled, and not found on disk.</summary>
    public int CompiledCount => Volatile.Read(ref compiled);

    private int compiled;

    /// <summary>Compiles a module, or finds it on disk.</summary>
    /// <exception cref="CudaCompileException">The text is refused; the message shows the lines.</exception>
    /// <exception cref="CudaUnavailableException">There is no NVRTC, or its built-in functions are missing.</exception>
    public CudaImage Compile(CudaSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (findBuilt(source) is { } built)
        {
            return built;
        }

        // Everything the code depends on. The name is in its line information only, but costs nothing here.
        var (nvrtc, architecture) = compiler.Value;
        string key = KernelCache.Key(
            ["cuda", nvrtc.Version.ToString(), source.Name, source.Text, .. nvrtc.Options(source, architecture)]);
        if (cache.Find(key) is { } kept)
        {
            return new CudaImage(source.Name, kept, architecture.Name);
        }

        CudaImage image = nvrtc.Compile(source, architecture);
        Interlocked.Increment(ref compiled);

        // A cache that cannot be written is only slower.
        _ = cache.Add(key, image.Bytes);
        return image;
    }

    /// <summary>Compiles modules on several threads.</summary>
    /// <param name="sources">Their texts.</param>
    /// <param name="threads">How many threads; 0 for as many as there are processors.</param>
    /// <returns>The images, in the order of the texts.</returns>
    /// <exception cref="CudaCompileException">A text is refused: the first one that is, in the order given.</exception>
    /// <exception cref="CudaUnavailableException">NVRTC's built-in functions are missing.</exception>
    public CudaImage[] CompileAll(IReadOnlyList<CudaSource> sources, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var images = new CudaImage[sources.Count];
        var failures = new ExceptionDispatchInfo?[sources.Count];
        int next = -1;
        void Work()
        {
            for (int i = Interlocked.Increment(ref next); i < images.Length; i = Interlocked.Increment(ref next))
            {
                try
                {
                    images[i] = Compile(sources[i]);
                }
                catch (Exception error)
                {
                    failures[i] = ExceptionDispatchInfo.Capture(error);
                }
            }
        }

        int wanted = Math.Min(threads == 0 ? Environment.ProcessorCount : threads, images.Length);
        Thread[] workers = [.. Enumerable.Range(0, wanted).Select(i =>
            new Thread(Work, StackBytes) { IsBackground = true, Name = "Sinter CUDA compiler " + i })];
        foreach (Thread worker in workers)
        {
            worker.Start();
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        Array.Find(failures, failure => failure is not null)?.Throw();
        return images;
    }
}
