using Sinter.Runtime.Files;

namespace Digits;

/// <summary>Where the model runs other than on the processor: nowhere in this build. With the property SinterCuda,
/// <c>Cuda/Devices.cs</c> is compiled instead.</summary>
internal static class Devices
{
    private const string Missing = "this program was built without CUDA; -p:SinterCuda=true builds it with";

    /// <summary>The model on a device; null for the processor.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>best</c>.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="report">Receives what <c>best</c> has chosen, and why.</param>
    /// <param name="owned">Receives what has to be disposed, in reverse order.</param>
    /// <exception cref="PlatformNotSupportedException">A device was asked for.</exception>
    public static LeNet5.Compiled? Open(
        string name, SafetensorsFile weights, Action<string> report, Stack<IDisposable> owned)
    {
        if (name == "best")
        {
            report("running on cpu: " + Missing);
        }
        else if (name != "cpu")
        {
            throw new PlatformNotSupportedException(Missing);
        }

        return null;
    }

    /// <summary>What to tell of a device's error; null for others.</summary>
    public static string? Describe(Exception error) => null;
}
