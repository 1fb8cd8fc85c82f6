using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Cuda;

/// <summary>What is prepared in a device's memory.</summary>
/// <param name="memory">Room for entries, one after another.</param>
internal sealed class CudaPrepared(CudaMemory memory) : PreparedWeights
{
    /// <summary>The room.</summary>
    public CudaMemory Memory => memory;

    /// <inheritdoc/>
    public override long Bytes => memory.Bytes;

    /// <inheritdoc/>
    public override void Dispose() => memory.Dispose();
}
