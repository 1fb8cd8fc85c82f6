/* Linked into native programs for x64: what a processor must have is looked at before the runtime starts, whose own
   check says neither what is missing nor what to do. SINTER_NEEDS is a list of names, each between commas. */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AX, BX, CX, DX };
enum { NOTHING = 0, AVX = 0x6, AVX512 = 0xE6 };

/* Where the processor says that it has something, and which registers the system must keep for it. What the native
   compiler calls one set has several rows, next to each other. */
static const struct feature {
    const char *set;
    unsigned leaf, subleaf, place, bit, registers;
} features[] = {
    { ",sse4.2,", 1, 0, CX, 20, NOTHING },
    { ",sse4.2,", 1, 0, CX, 23, NOTHING },      /* popcnt */
    { ",avx,", 1, 0, CX, 28, AVX },
    { ",avx2,", 7, 0, BX, 5, AVX },
    { ",avx2,", 1, 0, CX, 12, AVX },            /* fma */
    { ",avx2,", 1, 0, CX, 22, NOTHING },        /* movbe */
    { ",avx2,", 0x80000001, 0, CX, 5, NOTHING }, /* lzcnt */
    { ",avx2,", 7, 0, BX, 3, NOTHING },         /* bmi */
    { ",avx2,", 7, 0, BX, 8, NOTHING },         /* bmi2 */
    { ",avxvnni,", 7, 1, AX, 4, AVX },
    { ",avx512,", 7, 0, BX, 16, AVX512 },       /* f */
    { ",avx512,", 7, 0, BX, 17, AVX512 },       /* dq */
    { ",avx512,", 7, 0, BX, 28, AVX512 },       /* cd */
    { ",avx512,", 7, 0, BX, 30, AVX512 },       /* bw */
    { ",avx512,", 7, 0, BX, 31, AVX512 },       /* vl */
    { ",avx512v2,", 7, 0, BX, 21, AVX512 },     /* ifma */
    { ",avx512v2,", 7, 0, CX, 1, AVX512 },      /* vbmi */
};

static unsigned kept_registers(void) {
    unsigned part[4], low, high;
    int readable = __get_cpuid(1, &part[AX], &part[BX], &part[CX], &part[DX]) && part[CX] & (1u << 27);
    if (!readable)
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(const struct feature *feature, unsigned registers) {
    unsigned part[4];
    return __get_cpuid_count(feature->leaf, feature->subleaf, &part[AX], &part[BX], &part[CX], &part[DX])
        && part[feature->place] & (1u << feature->bit)
        && (registers & feature->registers) == feature->registers;
}

__attribute__((constructor)) static void sinter_check_processor(void) {
    char missing[sizeof features / sizeof *features * 16] = "";
    unsigned registers = kept_registers();
    const char *told = "";
    for (unsigned i = 0; i < sizeof features / sizeof *features; i++) {
        const struct feature *feature = &features[i];
        int lacks = strstr(SINTER_NEEDS, feature->set) && !has(feature, registers);
        if (lacks && strcmp(told, feature->set) != 0) {
            told = feature->set;
            strcat(missing, *missing ? ", " : "");
            strncat(missing, told + 1, strlen(told) - 2);
        }
    }

    if (*missing) {
        fprintf(stderr,
            "error: this program was built for processors with instruction sets that this one lacks: %s. Publish it "
            "again with -p:SinterInstructionSet=x64-v3 for processors since 2013, or x64-v2 for older ones (slow).\n",
            missing);
        exit(1);
    }
}
