// The names that kernels are written with, for three compilers: NVRTC; clang, which checks the text without CUDA
// (clang++ -x cuda --cuda-device-only --cuda-gpu-arch=sm_80 -nocudainc -nocudalib -S); and g++, for which emulation.h
// was included before and brings them all. No headers, and nothing of 16 bits but its bits.
#if !defined(SN_EMULATION)

typedef unsigned char sn_u8;
typedef unsigned short sn_u16;
typedef unsigned int sn_u32;
typedef unsigned long long sn_u64;
typedef signed char sn_i8;
typedef short sn_i16;
typedef int sn_i32;
typedef long long sn_i64;

#if defined(__CUDACC_RTC__)
#define SN_THREAD_X (threadIdx.x)
#define SN_THREAD_Y (threadIdx.y)
#define SN_THREAD_Z (threadIdx.z)
#define SN_BLOCK_X (blockIdx.x)
#define SN_BLOCK_Y (blockIdx.y)
#define SN_BLOCK_Z (blockIdx.z)
#define SN_THREADS_X (blockDim.x)
#define SN_THREADS_Y (blockDim.y)
#define SN_THREADS_Z (blockDim.z)
#define SN_BLOCKS_X (gridDim.x)
#define SN_BLOCKS_Y (gridDim.y)
#define SN_BLOCKS_Z (gridDim.z)
#else
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ inline __attribute__((always_inline))
#define SN_THREAD_X (__nvvm_read_ptx_sreg_tid_x())
#define SN_THREAD_Y (__nvvm_read_ptx_sreg_tid_y())
#define SN_THREAD_Z (__nvvm_read_ptx_sreg_tid_z())
#define SN_BLOCK_X (__nvvm_read_ptx_sreg_ctaid_x())
#define SN_BLOCK_Y (__nvvm_read_ptx_sreg_ctaid_y())
#define SN_BLOCK_Z (__nvvm_read_ptx_sreg_ctaid_z())
#define SN_THREADS_X (__nvvm_read_ptx_sreg_ntid_x())
#define SN_THREADS_Y (__nvvm_read_ptx_sreg_ntid_y())
#define SN_THREADS_Z (__nvvm_read_ptx_sreg_ntid_z())
#define SN_BLOCKS_X (__nvvm_read_ptx_sreg_nctaid_x())
#define SN_BLOCKS_Y (__nvvm_read_ptx_sreg_nctaid_y())
#define SN_BLOCKS_Z (__nvvm_read_ptx_sreg_nctaid_z())
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) uint2 { sn_u32 x, y; };
struct alignas(16) uint4 { sn_u32 x, y, z, w; };
static __device__ __forceinline__ float2 make_float2(float x, float y) { return {x, y}; }
static __device__ __forceinline__ float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static __device__ __forceinline__ uint2 make_uint2(sn_u32 x, sn_u32 y) { return {x, y}; }
static __device__ __forceinline__ uint4 make_uint4(sn_u32 x, sn_u32 y, sn_u32 z, sn_u32 w) { return {x, y, z, w}; }
#define SN_MATH1(name) extern "C" __device__ float name##f(float); extern "C" __device__ double name(double);
#define SN_MATH2(name) \
    extern "C" __device__ float name##f(float, float); \
    extern "C" __device__ double name(double, double);
SN_MATH1(exp) SN_MATH1(exp2) SN_MATH1(expm1) SN_MATH1(log) SN_MATH1(log2) SN_MATH1(log1p) SN_MATH1(sin) SN_MATH1(cos)
SN_MATH1(tanh) SN_MATH1(erf) SN_MATH1(sqrt) SN_MATH1(rsqrt) SN_MATH1(fabs) SN_MATH1(floor) SN_MATH1(ceil)
SN_MATH1(rint) SN_MATH1(trunc) SN_MATH1(round)
SN_MATH2(pow) SN_MATH2(fmax) SN_MATH2(fmin) SN_MATH2(fmod) SN_MATH2(copysign)
extern "C" __device__ float fmaf(float, float, float);
extern "C" __device__ double fma(double, double, double);
#endif

#define SN_KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads)
#define SN_DEVICE static __device__ __forceinline__
#define SN_RESTRICT __restrict__
#define SN_UNROLL _Pragma("unroll")
#define SN_CONSTANT static __constant__ const
#define SN_SHARED(type, name, count) __shared__ __align__(16) type name[count]
#define SN_DYNAMIC_SHARED(type, name) \
    extern __shared__ __align__(16) unsigned char sn_dynamic_shared[]; \
    type *const name = reinterpret_cast<type *>(sn_dynamic_shared)

