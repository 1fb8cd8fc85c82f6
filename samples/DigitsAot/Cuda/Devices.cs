using System.Globalization;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Digits;

/// <summary>Where the model runs other than on the processor: on a CUDA device.</summary>
internal static class Devices
{
    /// <summary>The model on a device; null for the processor.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>best</c>.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="report">Receives what <c>best</c> has chosen, and why.</param>
    /// <param name="owned">Receives what has to be disposed, in reverse order.</param>
    /// <exception cref="CudaException">The device was asked for and cannot be used.</exception>
    public static LeNet5.Compiled? Open(
        string name, SafetensorsFile weights, Action<string> report, Stack<IDisposable> owned)
    {
        if (name == "cpu")
        {
            return null;
        }

        Device device = name == "best" ? Device.Best(report) : Device.Cuda(Index(name));
        if (device.Gpu is null)
        {
            return null;
        }

        var session = new CudaSession(device.Gpu);
        owned.Push(session);
        var state = ModelState.FromFile(weights, LeNet5.Compiled.CudaProgram);
        owned.Push(state);
        var compiled = new LeNet5.Compiled(state, session);
        owned.Push(compiled);
        return compiled;
    }

    /// <summary>What to tell of a device's error; null for others.</summary>
    public static string? Describe(Exception error) => (error as CudaException)?.Summary;

    // cuda, or cuda:N.
    private static int Index(string name) =>
        name == "cuda" ? 0 : int.Parse(name.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
