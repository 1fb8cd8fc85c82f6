// What the lanes of a warp do together.
#pragma once
#include "fibers.h"

namespace sn_emulation {

inline unsigned lane() { return block().current->number % 32; }

// Waits until all lanes came; returns what they brought. A lane that ended before is an error: the masks of the
// kernels name all 32.
inline unsigned char (*exchange(const void *value, std::size_t bytes, int line))[64] {
    Block &b = block();
    Fiber *me = b.current;
    Warp &warp = b.warps[me->number / 32];
    unsigned lanes = b.count - me->number / 32 * 32;
    if (warp.live < (lanes < 32 ? lanes : 32)) {
        fail(failed, "waits for its warp in line %d, of which a thread has ended", line);
    }
    if (warp.arrived == 0) {
        warp.line = line;
    } else if (warp.line != line) {
        fail(failed, "waits for its warp in line %d while others do in line %d", line, warp.line);
    }
    unsigned char(*set)[64] = warp.slots[me->rounds++ & 1];
    if (bytes > 0) {
        std::memcpy(set[lane()], value, bytes);
    }
    unsigned generation = warp.generation;
    if (++warp.arrived == warp.live) {
        warp.arrived = 0;
        warp.generation++;
        b.idle = 0;
    }
    while (warp.generation == generation) {
        yield();
    }
    return set;
}

template <class T>
T read_lane(unsigned char (*set)[64], unsigned from) {
    Block &b = block();
    T value;
    unsigned char nothing[sizeof(T)];
    std::memset(nothing, poison, sizeof nothing);
    bool exists = b.current->number / 32 * 32 + from < b.count;
    std::memcpy(&value, exists ? set[from] : nothing, sizeof value);
    return value;
}

}  // namespace sn_emulation

inline void sn_warp_barrier(int line = __builtin_LINE()) { sn_emulation::exchange(nullptr, 0, line); }

template <class T>
T sn_shuffle(T value, unsigned from, int line = __builtin_LINE()) {
    return sn_emulation::read_lane<T>(sn_emulation::exchange(&value, sizeof value, line), from & 31);
}

template <class T>
T sn_shuffle_xor(T value, unsigned mask, int line = __builtin_LINE()) {
    return sn_shuffle(value, sn_emulation::lane() ^ mask, line);
}

template <class T>
T sn_shuffle_down(T value, unsigned distance, int line = __builtin_LINE()) {
    unsigned from = sn_emulation::lane() + distance;
    return sn_shuffle(value, from < 32 ? from : sn_emulation::lane(), line);
}

template <class T>
T sn_shuffle_up(T value, unsigned distance, int line = __builtin_LINE()) {
    unsigned mine = sn_emulation::lane();
    return sn_shuffle(value, mine >= distance ? mine - distance : mine, line);
}

inline unsigned sn_ballot(bool holds, int line = __builtin_LINE()) {
    unsigned char one = holds;
    auto set = sn_emulation::exchange(&one, 1, line);
    sn_emulation::Block &b = sn_emulation::block();
    unsigned result = 0;
    for (unsigned i = 0; i < 32 && b.current->number / 32 * 32 + i < b.count; i++) {
        result |= static_cast<unsigned>(set[i][0]) << i;
    }
    return result;
}

inline void sn_barrier(int line = __builtin_LINE()) { sn_emulation::barrier(line); }
inline void sn_fence() {}

// One thread of the system runs all blocks, so these need no help from the processor.
template <class T>
T sn_atomic_add(T *at, T value) {
    T before = *at;
    *at = before + value;
    return before;
}

template <class T>
T sn_atomic_max(T *at, T value) {
    T before = *at;
    *at = before < value ? value : before;
    return before;
}

template <class T>
T sn_atomic_min(T *at, T value) {
    T before = *at;
    *at = value < before ? value : before;
    return before;
}

template <class T>
T sn_atomic_exchange(T *at, T value) {
    T before = *at;
    *at = value;
    return before;
}

template <class T>
T sn_atomic_compare_exchange(T *at, T expected, T value) {
    T before = *at;
    *at = before == expected ? value : before;
    return before;
}

// Copies to shared memory that go on while the thread does. The target is lost at once, and filled as late as the text
// allows; the source is read then too.
inline void sn_copy_async(void *to, const void *from, unsigned bytes, unsigned source_bytes) {
    sn_emulation::Fiber *me = sn_emulation::block().current;
    std::uintptr_t both = reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from);
    if ((bytes != 4 && bytes != 8 && bytes != 16) || source_bytes > bytes || both % bytes != 0) {
        sn_emulation::fail(
            sn_emulation::failed, "an asynchronous copy of %d bytes is not aligned", static_cast<int>(bytes));
    }
    std::memset(to, sn_emulation::poison, bytes);
    me->copies.push_back({to, from, bytes, source_bytes, me->group});
}

inline void sn_copy_async_4(void *to, const void *from, unsigned source_bytes = 4) {
    sn_copy_async(to, from, 4, source_bytes);
}

inline void sn_copy_async_16(void *to, const void *from, unsigned source_bytes = 16) {
    sn_copy_async(to, from, 16, source_bytes);
}

inline void sn_copy_commit() { sn_emulation::block().current->group++; }

template <unsigned Pending>
void sn_copy_wait() {
    sn_emulation::Fiber *me = sn_emulation::block().current;
    std::size_t left = 0;
    for (const sn_emulation::Copy &copy : me->copies) {
        if (copy.group + Pending >= me->group) {
            me->copies[left++] = copy;
            continue;
        }
        std::memset(copy.to, 0, copy.bytes);
        std::memcpy(copy.to, copy.from, copy.source_bytes);
    }
    me->copies.resize(left);
}
