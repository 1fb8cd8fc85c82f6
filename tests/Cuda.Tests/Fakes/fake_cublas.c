/* The two products of cuBLAS that the benchmark compares with, at once and on the processor: columns first, nothing
   transposed. Arguments are checked as the real one does. */
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7 };
enum { F32 = 0, BF16 = 14 };
enum { COMPUTE_F32 = 68, COMPUTE_TF32 = 77 };

typedef struct {
    void *stream;
} Handle;

API int cublasCreate_v2(Handle **handle) {
    *handle = calloc(1, sizeof **handle);
    return SUCCESS;
}

API int cublasSetStream_v2(Handle *handle, void *stream) {
    handle->stream = stream;
    return SUCCESS;
}

static float read_element(const void *from, int type, size_t at) {
    if (type == F32)
        return ((const float *)from)[at];
    unsigned bits = (unsigned)((const unsigned short *)from)[at] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void write_element(void *to, int type, size_t at, float value) {
    if (type == F32) {
        ((float *)to)[at] = value;
        return;
    }
    unsigned bits;
    memcpy(&bits, &value, sizeof bits);
    ((unsigned short *)to)[at] = (unsigned short)(bits >> 16);
}

API int cublasGemmEx(
    Handle *handle, int transpose_a, int transpose_b, int m, int n, int k, const float *alpha, const void *a, int a_type,
    int lda, const void *b, int b_type, int ldb, const float *beta, void *c, int c_type, int ldc, int compute,
    int algorithm) {
    if (!handle || !handle->stream)
        return NOT_INITIALIZED;
    int types = (a_type == F32 || a_type == BF16) && b_type == a_type && c_type == a_type;
    int computes = compute == COMPUTE_F32 || (compute == COMPUTE_TF32 && a_type == F32);
    if (transpose_a || transpose_b || lda < m || ldb < k || ldc < m || !types || !computes || algorithm != -1
        || *alpha != 1 || *beta != 0)
        return INVALID_VALUE;
    for (int column = 0; column < n; column++)
        for (int row = 0; row < m; row++) {
            double sum = 0;
            for (int i = 0; i < k; i++)
                sum += (double)read_element(a, a_type, row + (size_t)i * lda)
                    * read_element(b, b_type, i + (size_t)column * ldb);
            write_element(c, c_type, row + (size_t)column * ldc, (float)sum);
        }
    return SUCCESS;
}

API int cublasSgemm_v2(
    Handle *handle, int transpose_a, int transpose_b, int m, int n, int k, const float *alpha, const float *a, int lda,
    const float *b, int ldb, const float *beta, float *c, int ldc) {
    return cublasGemmEx(
        handle, transpose_a, transpose_b, m, n, k, alpha, a, F32, lda, b, F32, ldb, beta, c, F32, ldc, COMPUTE_F32, -1);
}
