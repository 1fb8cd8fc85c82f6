// Kernels of the tests: each is read by g++ and, where it is there, by clang.
SN_KERNEL(256) sum(const float *SN_RESTRICT x, float *SN_RESTRICT y, int n, float scale) {
    SN_SHARED(float, part, 8);
    float s = 0;
    for (int i = SN_BLOCK_X * SN_THREADS_X + SN_THREAD_X; i < n; i += SN_THREADS_X * SN_BLOCKS_X) {
        s += x[i];
    }
    for (sn_u32 mask = 16; mask > 0; mask /= 2) {
        s += sn_shuffle_xor(s, mask);
    }
    if (SN_THREAD_X % 32 == 0) {
        part[SN_THREAD_X / 32] = s;
    }
    sn_barrier();
    if (SN_THREAD_X == 0) {
        float total = 0;
        for (sn_u32 i = 0; i < SN_THREADS_X / 32; i++) {
            total += part[i];
        }
        sn_atomic_add(y, total * scale);
    }
}

// y = the rows of x, each reversed; n floats of dynamic shared memory.
SN_KERNEL(1024) reverse_rows(const float *SN_RESTRICT x, float *SN_RESTRICT y, sn_i64 n) {
    SN_DYNAMIC_SHARED(float, row);
    for (sn_i64 i = SN_THREAD_X; i < n; i += SN_THREADS_X) {
        row[i] = x[SN_BLOCK_X * n + i];
    }
    sn_barrier();
    for (sn_i64 i = SN_THREAD_X; i < n; i += SN_THREADS_X) {
        y[SN_BLOCK_X * n + i] = row[n - 1 - i];
    }
}

// c (m, n) = a (m, k) * b (n, k), tiles of 64 x 64 x 32, four warps; a and b of bf16, sizes multiples of the tile.
SN_KERNEL(128) product(const sn_u16 *SN_RESTRICT a, const sn_u16 *SN_RESTRICT b, float *SN_RESTRICT c, int n, int k) {
    SN_SHARED(sn_u16, left, 2 * 64 * 40);
    SN_SHARED(sn_u16, right, 2 * 64 * 40);
    sn_u32 lane = SN_THREAD_X % 32, warp = SN_THREAD_X / 32;
    const sn_u16 *a0 = a + (sn_i64)SN_BLOCK_Y * 64 * k, *b0 = b + (sn_i64)SN_BLOCK_X * 64 * k;
    float d[8][4];
    for (int j = 0; j < 8; j++) {
        for (int i = 0; i < 4; i++) {
            d[j][i] = 0;
        }
    }
    for (int step = 0; step <= k / 32; step++) {
        if (step < k / 32) {
            int to = step % 2 * 64 * 40;
            for (sn_u32 i = SN_THREAD_X; i < 256; i += 128) {
                sn_copy_async_16(left + to + i / 4 * 40 + i % 4 * 8, a0 + i / 4 * k + step * 32 + i % 4 * 8);
                sn_copy_async_16(right + to + i / 4 * 40 + i % 4 * 8, b0 + i / 4 * k + step * 32 + i % 4 * 8);
            }
        }
        sn_copy_commit();
        if (step == 0) {
            continue;
        }
        sn_copy_wait<1>();
        sn_barrier();
        int from = (step - 1) % 2 * 64 * 40;
        for (int inner = 0; inner < 32; inner += 16) {
            sn_u32 x[4];
            sn_load_matrix_x4(x, left + from + (warp * 16 + lane % 16) * 40 + inner + lane / 16 * 8);
            for (int j = 0; j < 8; j++) {
                sn_u32 y[2];
                sn_load_matrix_x2(y, right + from + (j * 8 + lane % 8) * 40 + inner + lane / 8 % 2 * 8);
                sn_mma_bf16(d[j], x, y);
            }
        }
        sn_barrier();
    }
    for (int j = 0; j < 8; j++) {
        for (int i = 0; i < 4; i++) {
            sn_i64 row = SN_BLOCK_Y * 64 + warp * 16 + lane / 4 + (i >= 2 ? 8 : 0);
            c[row * n + SN_BLOCK_X * 64 + j * 8 + lane % 4 * 2 + i % 2] = d[j][i];
        }
    }
}
