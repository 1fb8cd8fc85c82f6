using System.Runtime.ExceptionServices;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Cuda;

/// <summary>Compiles modules for one architecture, several at a time, and keeps what it compiled on disk.
/// Thread-safe.</summary>
public sealed class CudaCompiler
{
    // The front end recurses; the default of other threads may be small.
    private const int StackBytes = 16 << 20;

    private readonly Nvrtc nvrtc;
    private readonly KernelCache cache;

    /// <summary>A compiler.</summary>
    /// <param name="nvrtc">NVRTC.</param>
    /// <param name="architecture">What to compile for.</param>
    /// <param name="cacheDirectory">Where machine code is kept between processes: a folder of this user only. Null
    /// or empty keeps nothing.</param>
    public CudaCompiler(Nvrtc nvrtc, CudaArchitecture architecture, string? cacheDirectory)
    {
        ArgumentNullException.ThrowIfNull(nvrtc);
        ArgumentNullException.ThrowIfNull(architecture);
        this.nvrtc = nvrtc;
        cache = new KernelCache(cacheDirectory, extension: KernelCache.Cubins);
        Architecture = architecture;
    }

    /// <summary>The compiler for a device, with the default folder for what it compiled.</summary>
    /// <exception cref="CudaUnavailableException">There is no NVRTC, or it does not know such devices.</exception>
    public static CudaCompiler For(CudaDevice device) => For(device, null, DefaultCacheDirectory);

    /// <summary>The compiler for a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="nvrtc">NVRTC; null for the newest that the device's driver understands.</param>
    /// <param name="cacheDirectory">Where machine code is kept; null or empty keeps nothing.</param>
    /// <exception cref="CudaUnavailableException">There is no NVRTC, or it does not know such devices.</exception>
    public static CudaCompiler For(CudaDevice device, Nvrtc? nvrtc, string? cacheDirectory)
    {
        ArgumentNullException.ThrowIfNull(device);
        nvrtc ??= Nvrtc.Find(device.Driver.Version);
        var architecture = CudaArchitecture.Choose(device.Capability, nvrtc.SupportedArchitectures, nvrtc.Version);
        return new CudaCompiler(nvrtc, architecture, cacheDirectory);
    }

    /// <summary>Where machine code is kept by default: what the environment variable SINTER_CACHE names, else a folder
    /// in the user's cache folder. Null keeps nothing.</summary>
    public static string? DefaultCacheDirectory => KernelCache.DefaultDirectory;

    /// <summary>What is compiled for.</summary>
    public CudaArchitecture Architecture { get; }

    /// <summary>How many modules were compiled, and not found on disk.</summary>
    public int CompiledCount => Volatile.Read(ref compiled);

    private int compiled;

    /// <summary>Compiles a module, or finds it on disk.</summary>
    /// <exception cref="CudaCompileException">The text is refused; the message shows the lines.</exception>
    /// <exception cref="CudaUnavailableException">NVRTC's built-in functions are missing.</exception>
    public CudaImage Compile(CudaSource source)
    {
        ArgumentNullException.ThrowIfNull(source);

        // Everything the code depends on. The name is in its line information only, but costs nothing here.
        string key = KernelCache.Key(
            ["cuda", nvrtc.Version.ToString(), source.Name, source.Text, .. nvrtc.Options(source, Architecture)]);
        if (cache.Find(key) is { } kept)
        {
            return new CudaImage(source.Name, kept, Architecture.Name);
        }

        CudaImage image = nvrtc.Compile(source, Architecture);
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
