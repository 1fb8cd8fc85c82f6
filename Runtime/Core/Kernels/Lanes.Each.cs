using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

// What has no vector form, lane by lane. Lanes that mean nothing are computed, too: functions take anything.
public static unsafe partial class Lanes
{
    /// <summary>A function of every lane.</summary>
    public static Vector512<T> Each<T>(Vector512<T> value, delegate*<T, T> function)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        for (int lane = 0; lane < Vector512<T>.Count; lane++)
        {
            lanes[lane] = function(lanes[lane]);
        }

        return value;
    }

    /// <summary>A function of every pair of lanes.</summary>
    public static Vector512<T> Each<T>(Vector512<T> left, Vector512<T> right, delegate*<T, T, T> function)
        where T : unmanaged
    {
        T* a = (T*)&left;
        T* b = (T*)&right;
        for (int lane = 0; lane < Vector512<T>.Count; lane++)
        {
            a[lane] = function(a[lane], b[lane]);
        }

        return left;
    }

    /// <summary>A function of every lane.</summary>
    public static Vector256<T> Each<T>(Vector256<T> value, delegate*<T, T> function)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        for (int lane = 0; lane < Vector256<T>.Count; lane++)
        {
            lanes[lane] = function(lanes[lane]);
        }

        return value;
    }

    /// <summary>A function of every pair of lanes.</summary>
    public static Vector256<T> Each<T>(Vector256<T> left, Vector256<T> right, delegate*<T, T, T> function)
        where T : unmanaged
    {
        T* a = (T*)&left;
        T* b = (T*)&right;
        for (int lane = 0; lane < Vector256<T>.Count; lane++)
        {
            a[lane] = function(a[lane], b[lane]);
        }

        return left;
    }

    /// <summary>A function of every lane.</summary>
    public static Vector128<T> Each<T>(Vector128<T> value, delegate*<T, T> function)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        for (int lane = 0; lane < Vector128<T>.Count; lane++)
        {
            lanes[lane] = function(lanes[lane]);
        }

        return value;
    }

    /// <summary>A function of every pair of lanes.</summary>
    public static Vector128<T> Each<T>(Vector128<T> left, Vector128<T> right, delegate*<T, T, T> function)
        where T : unmanaged
    {
        T* a = (T*)&left;
        T* b = (T*)&right;
        for (int lane = 0; lane < Vector128<T>.Count; lane++)
        {
            a[lane] = function(a[lane], b[lane]);
        }

        return left;
    }
}
