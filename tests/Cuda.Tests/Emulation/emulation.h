// Runs the text of CUDA kernels on this processor: included before it, and compiled by g++ to a shared object. The
// threads of a block are fibers on one thread of the system, blocks follow one another. It shows missing barriers (run
// every kernel with the threads in both orders), copies that are not waited for, memory that nobody wrote to, and
// threads that wait for each other for ever. It does not show what only the hardware does: races within an
// instruction, missing fences, bank conflicts.
#pragma once
#if !defined(__x86_64__)
#error "the emulation switches between threads with instructions of x86-64"
#endif
#define SN_EMULATION 1
#include "fibers.h"
#include "names.h"
#include "warp.h"
#include "numbers.h"
#include "matrix.h"
#include "launch.h"
