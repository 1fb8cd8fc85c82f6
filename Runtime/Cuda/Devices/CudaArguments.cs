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
    private readonly byte[] sizes;
    private readonly int capacity;
    private CudaMemory[] memories = [];

    /// <summary>No arguments yet.</summary>
    /// <param name="capacity">How many there will be.</param>
    public CudaArguments(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        this.capacity = capacity;
        sizes = new byte[capacity];
        slots = GC.AllocateArray<ulong>(capacity + 1 + capacity + Spare, pinned: true);
        for (int i = 0; i < capacity + Spare; i++)
        {
            slots[capacity + 1 + i] = (ulong)Unsafe.AsPointer(ref slots[Math.Min(i, capacity)]);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<CudaMemory> Memories => memories;

    /// <summary>The bytes of each argument.</summary>
    internal ReadOnlySpan<byte> Sizes => sizes.AsSpan(0, Count);

    internal void** Pointers => (void**)Unsafe.AsPointer(ref slots[capacity + 1]);

    /// <summary>Appends an address on the device.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(CudaSlice memory)
    {
        Append(memory.Address, sizeof(ulong));
        if (!memories.Contains(memory.Memory))
        {
            memories = [.. memories, memory.Memory];
        }

        return this;
    }

    /// <summary>Appends a 64-bit integer.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(long value) => Append((ulong)value, sizeof(long));

    /// <summary>Appends a 32-bit integer.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(int value) => Append((uint)value, sizeof(int));

    /// <summary>Appends a float.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there would be.</exception>
    public CudaArguments Add(float value) => Append(BitConverter.SingleToUInt32Bits(value), sizeof(float));

    /// <summary>Replaces a 64-bit integer; the next launches see it.</summary>
    /// <exception cref="InvalidOperationException">The argument there is of another size.</exception>
    public void Set(int position, long value) => Replace(position, (ulong)value, sizeof(long));

    /// <summary>Replaces a 32-bit integer; the next launches see it.</summary>
    /// <exception cref="InvalidOperationException">The argument there is of another size.</exception>
    public void Set(int position, int value) => Replace(position, (uint)value, sizeof(int));

    private void Replace(int position, ulong bits, byte size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(position));
        if (sizes[position] != size)
        {
            throw new InvalidOperationException(
                $"argument {position} has {sizes[position]} bytes and cannot be replaced by one of {size}");
        }

        slots[position] = bits;
    }

    private CudaArguments Append(ulong bits, byte size)
    {
        if (Count == capacity)
        {
            throw new InvalidOperationException($"there is room for {capacity} arguments");
        }

        sizes[Count] = size;
        slots[Count++] = bits;
        return this;
    }
}
