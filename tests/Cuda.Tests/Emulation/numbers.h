// Numbers of 16 bits, and the fast functions of the device at full precision.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include "names.h"

inline sn_u32 sn_bits(float value) {
    sn_u32 bits;
    std::memcpy(&bits, &value, 4);
    return bits;
}

inline float sn_float(sn_u32 bits) {
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
}

inline float sn_from_bf16(sn_u16 value) { return sn_float(static_cast<sn_u32>(value) << 16); }

// To the nearest, ties to even; what is no number becomes the one that the device writes.
inline sn_u16 sn_to_bf16(float value) {
    sn_u32 bits = sn_bits(value);
    if (value != value) {
        return 0x7FFF;
    }
    return static_cast<sn_u16>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

inline float sn_from_f16(sn_u16 value) {
    _Float16 half;
    std::memcpy(&half, &value, 2);
    return static_cast<float>(half);
}

inline sn_u16 sn_to_f16(float value) {
    if (value != value) {
        return 0x7FFF;
    }
    _Float16 half = static_cast<_Float16>(value);
    sn_u16 bits;
    std::memcpy(&bits, &half, 2);
    return bits;
}

// Ten bits of fraction, to the nearest, ties away from zero, as cvt.rna.tf32.f32 does.
inline sn_u32 sn_to_tf32(float value) {
    sn_u32 bits = sn_bits(value);
    return value != value || std::isinf(value) ? bits : (bits + 0x1000) & 0xFFFFE000u;
}

inline sn_u32 sn_pack_bf16(float low, float high) {
    return sn_to_bf16(low) | static_cast<sn_u32>(sn_to_bf16(high)) << 16;
}

inline sn_u32 sn_pack_f16(float low, float high) {
    return sn_to_f16(low) | static_cast<sn_u32>(sn_to_f16(high)) << 16;
}

inline float sn_fast_exp2(float x) { return std::exp2(x); }
inline float sn_fast_log2(float x) { return std::log2(x); }
inline float sn_fast_rsqrt(float x) { return 1.0f / std::sqrt(x); }
inline float sn_fast_reciprocal(float x) { return 1.0f / x; }
inline float sn_fast_tanh(float x) { return std::tanh(x); }
