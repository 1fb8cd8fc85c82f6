
// What kernels call beside the names above, for every compiler alike.
template <class T> SN_DEVICE T sn_minimum(T a, T b) { return a <= b || a != a ? a : b; }
template <class T> SN_DEVICE T sn_maximum(T a, T b) { return a >= b || a != a ? a : b; }
template <class T> SN_DEVICE T sn_sign(T x) { return (T)((x > (T)0) - (x < (T)0)); }
template <class T> SN_DEVICE T sn_abs(T x) { return x < (T)0 ? (T)((T)0 - x) : x; }

// Integers: towards zero, 0 where the divisor is; the remainder has the divisor's sign.
template <class T> SN_DEVICE T sn_divide(T a, T b) {
    return b == (T)0 ? (T)0 : b == (T)-1 && (T)-1 < (T)0 ? (T)((T)0 - a) : (T)(a / b);
}
template <class T> SN_DEVICE T sn_remainder(T a, T b) {
    if (b == (T)0 || (b == (T)-1 && (T)-1 < (T)0)) {
        return (T)0;
    }
    T rest = (T)(a % b);
    return rest != (T)0 && (rest < (T)0) != (b < (T)0) ? (T)(rest + b) : rest;
}
SN_DEVICE float sn_remainder(float a, float b) {
    float rest = fmodf(a, b);
    return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}
SN_DEVICE double sn_remainder(double a, double b) {
    double rest = fmod(a, b);
    return rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest;
}
// Neighbouring elements at once: 16 bytes at a time where they are as many.
template <class T, int N> struct alignas(N * sizeof(T) < 16 ? N * sizeof(T) : 16) sn_vector { T at[N]; };
template <class T, int N> SN_DEVICE void sn_load_vector(T (&to)[N], const T *from) {
    sn_vector<T, N> x = *reinterpret_cast<const sn_vector<T, N> *>(from);
    SN_UNROLL
    for (int i = 0; i < N; i++) {
        to[i] = x.at[i];
    }
}
template <class T, int N> SN_DEVICE void sn_store_vector(T *to, const T (&from)[N]) {
    sn_vector<T, N> x;
    SN_UNROLL
    for (int i = 0; i < N; i++) {
        x.at[i] = from[i];
    }
    *reinterpret_cast<sn_vector<T, N> *>(to) = x;
}

template <class T> SN_DEVICE T sn_shift_left(T x, T by) { return (T)(x << (by & (T)(sizeof(x) == 8 ? 63 : 31))); }
template <class T> SN_DEVICE T sn_shift_right(T x, T by) { return (T)(x >> (by & (T)(sizeof(x) == 8 ? 63 : 31))); }

SN_DEVICE double sn_double(sn_u64 bits) {
    union {
        sn_u64 bits;
        double value;
    } same = {bits};
    return same.value;
}
// The nearest float, or where digits are lost, the neighbour whose last digit is odd: what is rounded from it to a shorter
// format is rounded as if from the double.
SN_DEVICE float sn_to_odd(double x) {
    float near = (float)x;
    double back = near;
    sn_u32 beyond = back > 0.0 ? back > x : back < x;
    return x != x || back == x ? near : sn_float((sn_bits(near) - beyond) | 1u);
}
SN_DEVICE float sn_sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
SN_DEVICE double sn_sigmoid(double x) { return 1.0 / (1.0 + exp(-x)); }

// The integer towards zero: the nearest there is where the number is too large, 0 for NaN.
SN_DEVICE sn_i32 sn_nearest(double x, sn_i32 *) {
    return x != x ? 0 : x <= -2147483648.0 ? -2147483647 - 1 : x >= 2147483647.0 ? 2147483647 : (sn_i32)x;
}
SN_DEVICE sn_u32 sn_nearest(double x, sn_u32 *) {
    return x != x || x <= 0.0 ? 0u : x >= 4294967295.0 ? 4294967295u : (sn_u32)x;
}
SN_DEVICE sn_i64 sn_nearest(double x, sn_i64 *) {
    return x != x ? 0 : x <= -9223372036854775808.0 ? -9223372036854775807LL - 1
        : x >= 9223372036854775808.0 ? 9223372036854775807LL : (sn_i64)x;
}
SN_DEVICE sn_i32 sn_within(double x, sn_i32 low, sn_i32 high) {
    sn_i32 nearest = sn_nearest(x, (sn_i32 *)0);
    return nearest < low ? low : nearest > high ? high : nearest;
}
SN_DEVICE sn_u8 sn_nearest(double x, sn_u8 *) { return (sn_u8)sn_within(x, 0, 255); }
SN_DEVICE sn_i8 sn_nearest(double x, sn_i8 *) { return (sn_i8)sn_within(x, -128, 127); }
SN_DEVICE sn_i16 sn_nearest(double x, sn_i16 *) { return (sn_i16)sn_within(x, -32768, 32767); }
template <class T> SN_DEVICE T sn_to_integer(double x) { return sn_nearest(x, (T *)0); }

// The index where it is in [0, extent); elsewhere 0.
SN_DEVICE sn_i64 sn_safe_index(sn_i64 index, sn_i64 extent) {
    return index >= 0 && index < extent ? index : 0;
}

// The index where it is in [0, extent); elsewhere 0, and of such indices of a run the one of the lowest site and
// position is reported: site + 1, index, position; a lock.
SN_DEVICE sn_i64 sn_check_index(sn_i64 index, sn_i64 extent, int site, sn_i64 position, sn_i64 *fault) {
    if (index >= 0 && index < extent) {
        return index;
    }
    volatile sn_i64 *known = fault;
    sn_u32 *lock = (sn_u32 *)(fault + 3);
    for (bool done = false; !done;) {
        if (sn_atomic_compare_exchange(lock, 0u, 1u) == 0u) {
            sn_fence();
            sn_i64 found = known[0];
            if (found == 0 || site + 1 < found || (site + 1 == found && position < known[2])) {
                known[0] = site + 1;
                known[1] = index;
                known[2] = position;
            }
            sn_fence();
            sn_atomic_compare_exchange(lock, 1u, 0u);
            done = true;
        }
    }
    return 0;
}

// One word of the counter-based generator Philox4x32-10 (Salmon and others, 2011), under a seed, a step and a stream.
SN_DEVICE sn_u32 sn_random_word(sn_i64 seed, sn_i64 step, sn_i64 stream, sn_i64 element) {
    sn_u32 key0 = (sn_u32)seed, key1 = (sn_u32)((sn_u64)seed >> 32);
    sn_u32 x0 = (sn_u32)((sn_u64)element >> 2), x1 = (sn_u32)stream;
    sn_u32 x2 = (sn_u32)step, x3 = (sn_u32)((sn_u64)step >> 32);
    for (int round = 0; round < 10; round++) {
        sn_u64 first = 0xD2511F53ull * x0, second = 0xCD9E8D57ull * x2;
        x0 = (sn_u32)(second >> 32) ^ x1 ^ key0;
        x1 = (sn_u32)second;
        x2 = (sn_u32)(first >> 32) ^ x3 ^ key1;
        x3 = (sn_u32)first;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    switch (element & 3) {
        case 0: return x0;
        case 1: return x1;
        case 2: return x2;
        default: return x3;
    }
}
