// Matrix instructions of a warp, by their documented layouts: lane = 4 * group + place.
#pragma once
#include "numbers.h"
#include "warp.h"

namespace sn_emulation {

struct Fragments {
    sn_u32 a[4], b[2];
};

// d (16 x 8) += a (16 x 16, rows) * b (16 x 8, columns), two elements of 16 bits in a register.
template <class Convert>
void multiply_16(float (&d)[4], const sn_u32 (&a)[4], const sn_u32 (&b)[2], Convert convert, int line) {
    Fragments mine;
    std::memcpy(mine.a, a, sizeof mine.a);
    std::memcpy(mine.b, b, sizeof mine.b);
    auto set = exchange(&mine, sizeof mine, line);
    unsigned group = lane() / 4, place = lane() % 4;
    for (unsigned i = 0; i < 4; i++) {
        unsigned row = group + (i >= 2 ? 8 : 0), column = 2 * place + i % 2;
        float sum = d[i];
        for (unsigned k = 0; k < 16; k++) {
            auto left = read_lane<Fragments>(set, row % 8 * 4 + k % 8 / 2);
            auto right = read_lane<Fragments>(set, column * 4 + k % 8 / 2);
            sn_u32 x = left.a[(row >= 8 ? 1 : 0) + (k >= 8 ? 2 : 0)], y = right.b[k >= 8 ? 1 : 0];
            unsigned shift = k % 2 * 16;
            sum += convert(static_cast<sn_u16>(x >> shift)) * convert(static_cast<sn_u16>(y >> shift));
        }
        d[i] = sum;
    }
}

}  // namespace sn_emulation

inline void sn_mma_bf16(
    float (&d)[4], const sn_u32 (&a)[4], const sn_u32 (&b)[2], int line = __builtin_LINE()) {
    sn_emulation::multiply_16(d, a, b, sn_from_bf16, line);
}

inline void sn_mma_f16(float (&d)[4], const sn_u32 (&a)[4], const sn_u32 (&b)[2], int line = __builtin_LINE()) {
    sn_emulation::multiply_16(d, a, b, sn_from_f16, line);
}

// d (16 x 8) += a (16 x 8, rows) * b (8 x 8, columns), of which 19 bits count.
inline void sn_mma_tf32(float (&d)[4], const sn_u32 (&a)[4], const sn_u32 (&b)[2], int line = __builtin_LINE()) {
    using namespace sn_emulation;
    Fragments mine;
    std::memcpy(mine.a, a, sizeof mine.a);
    std::memcpy(mine.b, b, sizeof mine.b);
    auto set = exchange(&mine, sizeof mine, line);
    unsigned group = lane() / 4, place = lane() % 4;
    for (unsigned i = 0; i < 4; i++) {
        unsigned row = group + (i >= 2 ? 8 : 0), column = 2 * place + i % 2;
        float sum = d[i];
        for (unsigned k = 0; k < 8; k++) {
            sn_u32 x = read_lane<Fragments>(set, row % 8 * 4 + k % 4).a[(row >= 8 ? 1 : 0) + (k >= 4 ? 2 : 0)];
            sn_u32 y = read_lane<Fragments>(set, column * 4 + k % 4).b[k >= 4 ? 1 : 0];
            sum += sn_float(x & 0xFFFFE000u) * sn_float(y & 0xFFFFE000u);
        }
        d[i] = sum;
    }
}

namespace sn_emulation {

// Matrices of 8 x 8 elements of 16 bits; lane 8 m + r brings the address of row r of matrix m.
template <unsigned Count>
void load_matrices(sn_u32 *result, const void *row, bool transposed, int line) {
    if (reinterpret_cast<std::uintptr_t>(row) % 16 != 0 && lane() < 8 * Count) {
        fail(failed, "a row of a matrix in line %d is not aligned to %d bytes", line, 16);
    }
    auto set = exchange(&row, sizeof row, line);
    for (unsigned m = 0; m < Count; m++) {
        sn_u16 pair[2];
        for (unsigned i = 0; i < 2; i++) {
            unsigned outer = lane() / 4, inner = 2 * (lane() % 4) + i;
            unsigned r = transposed ? inner : outer, c = transposed ? outer : inner;
            pair[i] = read_lane<const sn_u16 *>(set, 8 * m + r)[c];
        }
        result[m] = pair[0] | static_cast<sn_u32>(pair[1]) << 16;
    }
}

}  // namespace sn_emulation

inline void sn_load_matrix_x4(sn_u32 (&result)[4], const void *row, int line = __builtin_LINE()) {
    sn_emulation::load_matrices<4>(result, row, false, line);
}

inline void sn_load_matrix_x2(sn_u32 (&result)[2], const void *row, int line = __builtin_LINE()) {
    sn_emulation::load_matrices<2>(result, row, false, line);
}

inline void sn_load_matrix_x4_transposed(sn_u32 (&result)[4], const void *row, int line = __builtin_LINE()) {
    sn_emulation::load_matrices<4>(result, row, true, line);
}

inline void sn_load_matrix_x2_transposed(sn_u32 (&result)[2], const void *row, int line = __builtin_LINE()) {
    sn_emulation::load_matrices<2>(result, row, true, line);
}
