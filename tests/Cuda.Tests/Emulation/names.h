// The names that kernels are written with, where they are more than functions.
#pragma once
#include <cmath>
#include "fibers.h"

typedef unsigned char sn_u8;
typedef unsigned short sn_u16;
typedef unsigned int sn_u32;
typedef unsigned long long sn_u64;
typedef signed char sn_i8;
typedef short sn_i16;
typedef int sn_i32;
typedef long long sn_i64;

struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(8) uint2 {
    sn_u32 x, y;
};
struct alignas(16) uint4 {
    sn_u32 x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint2 make_uint2(sn_u32 x, sn_u32 y) { return {x, y}; }
inline uint4 make_uint4(sn_u32 x, sn_u32 y, sn_u32 z, sn_u32 w) { return {x, y, z, w}; }

#define SN_KERNEL(threads) static void
#define SN_DEVICE static inline
#define SN_RESTRICT __restrict
#define SN_UNROLL
#define SN_CONSTANT static const

#define SN_THREAD_X (sn_emulation::block().current->thread.x)
#define SN_THREAD_Y (sn_emulation::block().current->thread.y)
#define SN_THREAD_Z (sn_emulation::block().current->thread.z)
#define SN_BLOCK_X (sn_emulation::block().index.x)
#define SN_BLOCK_Y (sn_emulation::block().index.y)
#define SN_BLOCK_Z (sn_emulation::block().index.z)
#define SN_THREADS_X (sn_emulation::block().extent.x)
#define SN_THREADS_Y (sn_emulation::block().extent.y)
#define SN_THREADS_Z (sn_emulation::block().extent.z)
#define SN_BLOCKS_X (sn_emulation::block().grid.x)
#define SN_BLOCKS_Y (sn_emulation::block().grid.y)
#define SN_BLOCKS_Z (sn_emulation::block().grid.z)

namespace sn_emulation {

// Memory of a block for one declaration: the same for all its threads.
template <class T>
T *shared(unsigned declaration, std::size_t count) {
    Block &b = block();
    if (declaration >= 256) {
        fail(failed, "more than %d declarations of shared memory", 256);
    }
    std::size_t &offset = b.static_offsets[declaration];
    if (offset == 0) {
        offset = (b.static_used + 127) / 128 * 128;
        b.static_used = offset + count * sizeof(T);
        if (b.static_used > (48 << 10)) {
            fail(failed, "the kernel declares more than %d bytes of shared memory", 48 << 10);
        }
    }
    return reinterpret_cast<T *>(b.static_shared + offset);
}

}  // namespace sn_emulation

#define SN_SHARED(type, name, count) type *const name = sn_emulation::shared<type>(__COUNTER__, count)
#define SN_DYNAMIC_SHARED(type, name) type *const name = reinterpret_cast<type *>(sn_emulation::block().dynamic_shared)

inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }

// The names of CUDA itself, for text that is written without ours.
#define __global__
#define __device__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __launch_bounds__(...)
#define threadIdx (sn_emulation::block().current->thread)
#define blockIdx (sn_emulation::block().index)
#define blockDim (sn_emulation::block().extent)
#define gridDim (sn_emulation::block().grid)
#define __syncthreads() sn_barrier()
