using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Compiler.Values;
using Sinter.Runtime.Files;

namespace Sinter.Jit;

/// <summary>Settings of in-process compilation.</summary>
public sealed record JitOptions
{
    /// <summary>The kind of processor; by default this one's, with the widest vectors that it runs well.</summary>
    public CSharpTarget Target { get; init; } = Detect();

    /// <summary>What matrix products on CUDA devices round their operands to: nothing by default. The others need a
    /// device of compute capability 8.0. Small products stay exact.</summary>
    public ProductPrecision Products { get; init; }

    /// <summary>The bytes that a context may take beside the state; null for as many as it needs. What does not fit is
    /// computed again rather than kept, with the same results to the last bit; a program that does not fit then is
    /// refused by a <see cref="MemoryBudgetException"/>, which says what holds the memory.</summary>
    public long? MemoryBudget { get; init; }

    /// <summary>Where compiled kernels are kept between processes; null or nothing keeps none. By default a folder of
    /// this user only.</summary>
    public string? CacheDirectory { get; init; } = KernelCache.DefaultDirectory;

    /// <summary>Receives what passes did, under <c>passes</c>, <c>kernels</c>, <c>memory</c>, <c>paths</c> or
    /// <c>cache</c>. By default the topics that the environment variable SINTER_TRACE names (separated by commas) go to
    /// the error output.</summary>
    public Action<string, string>? Trace { get; init; } = TraceOutput.FromEnvironment();

    /// <summary>Whether what passes make is checked by their specs: for tests of the compiler itself.</summary>
    public bool Check { get; init; }

    /// <summary>Whether runs check that kernels write nothing around their buffers: for tests of the compiler
    /// itself.</summary>
    public bool Guard { get; init; }

    private static CSharpTarget Detect() =>
        Vector512.IsHardwareAccelerated ? CSharpTarget.Bits512
        : Vector256.IsHardwareAccelerated ? CSharpTarget.Bits256
        : AdvSimd.Arm64.IsSupported ? CSharpTarget.Arm64
        : CSharpTarget.Bits128;
}
