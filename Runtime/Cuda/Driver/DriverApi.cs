using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda.Driver;

/// <summary>
/// The driver's functions, one field each, named as in cuda.h without the prefix. Fields are null where the library
/// lacks a function; <see cref="NativeModule.Missing"/> then names it. Handles are <see cref="nint"/>, device addresses
/// <see cref="ulong"/>.
/// </summary>
internal sealed unsafe class DriverApi(NativeModule library)
{
    public readonly delegate* unmanaged<uint, CudaResult> Init =
        (delegate* unmanaged<uint, CudaResult>)library.Export("cuInit");

    public readonly delegate* unmanaged<CudaResult, byte**, CudaResult> GetErrorName =
        (delegate* unmanaged<CudaResult, byte**, CudaResult>)library.Export("cuGetErrorName");

    public readonly delegate* unmanaged<CudaResult, byte**, CudaResult> GetErrorString =
        (delegate* unmanaged<CudaResult, byte**, CudaResult>)library.Export("cuGetErrorString");

    public readonly delegate* unmanaged<int*, CudaResult> DeviceGetCount =
        (delegate* unmanaged<int*, CudaResult>)library.Export("cuDeviceGetCount");

    public readonly delegate* unmanaged<int*, int, CudaResult> DeviceGet =
        (delegate* unmanaged<int*, int, CudaResult>)library.Export("cuDeviceGet");

    public readonly delegate* unmanaged<byte*, int, int, CudaResult> DeviceGetName =
        (delegate* unmanaged<byte*, int, int, CudaResult>)library.Export("cuDeviceGetName");

    public readonly delegate* unmanaged<int*, DeviceAttribute, int, CudaResult> DeviceGetAttribute =
        (delegate* unmanaged<int*, DeviceAttribute, int, CudaResult>)library.Export("cuDeviceGetAttribute");

    public readonly delegate* unmanaged<nuint*, int, CudaResult> DeviceTotalMem =
        (delegate* unmanaged<nuint*, int, CudaResult>)library.Export("cuDeviceTotalMem_v2");

    public readonly delegate* unmanaged<nint*, int, CudaResult> DevicePrimaryCtxRetain =
        (delegate* unmanaged<nint*, int, CudaResult>)library.Export("cuDevicePrimaryCtxRetain");

    public readonly delegate* unmanaged<int, CudaResult> DevicePrimaryCtxRelease =
        (delegate* unmanaged<int, CudaResult>)library.Export("cuDevicePrimaryCtxRelease_v2");

    public readonly delegate* unmanaged<nint*, CudaResult> CtxGetCurrent =
        (delegate* unmanaged<nint*, CudaResult>)library.Export("cuCtxGetCurrent");

    public readonly delegate* unmanaged<nint, CudaResult> CtxSetCurrent =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuCtxSetCurrent");

    public readonly delegate* unmanaged<CudaResult> CtxSynchronize =
        (delegate* unmanaged<CudaResult>)library.Export("cuCtxSynchronize");

    public readonly delegate* unmanaged<nint*, void*, uint, JitOption*, void**, CudaResult> ModuleLoadDataEx =
        (delegate* unmanaged<nint*, void*, uint, JitOption*, void**, CudaResult>)library.Export("cuModuleLoadDataEx");

    public readonly delegate* unmanaged<nint*, nint, byte*, CudaResult> ModuleGetFunction =
        (delegate* unmanaged<nint*, nint, byte*, CudaResult>)library.Export("cuModuleGetFunction");

    public readonly delegate* unmanaged<nint, CudaResult> ModuleUnload =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuModuleUnload");

    public readonly delegate* unmanaged<int*, FunctionAttribute, nint, CudaResult> FuncGetAttribute =
        (delegate* unmanaged<int*, FunctionAttribute, nint, CudaResult>)library.Export("cuFuncGetAttribute");

    public readonly delegate* unmanaged<nint, FunctionAttribute, int, CudaResult> FuncSetAttribute =
        (delegate* unmanaged<nint, FunctionAttribute, int, CudaResult>)library.Export("cuFuncSetAttribute");

    // Of CUDA 12.4, null before. Function, number of the parameter, its offset, its size.
    public readonly delegate* unmanaged<nint, nuint, nuint*, nuint*, CudaResult> FuncGetParamInfo =
        (delegate* unmanaged<nint, nuint, nuint*, nuint*, CudaResult>)library.OptionalExport("cuFuncGetParamInfo");

    public readonly delegate* unmanaged<int*, nint, int, nuint, CudaResult> OccupancyMaxActiveBlocks =
        (delegate* unmanaged<int*, nint, int, nuint, CudaResult>)library.Export(
            "cuOccupancyMaxActiveBlocksPerMultiprocessor");

    // Function, grid x y z, block x y z, dynamic shared bytes, stream, addresses of the parameters, extra.
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**,
        CudaResult> LaunchKernel =
        (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaResult>)
        library.Export("cuLaunchKernel");

    public readonly delegate* unmanaged<ulong*, nuint, CudaResult> MemAlloc =
        (delegate* unmanaged<ulong*, nuint, CudaResult>)library.Export("cuMemAlloc_v2");

