namespace Sinter.Runtime.Cuda;

/// <summary>What kernels are compiled for.</summary>
/// <param name="Number">The compute capability in one number: 90 for 9.0.</param>
/// <param name="IsSpecific">Whether instructions of this very architecture may be used, such as wgmma of 9.0; such code
/// runs on no other.</param>
/// <param name="IsPtx">Whether the result is PTX, which the driver compiles for its device, instead of machine
/// code.</param>
public sealed record CudaArchitecture(int Number, bool IsSpecific = false, bool IsPtx = false)
{
    // The oldest architecture, and NVRTC, with instructions that no other has.
    private const int FirstSpecific = 90;
    private static readonly CudaVersion SpecificSince = new(12, 0);

    /// <summary>The name as compilers take it: <c>sm_90a</c>, <c>compute_86</c>.</summary>
    public string Name => (IsPtx ? "compute_" : "sm_")
        + Number.ToString(System.Globalization.CultureInfo.InvariantCulture) + (IsSpecific ? "a" : "");

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>An architecture by its name, as compilers take it; null where it is none.</summary>
    public static CudaArchitecture? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isPtx = name.StartsWith("compute_", StringComparison.Ordinal);
        bool isCode = name.StartsWith("sm_", StringComparison.Ordinal);
        string number = name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..];
        bool isSpecific = number.EndsWith('a');
        bool isNumber = int.TryParse(
            isSpecific ? number[..^1] : number, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out int parsed);
        return (isPtx || isCode) && isNumber ? new CudaArchitecture(parsed, isSpecific, isPtx) : null;
    }

    /// <summary>Whether a device runs what is compiled for this.</summary>
    public bool RunsOn(ComputeCapability device) => IsSpecific
        ? Number == device.Number
        : Number <= device.Number && (IsPtx || Number / 10 == device.Major);

    /// <summary>
    /// The best for a device: its own where the compiler knows it; else machine code of an older member of its
    /// generation; else PTX of the newest generation before it.
    /// </summary>
    /// <param name="device">The device's compute capability.</param>
    /// <param name="supported">The compute capabilities that the compiler knows, in one number each.</param>
    /// <param name="compiler">The compiler's version.</param>
    /// <exception cref="CudaUnavailableException">The compiler knows only newer devices.</exception>
    public static CudaArchitecture Choose(
        ComputeCapability device, IReadOnlyCollection<int> supported, CudaVersion compiler)
    {
        ArgumentNullException.ThrowIfNull(supported);
        int best = supported.Where(number => number <= device.Number).DefaultIfEmpty(0).Max();
        if (best == 0)
        {
            int oldest = supported.DefaultIfEmpty(0).Min();
            string known = oldest == 0 ? "nothing" : $"compute capability {oldest / 10}.{oldest % 10} and newer";
            throw new CudaUnavailableException(
                CudaProblem.Architecture,
                $"NVRTC {compiler} compiles for {known}, the device has {device}: an older NVRTC is needed,"
                + $" {NvrtcVariable} names it");
        }

        bool own = best == device.Number;
        return new CudaArchitecture(
            best,
            IsSpecific: own && best >= FirstSpecific && compiler >= SpecificSince,
            IsPtx: best / 10 != device.Major);
    }

    private const string NvrtcVariable = Compilation.NvrtcSearch.PathVariable;
}
