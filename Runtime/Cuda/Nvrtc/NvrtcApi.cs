using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda.Compilation;

/// <summary>nvrtcResult: those that are treated by name.</summary>
internal enum NvrtcResult
{
    Success = 0,
    InvalidOption = 5,
    Compilation = 6,
    BuiltinOperationFailure = 7,
}

/// <summary>NVRTC's functions, one field each, named as in nvrtc.h without the prefix. Null where the library lacks
/// one; <see cref="NativeModule.Missing"/> then names it. A program's handle is <see cref="nint"/>.</summary>
internal sealed unsafe class NvrtcApi(NativeModule library)
{
    public readonly delegate* unmanaged<int*, int*, NvrtcResult> Version =
        (delegate* unmanaged<int*, int*, NvrtcResult>)library.Export("nvrtcVersion");

    public readonly delegate* unmanaged<NvrtcResult, byte*> GetErrorString =
        (delegate* unmanaged<NvrtcResult, byte*>)library.Export("nvrtcGetErrorString");

    public readonly delegate* unmanaged<int*, NvrtcResult> GetNumSupportedArchs =
        (delegate* unmanaged<int*, NvrtcResult>)library.Export("nvrtcGetNumSupportedArchs");

    public readonly delegate* unmanaged<int*, NvrtcResult> GetSupportedArchs =
        (delegate* unmanaged<int*, NvrtcResult>)library.Export("nvrtcGetSupportedArchs");

    // Program, text, name, number of headers, their texts, their names.
    public readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, NvrtcResult> CreateProgram =
        (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, NvrtcResult>)
        library.Export("nvrtcCreateProgram");

    public readonly delegate* unmanaged<nint*, NvrtcResult> DestroyProgram =
        (delegate* unmanaged<nint*, NvrtcResult>)library.Export("nvrtcDestroyProgram");

    public readonly delegate* unmanaged<nint, int, byte**, NvrtcResult> CompileProgram =
        (delegate* unmanaged<nint, int, byte**, NvrtcResult>)library.Export("nvrtcCompileProgram");

    public readonly delegate* unmanaged<nint, nuint*, NvrtcResult> GetCubinSize =
        (delegate* unmanaged<nint, nuint*, NvrtcResult>)library.Export("nvrtcGetCUBINSize");

    public readonly delegate* unmanaged<nint, byte*, NvrtcResult> GetCubin =
        (delegate* unmanaged<nint, byte*, NvrtcResult>)library.Export("nvrtcGetCUBIN");

    public readonly delegate* unmanaged<nint, nuint*, NvrtcResult> GetPtxSize =
        (delegate* unmanaged<nint, nuint*, NvrtcResult>)library.Export("nvrtcGetPTXSize");

    public readonly delegate* unmanaged<nint, byte*, NvrtcResult> GetPtx =
        (delegate* unmanaged<nint, byte*, NvrtcResult>)library.Export("nvrtcGetPTX");

    public readonly delegate* unmanaged<nint, nuint*, NvrtcResult> GetProgramLogSize =
        (delegate* unmanaged<nint, nuint*, NvrtcResult>)library.Export("nvrtcGetProgramLogSize");

    public readonly delegate* unmanaged<nint, byte*, NvrtcResult> GetProgramLog =
        (delegate* unmanaged<nint, byte*, NvrtcResult>)library.Export("nvrtcGetProgramLog");
}
