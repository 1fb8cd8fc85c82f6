// Runs the blocks of a launch, and describes a kernel to the driver.
#pragma once
#include <utility>
#include "fibers.h"

namespace sn_emulation {

inline void *map(std::size_t bytes) {
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        std::abort();
    }
    return memory;
}

inline void prepare(Block &b, unsigned shared) {
    if (b.stacks == nullptr) {
        b.stacks = static_cast<unsigned char *>(map(1024 * stack_bytes));
        b.static_shared = static_cast<unsigned char *>(map(shared_bytes));
        b.dynamic_shared = static_cast<unsigned char *>(map(shared_bytes + border_bytes));
    }
    b.fibers.resize(b.count);
    b.warps.resize((b.count + 31) / 32);
    b.static_used = 128;
    std::memset(b.static_offsets, 0, sizeof b.static_offsets);
    std::memset(b.dynamic_shared, poison, shared);
    std::memset(b.dynamic_shared + shared, border, border_bytes);
    std::memset(b.static_shared, poison, 48 << 10);
    b.live = b.count;
    b.arrived = b.idle = 0;
    b.result = success;
    for (Warp &warp : b.warps) {
        warp.live = warp.arrived = 0;
    }
    for (unsigned i = 0; i < b.count; i++) {
        start_fiber(b.fibers[i], i);
        b.warps[i / 32].live++;
    }
    b.current = &b.fibers[b.reverse ? b.count - 1 : 0];
}

inline void check(Block &b, unsigned shared) {
    for (unsigned i = 0; i < border_bytes && b.result == success; i++) {
        if (b.dynamic_shared[shared + i] != border) {
            b.result = illegal_address;
            std::snprintf(
                b.message, sizeof b.message, "a write %u bytes behind the %u of dynamic shared memory", i, shared);
        }
    }
    for (unsigned i = 0; i < b.count && b.result == success; i++) {
        if (*reinterpret_cast<std::uint64_t *>(b.stacks + i * stack_bytes) != 0x5AFE57AC5AFE57ACu) {
            b.result = failed;
            std::snprintf(b.message, sizeof b.message, "thread %u used more than %zu bytes of stack", i, stack_bytes);
        }
    }
}

inline int run_grid(
    void (*body)(void **), void **parameters, const unsigned *grid, const unsigned *threads, unsigned shared,
    int reverse, char *message, std::size_t room) {
    if (only_block == nullptr) {
        only_block = new Block();
    }
    Block &b = block();
    b.body = body;
    b.parameters = parameters;
    b.grid = {grid[0], grid[1], grid[2]};
    b.extent = {threads[0], threads[1], threads[2]};
    b.count = threads[0] * threads[1] * threads[2];
    b.reverse = reverse != 0;
    std::uint64_t blocks = static_cast<std::uint64_t>(grid[0]) * grid[1] * grid[2];
    for (std::uint64_t i = 0; i < blocks; i++) {
        std::uint64_t number = b.reverse ? blocks - 1 - i : i;
        b.index = {
            static_cast<unsigned>(number % grid[0]), static_cast<unsigned>(number / grid[0] % grid[1]),
            static_cast<unsigned>(number / grid[0] / grid[1])};
        prepare(b, shared);
        sn_switch(&b.main_stack_pointer, b.current->stack_pointer);
        check(b, shared);
        if (b.result != success) {
            std::snprintf(message, room, "%s", b.message);
            return b.result;
        }
    }
    return success;
}

template <auto Kernel>
struct Launcher;

template <class... Arguments, void (*Kernel)(Arguments...)>
struct Launcher<Kernel> {
    static constexpr unsigned sizes[sizeof...(Arguments) + 1] = {sizeof(Arguments)..., 0};
    static constexpr int count = sizeof...(Arguments);

    template <std::size_t... I>
    static void spread(void **parameters, std::index_sequence<I...>) {
        Kernel(*static_cast<Arguments *>(parameters[I])...);
    }

    static void body(void **parameters) { spread(parameters, std::index_sequence_for<Arguments...>()); }

    static int run(
        void **parameters, const unsigned *grid, const unsigned *threads, unsigned shared, int reverse, char *message,
        std::size_t room) {
        return run_grid(body, parameters, grid, threads, shared, reverse, message, room);
    }
};

}  // namespace sn_emulation

// As the driver of the tests declares it.
struct sn_kernel_entry {
    const char *name;
    int parameters;
    const unsigned *sizes;
    int max_threads;
    unsigned static_shared;
    int (*run)(void **, const unsigned *, const unsigned *, unsigned, int, char *, std::size_t);
};

#define SN_EMULATED(kernel, threads) \
    extern "C" __attribute__((visibility("default"))) const sn_kernel_entry sn_entry_##kernel = { \
        #kernel, sn_emulation::Launcher<&kernel>::count, sn_emulation::Launcher<&kernel>::sizes, threads, 0, \
        &sn_emulation::Launcher<&kernel>::run};
