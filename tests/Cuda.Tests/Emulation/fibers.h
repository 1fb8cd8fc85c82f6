// Threads of a block as fibers: switching, waiting, and finding out that nobody can go on.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include <sys/mman.h>

namespace sn_emulation {

// Results of the driver that a kernel can end with.
enum { success = 0, illegal_address = 700, timed_out = 702, failed = 719 };

struct Extent {
    unsigned x, y, z;
};

// A copy that the thread asked for and has not waited for.
struct Copy {
    void *to;
    const void *from;
    unsigned bytes, source_bytes, group;
};

struct Fiber {
    void *stack_pointer;
    Extent thread;
    unsigned number, rounds, group;
    bool ended;
    std::vector<Copy> copies;
};

// What the lanes of a warp hand to each other: two sets, as a lane may be one exchange ahead of the others.
struct Warp {
    unsigned live, arrived, generation;
    int line;
    alignas(16) unsigned char slots[2][32][64];
};

constexpr std::size_t stack_bytes = 64 << 10, shared_bytes = 228 << 10, border_bytes = 256;
constexpr unsigned char poison = 0xFF, border = 0xA5;

struct Block {
    std::vector<Fiber> fibers;
    std::vector<Warp> warps;
    unsigned char *stacks, *dynamic_shared, *static_shared;
    std::size_t static_used, static_offsets[256];
    unsigned count, live, arrived, generation, idle;
    int line, result;
    bool reverse;
    Extent index, extent, grid;
    void (*body)(void **);
    void **parameters;
    void *main_stack_pointer;
    Fiber *current;
    char message[256];
};

// One for each thread of the system that launches; never freed, as it is used again.
inline thread_local Block *only_block = nullptr;
inline Block &block() { return *only_block; }

// Saves what a function must keep, changes the stack, and restores it from there.
extern "C" void sn_switch(void **from, void *to) asm("sn_emulation_switch");
asm(R"(
    .text
    .type sn_emulation_switch, @function
sn_emulation_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size sn_emulation_switch, .-sn_emulation_switch
)");

// Ends the launch: the other threads are given up where they stand.
[[noreturn]] inline void fail(int result, const char *format, int a = 0, int b = 0) {
    Block &b0 = block();
    b0.result = result;
    Fiber *me = b0.current;
    unsigned length = std::snprintf(
        b0.message, sizeof b0.message, "block (%u, %u, %u), thread (%u, %u, %u): ", b0.index.x, b0.index.y, b0.index.z,
        me->thread.x, me->thread.y, me->thread.z);
    std::snprintf(b0.message + length, sizeof b0.message - length, format, a, b);
    sn_switch(&me->stack_pointer, b0.main_stack_pointer);
    std::abort();
}

// Lets the next thread go on. When all have had their turn and none got anywhere, none ever will.
inline void yield() {
    Block &b = block();
    Fiber *me = b.current;
    if (b.live == 0) {
        sn_switch(&me->stack_pointer, b.main_stack_pointer);
    }
    if (++b.idle > 2 * b.count + 2) {
        fail(
            timed_out, "no thread can go on: %d of %d wait at a barrier of the block, the rest for their warp or ended",
            static_cast<int>(b.arrived), static_cast<int>(b.count));
    }
    unsigned next = me->number;
    do {
        next = b.reverse ? (next == 0 ? b.count : next) - 1 : (next + 1 == b.count ? 0 : next + 1);
    } while (b.fibers[next].ended && next != me->number);
    Fiber *other = &b.fibers[next];
    if (other != me) {
        b.current = other;
        sn_switch(&me->stack_pointer, other->stack_pointer);
    }
}

// The barrier of a block; a thread that ended counts as one that came.
inline void release_block() {
    Block &b = block();
    if (b.live > 0 && b.arrived == b.live) {
        b.arrived = 0;
        b.generation++;
        b.idle = 0;
    }
}

inline void barrier(int line) {
    Block &b = block();
    if (b.arrived == 0) {
        b.line = line;
    } else if (b.line != line) {
        fail(failed, "waits at the barrier of line %d while others wait at that of line %d", line, b.line);
    }
    unsigned generation = b.generation;
    b.arrived++;
    release_block();
    while (b.generation == generation) {
        yield();
    }
}

inline void run_fiber() {
    Block &b = block();
    b.body(b.parameters);
    Fiber *me = b.current;
    me->ended = true;
    b.live--;
    b.idle = 0;
    Warp &warp = b.warps[me->number / 32];
    warp.live--;
    if (warp.arrived > 0) {
        fail(failed, "ended while others of its warp wait for it");
    }
    release_block();
    yield();
    std::abort();
}

inline void start_fiber(Fiber &fiber, unsigned number) {
    Block &b = block();
    fiber.number = number;
    fiber.thread = {
        number % b.extent.x, number / b.extent.x % b.extent.y, number / b.extent.x / b.extent.y};
    fiber.rounds = fiber.group = 0;
    fiber.ended = false;
    fiber.copies.clear();

    // As after a call: the address to go to, above it one to return to, which stays unused.
    void **top = reinterpret_cast<void **>(b.stacks + (number + 1) * stack_bytes - 64);
    *--top = nullptr;
    *--top = reinterpret_cast<void *>(run_fiber);
    top -= 6;
    std::memset(top, 0, 6 * sizeof *top);
    fiber.stack_pointer = top;
    *reinterpret_cast<std::uint64_t *>(b.stacks + number * stack_bytes) = 0x5AFE57AC5AFE57ACu;
}

}  // namespace sn_emulation
