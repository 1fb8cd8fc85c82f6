using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Backends.Cuda;

/// <summary>Where the memory that a block's threads share lies, where there is more of it than a kernel can declare: it
/// is asked for at the launch then.</summary>
internal sealed class SharedLayout
{
    private const long MostDeclared = 48 << 10;
    private const long Alignment = 16;

    private readonly Dictionary<Buffer, long> offsets = [];

    private SharedLayout(Kernel kernel)
    {
        foreach (Scratch scratch in kernel.Body.OfType<Scratch>().Where(scratch => !scratch.PerThread))
        {
            offsets.Add(scratch.Buffer, Bytes);
            long size = scratch.Buffer.Size.Max * DTypes.SizeOf(scratch.Buffer.Type);
            Bytes += (size + Alignment - 1) / Alignment * Alignment;
        }
    }

    /// <summary>How much to ask for.</summary>
    public long Bytes { get; private set; }

    /// <summary>The layout; null where the kernel declares its memory.</summary>
    public static SharedLayout? Of(Kernel kernel)
    {
        var layout = new SharedLayout(kernel);
        return layout.Bytes > MostDeclared ? layout : null;
    }

    /// <summary>Where a buffer begins, in bytes.</summary>
    public long Offset(Buffer buffer) => offsets[buffer];
}
