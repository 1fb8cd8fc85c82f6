using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>The use of one device by programs: compiles the kernels of each once, and opens contexts that run there.
/// Thread-safe. Contexts must be disposed before it.</summary>
public sealed class CudaSession : IDisposable
{
    private readonly CudaContext context;
    private readonly CudaCompiler compiler;
    private readonly Dictionary<CudaProgram, CudaKernel[]> programs = [];
    private readonly List<CudaModule> modules = [];
    private readonly HashSet<CudaStateMirror> mirrors = [];
    private readonly Lock gate = new();

    /// <summary>Starts to use a device.</summary>
    /// <exception cref="CudaUnavailableException">There is no NVRTC, or it does not know the device.</exception>
    /// <exception cref="CudaDriverException">The device refuses.</exception>
    public CudaSession(CudaDevice device)
        : this(device, CudaCompiler.For(device))
    {
    }

    /// <summary>Starts to use a device, with a compiler of one's own.</summary>
    /// <exception cref="CudaDriverException">The device refuses.</exception>
    public CudaSession(CudaDevice device, CudaCompiler compiler)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(compiler);
        this.compiler = compiler;
        context = new CudaContext(device);
    }

    /// <summary>The device.</summary>
    public CudaDevice Device => context.Device;

    /// <summary>A context that runs a program on the device; it is used like one of the processor. The state's copy on
    /// the device is shared by all contexts.</summary>
    /// <exception cref="CudaCompileException">The compiler refuses the kernels.</exception>
    /// <exception cref="CudaMemoryException">The device has no room.</exception>
    /// <exception cref="CudaContextException">Another session uses the state.</exception>
    /// <exception cref="RunException">The state lacks what the program needs.</exception>
    public ProgramContext Open(CudaProgram program, ModelState state)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(state);
        CudaKernel[] kernels = Kernels(program);
        return new ProgramContext(program, state, new CudaExecutor(program, state, Mirror(state), context, kernels));
    }

    /// <summary>Gives up the device. Changes that runs have made to states are kept: they come home first.</summary>
    public void Dispose()
    {
        CudaStateMirror[] left;
        lock (gate)
        {
            left = [.. mirrors];
            mirrors.Clear();
        }

        Array.ForEach(left, mirror => mirror.Leave());
        modules.ForEach(module => module.Dispose());
        context.Dispose();
    }

    /// <summary>A state's copy on the device is gone.</summary>
    internal void Forget(CudaStateMirror mirror)
    {
        lock (gate)
        {
            mirrors.Remove(mirror);
        }
    }

    private CudaStateMirror Mirror(ModelState state)
    {
        lock (gate)
        {
            if (state.Mirror is null)
            {
                var mirror = new CudaStateMirror(this, context, state);
                mirrors.Add(mirror);
                state.Mirror = mirror;
            }

            return state.Mirror is CudaStateMirror { Session: var user } own && user == this
                ? own
                : throw new CudaContextException(
                    "the state is in use on another device; it comes home when that CudaSession is disposed");
        }
    }

    private CudaKernel[] Kernels(CudaProgram program)
    {
        lock (gate)
        {
            if (programs.TryGetValue(program, out CudaKernel[]? known))
            {
                return known;
            }

            CudaModule[] loaded = compiler.CompileAll(CudaModules.Of(program)).Select(context.Load).ToArray();
            modules.AddRange(loaded);
            CudaKernel[] found = program.Table.Kernels
                .Select((name, i) => loaded[CudaModules.Position(i)].GetKernel(name)).ToArray();
            programs.Add(program, found);
            return found;
        }
    }
}
