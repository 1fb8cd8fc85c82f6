namespace Sinter.Backends.Cuda;

/// <summary>The text in front of all kernels: names for what CUDA C, the check by clang and the emulation on the
/// processor spell differently, and the functions that kernels call.</summary>
public static class Prelude
{
    /// <summary>The whole text.</summary>
    public static string Text => Names + Functions;

    /// <summary>The names, which an emulation brings itself.</summary>
    public static string Names => Read("Prelude.cuh");

    /// <summary>The functions, written with the names.</summary>
    public static string Functions => Read("Functions.cuh");

    private static string Read(string name)
    {
        using Stream stream = typeof(Prelude).Assembly.GetManifestResourceStream("Sinter.Backends.Cuda." + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
