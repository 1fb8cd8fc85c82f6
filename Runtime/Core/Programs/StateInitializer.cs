using System.Text;
using Sinter.Runtime.Kernels;

namespace Sinter.Runtime.Programs;

/// <summary>Draws initial values: each tensor from a stream of its own, keyed by seed and name, the same on every
/// machine.</summary>
internal static unsafe class StateInitializer
{
    public static void Fill(StateEntry entry, byte* memory, long count, ulong seed)
    {
        if (entry.Kind == StateKind.Random && entry.Type == ElementType.I64)
        {
            new Span<long>(memory, checked((int)count)).Clear();
            ((long*)memory)[0] = (long)seed;
            return;
        }

        ulong key = seed ^ Hash(entry.Name);
        for (long i = 0; i < count; i++)
        {
            Write(entry.Type, memory, i, Draw(entry, key, i));
        }
    }

    private static double Draw(StateEntry entry, ulong key, long element)
    {
        if (entry.Initializer == InitializerKind.Constant)
        {
            return entry.A;
        }

        var (x0, x1, x2, x3) = Philox.Generate(((uint)element, (uint)(element >> 32), 0, 0x5EED), key);
        double first = (((ulong)x0 << 21) ^ (x1 >> 11)) * (1.0 / (1UL << 53));
        if (entry.Initializer == InitializerKind.Uniform)
        {
            return entry.A + ((entry.B - entry.A) * first);
        }

        // Box and Muller 1958; 1 - first is never 0.
        double second = (((ulong)x2 << 21) ^ (x3 >> 11)) * (1.0 / (1UL << 53));
        double radius = Math.Sqrt(-2 * Math.Log(1 - first));
        return entry.A + (entry.B * radius * Math.Cos(2 * Math.PI * second));
    }

    /// <summary>The first element as a number.</summary>
    public static double Read(ElementType type, byte* memory) => type switch
    {
        ElementType.F32 => *(float*)memory,
        ElementType.F64 => *(double*)memory,
        ElementType.I64 => *(long*)memory,
        ElementType.I32 => *(int*)memory,
        ElementType.U32 => *(uint*)memory,
        ElementType.Bool or ElementType.U8 => *memory,
        _ => throw new RunException($"state of type {type} cannot be read as a number"),
    };

    /// <summary>Sets one element, rounded to its type.</summary>
    public static void Write(ElementType type, byte* memory, long i, double value)
    {
        switch (type)
        {
            case ElementType.F32:
                ((float*)memory)[i] = (float)value;
                break;
            case ElementType.F64:
                ((double*)memory)[i] = value;
                break;
            case ElementType.I64:
                ((long*)memory)[i] = (long)value;
                break;
            case ElementType.I32:
                ((int*)memory)[i] = (int)value;
                break;
            case ElementType.U32:
                ((uint*)memory)[i] = (uint)value;
                break;
            case ElementType.Bool or ElementType.U8:
                memory[i] = (byte)value;
                break;
            case ElementType.I8:
                ((sbyte*)memory)[i] = (sbyte)value;
                break;
            case ElementType.I16:
                ((short*)memory)[i] = (short)value;
                break;
            case ElementType.F16:
                ((Half*)memory)[i] = (Half)value;
                break;
            case ElementType.BF16:
                ((ushort*)memory)[i] = Scalars.ToBF16((float)value);
                break;
            default:
                throw new RunException($"state of type {type} cannot be initialised");
        }
    }

    // FNV-1a of the UTF-8 name.
    private static ulong Hash(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ b) * 1099511628211);
        }

        return hash;
    }
}