SN_DEVICE sn_u32 sn_bits(float x) { sn_u32 r; asm("mov.b32 %0, %1;" : "=r"(r) : "f"(x)); return r; }
SN_DEVICE float sn_float(sn_u32 x) { float r; asm("mov.b32 %0, %1;" : "=f"(r) : "r"(x)); return r; }
SN_DEVICE sn_u32 sn_shared_address(const void *x) {
    sn_u32 r;
    asm("{ .reg .u64 t; cvta.to.shared.u64 t, %1; cvt.u32.u64 %0, t; }" : "=r"(r) : "l"(x));
    return r;
}

// The threads of a block, and of a warp; all 32 lanes take part.
SN_DEVICE void sn_barrier() { __syncthreads(); }
SN_DEVICE void sn_warp_barrier() { asm volatile("bar.warp.sync 0xffffffff;" ::: "memory"); }
SN_DEVICE void sn_fence() { asm volatile("fence.acq_rel.gpu;" ::: "memory"); }
SN_DEVICE sn_u32 sn_ballot(bool holds) {
    sn_u32 r;
    asm volatile("{ .reg .pred p; setp.ne.u32 p, %1, 0; vote.sync.ballot.b32 %0, p, 0xffffffff; }"
        : "=r"(r) : "r"((sn_u32)holds));
    return r;
}
#define SN_SHUFFLE(name, mode, clamp) \
    SN_DEVICE sn_u32 name(sn_u32 x, sn_u32 by) { \
        sn_u32 r; \
        asm volatile("shfl.sync." mode ".b32 %0, %1, %2, " clamp ", 0xffffffff;" : "=r"(r) : "r"(x), "r"(by)); \
        return r; \
    } \
    SN_DEVICE sn_i32 name(sn_i32 x, sn_u32 by) { return (sn_i32)name((sn_u32)x, by); } \
    SN_DEVICE float name(float x, sn_u32 by) { return sn_float(name(sn_bits(x), by)); } \
    SN_DEVICE sn_u64 name(sn_u64 x, sn_u32 by) { \
        sn_u32 low = name((sn_u32)x, by), high = name((sn_u32)(x >> 32), by); \
        return low | (sn_u64)high << 32; \
    } \
    SN_DEVICE sn_i64 name(sn_i64 x, sn_u32 by) { return (sn_i64)name((sn_u64)x, by); } \
    SN_DEVICE double name(double x, sn_u32 by) { \
        sn_u64 bits; \
        double r; \
        asm("mov.b64 %0, %1;" : "=l"(bits) : "d"(x)); \
        bits = name(bits, by); \
        asm("mov.b64 %0, %1;" : "=d"(r) : "l"(bits)); \
        return r; \
    }
SN_SHUFFLE(sn_shuffle, "idx", "0x1f")
SN_SHUFFLE(sn_shuffle_xor, "bfly", "0x1f")
SN_SHUFFLE(sn_shuffle_down, "down", "0x1f")
SN_SHUFFLE(sn_shuffle_up, "up", "0x0")

#define SN_ATOMIC(name, text, type, letter) \
    SN_DEVICE type name(type *at, type x) { \
        type r; \
        asm volatile("atom." text " %0, [%1], %2;" : "=" letter(r) : "l"(at), letter(x) : "memory"); \
        return r; \
    }
SN_ATOMIC(sn_atomic_add, "add.f32", float, "f")
SN_ATOMIC(sn_atomic_add, "add.f64", double, "d")
SN_ATOMIC(sn_atomic_add, "add.u32", sn_u32, "r")
SN_ATOMIC(sn_atomic_add, "add.s32", sn_i32, "r")
SN_ATOMIC(sn_atomic_add, "add.u64", sn_u64, "l")
SN_ATOMIC(sn_atomic_max, "max.s32", sn_i32, "r")
SN_ATOMIC(sn_atomic_max, "max.u32", sn_u32, "r")
SN_ATOMIC(sn_atomic_min, "min.s32", sn_i32, "r")
SN_ATOMIC(sn_atomic_min, "min.u32", sn_u32, "r")
SN_ATOMIC(sn_atomic_exchange, "exch.b32", sn_u32, "r")
SN_DEVICE sn_u32 sn_atomic_compare_exchange(sn_u32 *at, sn_u32 expected, sn_u32 x) {
    sn_u32 r;
    asm volatile("atom.cas.b32 %0, [%1], %2, %3;" : "=r"(r) : "l"(at), "r"(expected), "r"(x) : "memory");
    return r;
}

