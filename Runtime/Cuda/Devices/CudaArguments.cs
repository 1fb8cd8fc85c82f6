using System.Runtime.CompilerServices;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// The arguments of a launch, in the kernel's order. Made once and used for any number of launches, which copy them;
/// the memory that they name is kept. Not thread-safe.
/// </summary>
public sealed unsafe class CudaArguments
{
    // More than any kernel takes: what is missing reads as zero, where the driver does not tell how many there are.
    private const int Spare = 64;

    // Pinned: the values, then the address of each, which is what the driver wants; then addresses of a zero.
    private readonly ulong[] slots;
    private readonly int capacity;
    private CudaMemory[] memories = [];

    /// <summary>No arguments yet.</summary>
    /// <param name="capacity">How many there will be.</param>
    public CudaArguments(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        this.capacity = capacity;
        slots = GC.AllocateArray<ulong>(capacity + 1 + capacity + Spare, pinned: true);
        for (int i = 0; i < capacity + Spare; i++)
        {
            slots[capacity + 1 + i] = (ulong)Unsafe.AsPointer(ref slots[Math.Min(i, capacity)]);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<CudaMemory> Memories => memories;

    internal void** Pointers => (void**)Unsafe.AsPointer(ref slots[capacity + 1]);

    /// <summary>Appends an address on the device.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(CudaSlice memory)
    {
        Append(memory.Address);
        if (!memories.Contains(memory.Memory))
        {
            memories = [.. memories, memory.Memory];
        }

        return this;
    }

    /// <summary>Appends a 64-bit integer.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(long value) => Append((ulong)value);

    /// <summary>Appends a 32-bit integer.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(int value) => Append((uint)value);

    /// <summary>Appends a float.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(float value) => Append(BitConverter.SingleToUInt32Bits(value));

    /// <summary>Replaces a 64-bit integer; the next launches see it.</summary>
    public void Set(int position, long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(position));
        slots[position] = (ulong)value;
    }

    /// <summary>Replaces a 32-bit integer; the next launches see it.</summary>
    public void Set(int position, int value) => Set(position, (long)(uint)value);

    private CudaArguments Append(ulong bits)
    {
        if (Count == capacity)
        {
            throw new InvalidOperationException($"there is room for {capacity} arguments");
        }

        slots[Count++] = bits;
        return this;
    }
}
