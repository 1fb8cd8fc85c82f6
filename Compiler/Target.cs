namespace Sinter.Compiler;

/// <summary>What schedules need to know of a processor. Nothing here names a language.</summary>
/// <param name="VectorBytes">Width of a vector register; 0 where schedules must not use vectors.</param>
/// <param name="VectorRegisters">How many vectors can be held at once.</param>
/// <param name="FirstLevelCache">Bytes of the smallest data cache.</param>
/// <param name="SecondLevelCache">Bytes of the next cache.</param>
/// <param name="StreamBytes">Results of at least so many bytes are written past the caches.</param>
/// <param name="Blocks">How threads share a piece; null where one thread runs a piece alone.</param>
/// <param name="Products">How matrices are multiplied where the processor has instructions for it.</param>
public sealed record Target(
    int VectorBytes, int VectorRegisters, int FirstLevelCache, int SecondLevelCache, long StreamBytes = 24 << 20,
    BlockFacts? Blocks = null, ProductPrecision Products = ProductPrecision.Exact)
{
    /// <summary>Vectors of 64 bytes, 32 of them.</summary>
    public static Target Wide { get; } = new(64, 32, 32 << 10, 1 << 20);

    /// <summary>Vectors of 32 bytes, 16 of them.</summary>
    public static Target Medium { get; } = new(32, 16, 32 << 10, 512 << 10);

    /// <summary>Vectors of 16 bytes, 16 of them.</summary>
    public static Target Narrow { get; } = new(16, 16, 32 << 10, 512 << 10);

    /// <summary>Vectors of 16 bytes, 32 of them: 64-bit Arm, with the caches of its cores for servers.</summary>
    public static Target Arm64 { get; } = new(16, 32, 64 << 10, 1 << 20);

    /// <summary>Many processors that each run blocks of threads; a warp's threads read neighbouring elements
    /// together.</summary>
    public static Target ManyThreads { get; } = new(
        128, 255, 128 << 10, 50 << 20, Blocks: new BlockFacts(32, 256, 48 << 10, 96 << 10, 132));

    /// <summary>How many results of a product an operand's element serves where it is computed once: what threads keep
    /// in scratch serves all that a piece has, a block's tile its own rows or columns.</summary>
    public double OperandReuse => Blocks is null ? double.PositiveInfinity : 64;

    /// <summary>Elements of four bytes in a vector.</summary>
    public int Lanes => LanesOf(4);

    /// <summary>Lanes of a vector whose widest elements have so many bytes; narrower ones lie in narrower vectors
    /// beside it.</summary>
    public int LanesOf(int bytes) => Math.Max(VectorBytes / bytes, 1);
}

/// <summary>What schedules need to know of a processor whose pieces are run by blocks of threads.</summary>
/// <param name="Warp">Threads that step together and can exchange values.</param>
/// <param name="Threads">Threads of a large block.</param>
/// <param name="SharedBytes">Memory that the threads of a block share.</param>
/// <param name="MostSharedBytes">How much of it a block can ask for on every processor with instructions for
/// matrices.</param>
/// <param name="Processors">How many blocks at least run at the same time.</param>
public sealed record BlockFacts(int Warp, int Threads, int SharedBytes, int MostSharedBytes, int Processors);