SN_DEVICE float sn_from_bf16(sn_u16 x) { return sn_float((sn_u32)x << 16); }
SN_DEVICE float sn_from_f16(sn_u16 x) { float r; asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(x)); return r; }
SN_DEVICE sn_u16 sn_to_f16(float x) { sn_u16 r; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r) : "f"(x)); return r; }
SN_DEVICE sn_u32 sn_pack_f16(float low, float high) { return sn_to_f16(low) | (sn_u32)sn_to_f16(high) << 16; }
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
SN_DEVICE sn_u32 sn_pack_bf16(float low, float high) {
    sn_u32 r;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
    return r;
}
SN_DEVICE sn_u16 sn_to_bf16(float x) { return (sn_u16)sn_pack_bf16(x, 0.0f); }
SN_DEVICE sn_u32 sn_to_tf32(float x) { sn_u32 r; asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(x)); return r; }
#else
SN_DEVICE sn_u16 sn_to_bf16(float x) {
    sn_u32 bits = sn_bits(x);
    return x != x ? (sn_u16)0x7FFF : (sn_u16)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}
SN_DEVICE sn_u32 sn_pack_bf16(float low, float high) { return sn_to_bf16(low) | (sn_u32)sn_to_bf16(high) << 16; }
SN_DEVICE sn_u32 sn_to_tf32(float x) { return (sn_bits(x) + 0x1000) & 0xFFFFE000; }
#endif
SN_DEVICE float sn_fast_exp2(float x) { float r; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }
SN_DEVICE float sn_fast_log2(float x) { float r; asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }
SN_DEVICE float sn_fast_rsqrt(float x) { float r; asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }
SN_DEVICE float sn_fast_reciprocal(float x) { float r; asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }
SN_DEVICE float sn_fast_tanh(float x) { float r; asm("tanh.approx.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
// Copies to shared memory that go on while the thread does; of 4 or 16 bytes, the rest after the source is zero.
SN_DEVICE void sn_copy_async_16(void *to, const void *from, sn_u32 source_bytes = 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
        ::"r"(sn_shared_address(to)), "l"(from), "r"(source_bytes) : "memory");
}
SN_DEVICE void sn_copy_async_4(void *to, const void *from, sn_u32 source_bytes = 4) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;"
        ::"r"(sn_shared_address(to)), "l"(from), "r"(source_bytes) : "memory");
}
SN_DEVICE void sn_copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <unsigned Pending>
SN_DEVICE void sn_copy_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory"); }

// d (16 x 8) += a (16 x 16) * b (16 x 8); for tf32 a (16 x 8) * b (8 x 8).
#define SN_MMA(name, shape, types) \
    SN_DEVICE void name(float (&d)[4], const sn_u32 (&a)[4], const sn_u32 (&b)[2]) { \
        asm volatile("mma.sync.aligned." shape ".row.col.f32." types ".f32" \
            " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};" \
            : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) \
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1])); \
    }
SN_MMA(sn_mma_bf16, "m16n8k16", "bf16.bf16")
SN_MMA(sn_mma_f16, "m16n8k16", "f16.f16")
SN_MMA(sn_mma_tf32, "m16n8k8", "tf32.tf32")
#else
SN_DEVICE void sn_copy_async_16(void *to, const void *from, sn_u32 source_bytes = 16) {
    *reinterpret_cast<uint4 *>(to) =
        source_bytes == 0 ? make_uint4(0, 0, 0, 0) : *reinterpret_cast<const uint4 *>(from);
}
SN_DEVICE void sn_copy_commit() { }
template <unsigned Pending>
SN_DEVICE void sn_copy_wait() { }
#define SN_MMA(name) \
    template <class D, class A, class B> \
    SN_DEVICE void name(D &, A &, B &) { \
        static_assert(sizeof(D) == 0, "products of rounded operands need compute capability 8.0 or newer"); \
    }
SN_MMA(sn_mma_bf16)
SN_MMA(sn_mma_f16)
SN_MMA(sn_mma_tf32)
#endif

// Matrices of 8 x 8 elements of 16 bits; lane 8 m + r brings the address of row r of matrix m.
#define SN_LOAD_MATRIX_X4(name, mode) \
    SN_DEVICE void name(sn_u32 (&r)[4], const void *row) { \
        asm volatile("ldmatrix.sync.aligned.m8n8.x4" mode ".shared.b16 {%0,%1,%2,%3}, [%4];" \
            : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(sn_shared_address(row)) : "memory"); \
    }
#define SN_LOAD_MATRIX_X2(name, mode) \
    SN_DEVICE void name(sn_u32 (&r)[2], const void *row) { \
        asm volatile("ldmatrix.sync.aligned.m8n8.x2" mode ".shared.b16 {%0,%1}, [%2];" \
            : "=r"(r[0]), "=r"(r[1]) : "r"(sn_shared_address(row)) : "memory"); \
    }
SN_LOAD_MATRIX_X4(sn_load_matrix_x4, "")
SN_LOAD_MATRIX_X4(sn_load_matrix_x4_transposed, ".trans")
SN_LOAD_MATRIX_X2(sn_load_matrix_x2, "")
SN_LOAD_MATRIX_X2(sn_load_matrix_x2_transposed, ".trans")

#endif