    public readonly delegate* unmanaged<nint, CudaResult> MemFree =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuMemFree_v2");

    public readonly delegate* unmanaged<nuint*, nuint*, CudaResult> MemGetInfo =
        (delegate* unmanaged<nuint*, nuint*, CudaResult>)library.Export("cuMemGetInfo_v2");

    public readonly delegate* unmanaged<void**, nuint, uint, CudaResult> MemHostAlloc =
        (delegate* unmanaged<void**, nuint, uint, CudaResult>)library.Export("cuMemHostAlloc");

    public readonly delegate* unmanaged<nint, CudaResult> MemFreeHost =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuMemFreeHost");

    public readonly delegate* unmanaged<ulong, void*, nuint, nint, CudaResult> MemcpyHtoDAsync =
        (delegate* unmanaged<ulong, void*, nuint, nint, CudaResult>)library.Export("cuMemcpyHtoDAsync_v2");

    public readonly delegate* unmanaged<void*, ulong, nuint, nint, CudaResult> MemcpyDtoHAsync =
        (delegate* unmanaged<void*, ulong, nuint, nint, CudaResult>)library.Export("cuMemcpyDtoHAsync_v2");

    public readonly delegate* unmanaged<ulong, ulong, nuint, nint, CudaResult> MemcpyDtoDAsync =
        (delegate* unmanaged<ulong, ulong, nuint, nint, CudaResult>)library.Export("cuMemcpyDtoDAsync_v2");

    public readonly delegate* unmanaged<ulong, byte, nuint, nint, CudaResult> MemsetD8Async =
        (delegate* unmanaged<ulong, byte, nuint, nint, CudaResult>)library.Export("cuMemsetD8Async");

    public readonly delegate* unmanaged<ulong, uint, nuint, nint, CudaResult> MemsetD32Async =
        (delegate* unmanaged<ulong, uint, nuint, nint, CudaResult>)library.Export("cuMemsetD32Async");

    public readonly delegate* unmanaged<nint*, uint, CudaResult> StreamCreate =
        (delegate* unmanaged<nint*, uint, CudaResult>)library.Export("cuStreamCreate");

    public readonly delegate* unmanaged<nint, CudaResult> StreamDestroy =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuStreamDestroy_v2");

    public readonly delegate* unmanaged<nint, CudaResult> StreamSynchronize =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuStreamSynchronize");

    public readonly delegate* unmanaged<nint, CudaResult> StreamQuery =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuStreamQuery");

    public readonly delegate* unmanaged<nint, nint, uint, CudaResult> StreamWaitEvent =
        (delegate* unmanaged<nint, nint, uint, CudaResult>)library.Export("cuStreamWaitEvent");

    public readonly delegate* unmanaged<nint*, uint, CudaResult> EventCreate =
        (delegate* unmanaged<nint*, uint, CudaResult>)library.Export("cuEventCreate");

    public readonly delegate* unmanaged<nint, CudaResult> EventDestroy =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuEventDestroy_v2");

    public readonly delegate* unmanaged<nint, nint, CudaResult> EventRecord =
        (delegate* unmanaged<nint, nint, CudaResult>)library.Export("cuEventRecord");

    public readonly delegate* unmanaged<nint, CudaResult> EventSynchronize =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuEventSynchronize");

    public readonly delegate* unmanaged<nint, CudaResult> EventQuery =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuEventQuery");

    public readonly delegate* unmanaged<float*, nint, nint, CudaResult> EventElapsedTime =
        (delegate* unmanaged<float*, nint, nint, CudaResult>)library.Export("cuEventElapsedTime");

    public readonly delegate* unmanaged<nint, int, CudaResult> StreamBeginCapture =
        (delegate* unmanaged<nint, int, CudaResult>)library.Export("cuStreamBeginCapture_v2");

    public readonly delegate* unmanaged<nint, nint*, CudaResult> StreamEndCapture =
        (delegate* unmanaged<nint, nint*, CudaResult>)library.Export("cuStreamEndCapture");

    public readonly delegate* unmanaged<nint*, nint, ulong, CudaResult> GraphInstantiateWithFlags =
        (delegate* unmanaged<nint*, nint, ulong, CudaResult>)library.Export("cuGraphInstantiateWithFlags");

    public readonly delegate* unmanaged<nint, nint*, nuint*, CudaResult> GraphGetNodes =
        (delegate* unmanaged<nint, nint*, nuint*, CudaResult>)library.Export("cuGraphGetNodes");

    public readonly delegate* unmanaged<nint, nint, CudaResult> GraphLaunch =
        (delegate* unmanaged<nint, nint, CudaResult>)library.Export("cuGraphLaunch");

    public readonly delegate* unmanaged<nint, CudaResult> GraphExecDestroy =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuGraphExecDestroy");

    public readonly delegate* unmanaged<nint, CudaResult> GraphDestroy =
        (delegate* unmanaged<nint, CudaResult>)library.Export("cuGraphDestroy");
}
