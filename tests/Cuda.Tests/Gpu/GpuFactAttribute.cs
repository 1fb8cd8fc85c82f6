using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Gpu;

/// <summary>A test on a real device; elsewhere it is reported as skipped, with the reason.</summary>
internal sealed class GpuFactAttribute : FactAttribute
{
    public GpuFactAttribute()
    {
        try
        {
            Nvrtc.Find(CudaDriver.Default.Version);
        }
        catch (CudaException error)
        {
            Skip = error.Message.Split('\n')[0];
        }
    }
}
