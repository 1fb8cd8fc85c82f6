using Sinter.GpuBench;

namespace Sinter.Cuda.Tests.GpuBench;

/// <summary>The program that checks and measures devices, in a process that sees the emulated one.</summary>
internal static class Runner
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Runs it.</summary>
    public static Child.Outcome Run(params string[] arguments)
    {
        string[] variables =
        [
            "SINTER_CUDA_DRIVER=" + CCompiler.Driver, "SINTER_NVRTC=" + CCompiler.Nvrtc,
            "SINTER_EMULATION=" + Path.Combine(AppContext.BaseDirectory, "Emulation", "emulation.h"),
            "SINTER_CACHE=" + CCompiler.Cache,
        ];
        return Start(variables, arguments);
    }

    /// <summary>Runs it where there is no device.</summary>
    public static Child.Outcome RunWithoutDevice(params string[] arguments) =>
        Start(["SINTER_CUDA_DRIVER=/no/such/driver"], arguments);

    private static Child.Outcome Start(string[] variables, string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Sinter.GpuBench.dll");
        return Child.Run(["env", .. variables, "dotnet", program, .. arguments], Patience);
    }
}
