using System.Text;
using Sinter.Runtime.Cuda.Driver;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>Kernels loaded on a device. Unloaded when disposed, after the work under way.</summary>
public sealed unsafe class CudaModule : IDisposable
{
    private const int LogBytes = 16 << 10;

    private CudaModule(CudaContext context, DriverHandle handle, string name)
    {
        Context = context;
        Handle = handle;
        Name = name;
    }

    /// <summary>Where it was loaded.</summary>
    public CudaContext Context { get; }

    /// <summary>The image's name.</summary>
    public string Name { get; }

    internal DriverHandle Handle { get; }

    /// <summary>A kernel.</summary>
    /// <param name="name">Its name, as in the text, where it is <c>extern "C"</c>.</param>
    /// <exception cref="CudaDriverException">The module has no such kernel.</exception>
    public CudaKernel GetKernel(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        nint function;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            CudaResult result = Context.Api.ModuleGetFunction(&function, use.Value, text);
            if (result != CudaResult.Success)
            {
                throw DriverErrors.Error(
                    Context.Api, result, "cuModuleGetFunction", $"looking for kernel '{name}' in module '{Name}'");
            }
        }

        return new CudaKernel(this, name, function);
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    internal static CudaModule Load(CudaContext context, CudaImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using HandleUse use = context.Enter();
        byte[] log = new byte[LogBytes];
        nint module;
        CudaResult result;
        fixed (byte* bytes = image.Bytes)
        fixed (byte* text = log)
        {
            // Values that are no addresses are passed in the pointers themselves.
            JitOption* options = stackalloc[] { JitOption.ErrorLogBuffer, JitOption.ErrorLogBufferSizeBytes };
            void** values = stackalloc void*[] { text, (void*)LogBytes };
            result = context.Api.ModuleLoadDataEx(&module, bytes, 2, options, values);
        }

        if (result == CudaResult.Success)
        {
            return new CudaModule(
                context, new DriverHandle(context.Handle, module, context.Api.ModuleUnload, waits: true), image.Name);
        }

        throw Refused(context, image, result, Read(log));
    }

    private static CudaException Refused(CudaContext context, CudaImage image, CudaResult result, string log)
    {
        string doing = $"loading module '{image.Name}', compiled for {image.Architecture}, on {context.Device}";
        CudaDriverException error = DriverErrors.Error(context.Api, result, "cuModuleLoadDataEx", doing);
        return result == CudaResult.InvalidPtx
            ? new CudaCompileException(image.Name, log, $"{error.Message}\n{log}")
            : log.Length == 0 ? error : new CudaDriverException(error.Call, result, $"{error.Message}\n{log}");
    }

    private static string Read(byte[] log)
    {
        int end = Array.IndexOf(log, (byte)0);
        return Encoding.UTF8.GetString(log, 0, end < 0 ? log.Length : end).Trim();
    }
}
