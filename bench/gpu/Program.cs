using System.CommandLine;
using Sinter.GpuBench.Checks;
using Sinter.GpuBench.Timing;
using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench;

/// <summary>The command line.</summary>
internal static class Program
{
    /// <summary>Parses and runs. 0: all is well; 1: something is wrong; 3: the device failed.</summary>
    public static int Main(string[] args)
    {
        var root = new RootCommand("Checks and measures the CUDA backend on this machine's first CUDA device.")
        {
            CheckCommand.Create(), ApproveCommand.Create(), TrainCommand.Create(), BenchCommand.Create(),
            AllCommand.Create(),
        };
        try
        {
            return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CudaException error)
        {
            Console.Error.WriteLine("error: " + error.Message);
            return CheckRange.DeviceFailed;
        }
    }
}
