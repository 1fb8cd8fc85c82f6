// Matrix instructions of a warp, by their documented layouts: lane = 4 * group + place.
#pragma once
#include "numbers.h"
#include "warp.h"

namespace sn_emulation {

// What a lane brings, already as numbers: for k of 16, two of each register of a and b.
struct Fragments {
    float a[8], b[4];
};

// What each lane brought; a warp with fewer than 32 has no matrices.
inline const Fragments *exchange_fragments(const Fragments &mine, int line) {
    Block &all = block();
    if (all.count - all.current->number / 32 * 32 < 32) {
        fail(failed, "a matrix instruction in line %d of a warp of %d threads", line, static_cast<int>(all.count % 32));
    }
    static_assert(sizeof(Fragments) <= 64, "a slot holds 64 bytes");
    return reinterpret_cast<const Fragments *>(exchange(&mine, sizeof mine, line));
}

// Lanes lie 64 bytes apart.
inline const Fragments &of_lane(const Fragments *lanes, unsigned number) {
    return *reinterpret_cast<const Fragments *>(reinterpret_cast<const unsigned char *>(lanes) + 64 * number);
}

// d (16 x 8) += a (16 x 16, rows) * b (16 x 8, columns), two elements of 16 bits in a register.
template <class Convert>
void multiply_16(float (&d)[4], const sn_u32 (&a)[4], const sn_u32 (&b)[2], Convert convert, int line) {
    Fragments mine;
    for (unsigned i = 0; i < 8; i++) {
        mine.a[i] = convert(static_cast<sn_u16>(a[i / 2] >> i % 2 * 16));
    }
    for (unsigned i = 0; i < 4; i++) {
        mine.b[i] = convert(static_cast<sn_u16>(b[i / 2] >> i % 2 * 16));
    }
    const Fragments *lanes = exchange_fragments(mine, line);
    unsigned group = lane() / 4, place = lane() % 4;
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned side = 0; side < 2; side++) {
            float sum = d[2 * half + side];
            for (unsigned k = 0; k < 16; k++) {
                const Fragments &left = of_lane(lanes, group * 4 + k % 8 / 2);
                const Fragments &right = of_lane(lanes, (2 * place + side) * 4 + k % 8 / 2);
                sum += left.a[2 * (half + k / 8 * 2) + k % 2] * right.b[k / 8 * 2 + k % 2];
            }
            d[2 * half + side] = sum;
        }
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
    Fragments mine = {};
    for (unsigned i = 0; i < 4; i++) {
        mine.a[i] = sn_float(a[i] & 0xFFFFE000u);
        mine.b[i % 2] = sn_float(b[i % 2] & 0xFFFFE000u);
    }
    const Fragments *lanes = exchange_fragments(mine, line);
    unsigned group = lane() / 4, place = lane() % 4;
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned side = 0; side < 2; side++) {
            float sum = d[2 * half + side];
            for (unsigned k = 0; k < 8; k++) {
                const Fragments &left = of_lane(lanes, group * 4 + k % 4);
                const Fragments &right = of_lane(lanes, (2 * place + side) * 4 + k % 4);
                sum += left.a[half + k / 4 * 2] * right.b[k / 4];
            }
            d[2 * half + side] = sum;
        }
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
