using Sinter.Runtime.Cuda.Driver;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>A kernel of a module, as long as that is not disposed.</summary>
public sealed unsafe class CudaKernel
{
    private readonly nint function;
    private readonly Lock gate = new();

    // Bytes of each parameter; null where the driver does not say.
    private readonly int[]? parameterSizes;

    // Dynamic shared memory that launches may use; more has to be asked for, once.
    private int sharedLimit;

    internal CudaKernel(CudaModule module, string name, nint function)
    {
        Module = module;
        Name = name;
        this.function = function;
        Registers = Read(FunctionAttribute.Registers);
        LocalBytes = Read(FunctionAttribute.LocalSizeBytes);
        SharedBytes = Read(FunctionAttribute.SharedSizeBytes);
        MaxThreads = Read(FunctionAttribute.MaxThreadsPerBlock);
        parameterSizes = ReadParameters();
        sharedLimit = Math.Max(0, module.Context.Device.SharedBytesPerBlock - SharedBytes);
    }

    /// <summary>Its module.</summary>
    public CudaModule Module { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The registers of each thread.</summary>
    public int Registers { get; }

    /// <summary>Memory of each thread for what does not fit into registers, in bytes.</summary>
    public int LocalBytes { get; }

    /// <summary>Static shared memory of each block, in bytes.</summary>
    public int SharedBytes { get; }

    /// <summary>The most threads of a block.</summary>
    public int MaxThreads { get; }

    /// <summary>How many parameters it takes; -1 where the driver does not say (before CUDA 12.4).</summary>
    public int ParameterCount => parameterSizes?.Length ?? -1;

    /// <summary>How many blocks a multiprocessor runs at once.</summary>
    /// <param name="threads">The threads of a block.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block, in bytes.</param>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public int CountActiveBlocks(int threads, int sharedBytes = 0)
    {
        using HandleUse context = Module.Context.Enter();
        using var use = new HandleUse(Module.Handle, Module);
        _ = Allow(sharedBytes);
        int blocks;
        CudaResult result = Module.Context.Api.OccupancyMaxActiveBlocks(
            &blocks, function, threads, (nuint)sharedBytes);
        return result == CudaResult.Success
            ? blocks
            : throw DriverErrors.Error(
                Module.Context.Api, result, "cuOccupancyMaxActiveBlocksPerMultiprocessor",
                $"asking how many blocks of {threads} threads of kernel '{Name}' run at once");
    }

    /// <summary>Launches; the caller keeps the context current and all handles in use.</summary>
    internal void Launch(nint stream, in CudaLaunchShape shape, CudaArguments arguments)
    {
        CheckArguments(shape, arguments);
        CudaResult result = Allow(shape.SharedBytes);
        if (result != CudaResult.Success)
        {
            throw Refused("cuFuncSetAttribute", result, shape);
        }

        CudaExtent grid = shape.Grid;
        CudaExtent block = shape.Block;
        result = Module.Context.Api.LaunchKernel(
            function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)block.X, (uint)block.Y, (uint)block.Z,
            (uint)shape.SharedBytes, stream, arguments.Pointers, null);
        if (result != CudaResult.Success)
        {
            throw Refused("cuLaunchKernel", result, shape);
        }
    }

    // Above the usual limit, a kernel has to ask for shared memory before it is launched.
    private CudaResult Allow(int sharedBytes)
    {
        if (sharedBytes <= sharedLimit)
        {
            return CudaResult.Success;
        }

        lock (gate)
        {
            if (sharedBytes <= sharedLimit)
            {
                return CudaResult.Success;
            }

            CudaResult result = Module.Context.Api.FuncSetAttribute(
                function, FunctionAttribute.MaxDynamicSharedSizeBytes, sharedBytes);
            if (result == CudaResult.Success)
            {
                sharedLimit = sharedBytes;
            }

            return result;
        }
    }

    private CudaLaunchException Refused(string call, CudaResult result, in CudaLaunchShape shape)
    {
        CudaDevice device = Module.Context.Device;
        string told = DriverErrors.Describe(Module.Context.Api, result, call);
        string limits = $"the kernel takes blocks of up to {MaxThreads} threads with {Registers} registers each, the"
            + $" device {device.MaxSharedBytesPerBlock - SharedBytes} bytes";
        return new CudaLaunchException(
            call, result, $"launching kernel '{Name}' with {shape}: {told}; {limits}", Name, shape);
    }

    // A wrong argument would be read as something else, or from beyond the others: the driver cannot tell.
    private void CheckArguments(in CudaLaunchShape shape, CudaArguments arguments)
    {
        if (parameterSizes is null)
        {
            return;
        }

        string? problem = null;
        if (arguments.Count != parameterSizes.Length)
        {
            problem = $"it takes {parameterSizes.Length} arguments, got {arguments.Count}";
        }

        for (int i = 0; i < parameterSizes.Length && problem is null; i++)
        {
            if (arguments.Sizes[i] != parameterSizes[i])
            {
                problem = $"argument {i} has {arguments.Sizes[i]} bytes, the parameter {parameterSizes[i]}";
            }
        }

        if (problem is not null)
        {
            throw new CudaLaunchException(
                "cuLaunchKernel", CudaResult.InvalidValue, $"launching kernel '{Name}' with {shape}: {problem}", Name,
                shape);
        }
    }

    private int[]? ReadParameters()
    {
        if (Module.Context.Api.FuncGetParamInfo is null)
        {
            return null;
        }

        var sizes = new List<int>();
        nuint offset;
        nuint size;
        CudaResult result;
        while ((result = Module.Context.Api.FuncGetParamInfo(function, (nuint)sizes.Count, &offset, &size))
            == CudaResult.Success)
        {
            sizes.Add((int)size);
        }

        // This is how the list ends.
        return result == CudaResult.InvalidValue ? [.. sizes] : null;
    }

    private int Read(FunctionAttribute attribute)
    {
        int value;
        Module.Context.Check(
            Module.Context.Api.FuncGetAttribute(&value, attribute, function), "cuFuncGetAttribute",
            $"reading about kernel '{Name}'");
        return value;
    }
}
