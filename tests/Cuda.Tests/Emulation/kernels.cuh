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

// One tile: c (16, 8) = a (16, 8) * b (8, 8), b by columns.
SN_KERNEL(32) tile_tf32(const float *SN_RESTRICT a, const float *SN_RESTRICT b, float *SN_RESTRICT c) {
    sn_u32 group = SN_THREAD_X / 4, place = SN_THREAD_X % 4;
    sn_u32 x[4], y[2];
    for (int i = 0; i < 4; i++) {
        x[i] = sn_to_tf32(a[(group + i % 2 * 8) * 8 + place + i / 2 * 4]);
    }
    for (int i = 0; i < 2; i++) {
        y[i] = sn_to_tf32(b[group * 8 + place + i * 4]);
    }
    float d[4] = {0, 0, 0, 0};
    sn_mma_tf32(d, x, y);
    for (int i = 0; i < 4; i++) {
        c[(group + i / 2 * 8) * 8 + place * 2 + i % 2] = d[i];
    }
}

// One tile: c (16, 8) = a (16, 16) * b (16, 8), b by rows: transposed while it is loaded.
SN_KERNEL(32) tile_f16(const float *SN_RESTRICT a, const float *SN_RESTRICT b, float *SN_RESTRICT c) {
    SN_SHARED(sn_u16, left, 16 * 16);
    SN_SHARED(sn_u16, right, 16 * 8);
    sn_u32 lane = SN_THREAD_X;
    for (sn_u32 i = lane; i < 256; i += 32) {
        left[i] = sn_to_f16(a[i]);
    }
    for (sn_u32 i = lane; i < 128; i += 32) {
        right[i] = sn_to_f16(b[i]);
    }
    sn_warp_barrier();
    sn_u32 x[4], y[2];
    sn_load_matrix_x4(x, left + lane % 16 * 16 + lane / 16 * 8);
    sn_load_matrix_x2_transposed(y, right + lane % 16 * 8);
    float d[4] = {0, 0, 0, 0};
    sn_mma_f16(d, x, y);
    for (int i = 0; i < 4; i++) {
        c[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = d[i];
    }
}

// What lanes hand each other: 10 floats for each lane.
SN_KERNEL(32) lanes(float *SN_RESTRICT y) {
    sn_u32 lane = SN_THREAD_X;
    SN_SHARED(sn_i32, counts, 3);
    if (lane < 3) {
        counts[lane] = 0;
    }
    sn_warp_barrier();
    sn_atomic_add(&counts[0], (sn_i32)lane);
    sn_atomic_max(&counts[1], (sn_i32)lane - 5);
    sn_atomic_min(&counts[2], (sn_i32)lane - 5);
    sn_warp_barrier();
    float *row = y + lane * 10;
    row[0] = sn_shuffle((float)lane, 7);
    row[1] = sn_shuffle_up((float)lane, 3);
    row[2] = sn_shuffle_down((float)lane, 3);
    row[3] = (float)sn_shuffle_xor((double)lane, 5);
    row[4] = (float)(sn_shuffle_xor((sn_i64)lane << 40, 5) >> 40);
    row[5] = (float)(sn_ballot(lane % 3 == 0) & 0xFFFF);
    row[6] = (float)counts[0];
    row[7] = (float)counts[1];
    row[8] = (float)counts[2];
    row[9] = sn_from_bf16(sn_to_bf16(1.0f + lane / 256.0f)) + sn_from_f16(sn_to_f16(lane + 0.1f));
}
