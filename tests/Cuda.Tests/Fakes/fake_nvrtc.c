/* NVRTC without CUDA. Either it only lists the kernels that a text declares, or it compiles the text with g++ and the
   emulation's header to a shared object, which the fake driver runs. Options are checked as the real one does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum { SUCCESS = 0, INVALID_INPUT = 3, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6, BUILTINS = 7 };

typedef struct {
    char *text, *name, *log;
    void *code;
    size_t code_bytes;
    int is_ptx;
} Program;

static const int architectures[] = {70, 75, 80, 86, 89, 90};
static int version = 12040, emulates, newest = 90, needs_builtins;
static int compiles;
static char header[1024];

API void fakeNvrtcSet(const char *key, long long value) {
    version = !strcmp(key, "version") ? (int)value : version;
    emulates = !strcmp(key, "emulates") ? (int)value : emulates;
    newest = !strcmp(key, "newest") ? (int)value : newest;
    needs_builtins = !strcmp(key, "builtins") ? (int)value : needs_builtins;
}

/* A program that is a process of its own is told by its environment. */
__attribute__((constructor)) static void read_environment(void) {
    const char *path = getenv("SINTER_EMULATION");
    emulates = path != NULL;
    snprintf(header, sizeof header, "%s", path ? path : "");
}

API void fakeNvrtcHeader(const char *path) { snprintf(header, sizeof header, "%s", path); }

API int fakeNvrtcCompiles(void) { return __atomic_load_n(&compiles, __ATOMIC_SEQ_CST); }

API int nvrtcVersion(int *major, int *minor) {
    *major = version / 1000;
    *minor = version % 1000 / 10;
    return SUCCESS;
}

API const char *nvrtcGetErrorString(int result) {
    switch (result) {
    case SUCCESS: return "NVRTC_SUCCESS";
    case INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case COMPILATION: return "NVRTC_ERROR_COMPILATION";
    case BUILTINS: return "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE";
    default: return "NVRTC_ERROR unknown";
    }
}

API int nvrtcGetNumSupportedArchs(int *count) {
    *count = 0;
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        *count += architectures[i] <= newest;
    return SUCCESS;
}

API int nvrtcGetSupportedArchs(int *list) {
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        if (architectures[i] <= newest)
            *list++ = architectures[i];
    return SUCCESS;
}

API int nvrtcCreateProgram(
    Program **made, const char *text, const char *name, int count, const char **headers, const char **names) {
    (void)headers, (void)names;
    if (!text || count)
        return INVALID_INPUT;
    Program *program = calloc(1, sizeof *program);
    program->text = strdup(text);
    program->name = strdup(name ? name : "default_program");
    program->log = strdup("");
    *made = program;
    return SUCCESS;
}

API int nvrtcDestroyProgram(Program **program) {
    if (!program || !*program)
        return INVALID_PROGRAM;
    free((*program)->text);
    free((*program)->name);
    free((*program)->log);
    free((*program)->code);
    free(*program);
    *program = NULL;
    return SUCCESS;
}

static int refuse(Program *program, int result, const char *format, const char *a, int b, const char *c) {
    free(program->log);
    if (asprintf(&program->log, format, a, b, c) < 0)
        abort();
    return result;
}

static int is_name(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The next kernel after a place in the text: its name, the most threads that it says, and where its parameters begin.
   SN_KERNEL(threads) name(...), or __global__ void __launch_bounds__(threads) name(...). */
static const char *next_kernel(const char *at, char *name, size_t room, int *threads) {
    for (;;) {
        const char *word = strstr(at, "SN_KERNEL("), *other = strstr(at, "__global__");
        word = !word || (other && other < word) ? other : word;
        if (!word)
            return NULL;
        const char *line = word;
        while (line > at && line[-1] != '\n')
            line--;
        at = *line == '#' ? word + strcspn(word, "\n") : word + 9;
        if (*line == '#' || (word > line && is_name(word[-1])))
            continue;
        const char *open = strchr(at, '(');
        *threads = 1024;
        if (open && (*word == 'S' || !strncmp(open - 10, "h_bounds__", 10))) {
            *threads = atoi(open + 1);
            const char *close = strchr(open, ')');
            open = close ? strchr(close, '(') : NULL;
        }
        if (!open)
            return NULL;
        const char *end = open;
        while (end[-1] == ' ')
            end--;
        const char *start = end;
        while (is_name(start[-1]))
            start--;
        snprintf(name, room, "%.*s", (int)(end - start), start);
        return open;
    }
}

static void list_kernels(Program *program, int architecture) {
    FILE *out = open_memstream((char **)&program->code, &program->code_bytes);
    if (program->is_ptx)
        fprintf(out, ".version 8.4\n.target sm_%d\n", architecture);
    else
        fprintf(out, "fake cubin sm_%d\n", architecture);
    char name[256];
    int threads;
    for (const char *at = program->text; (at = next_kernel(at, name, sizeof name, &threads));) {
        fprintf(out, program->is_ptx ? ".entry %s" : "kernel %s", name);
        for (at++; *at && *at != ')'; at += *at == ',') {
            char type[200];
            size_t length = strcspn(at, ",)");
            snprintf(type, sizeof type, "%.*s", (int)length, at);
            int wide = strchr(type, '*') || strstr(type, "64") || strstr(type, "long") || strstr(type, "double");
            fputs(wide ? " 8" : " 4", out);
            at += length;
        }
        fputc('\n', out);
    }
    fputc(0, out);
    fclose(out);
}

static void *read_file(const char *path, size_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *data = NULL;
    FILE *out = open_memstream(&data, bytes);
    char part[1 << 14];
    for (size_t got; (got = fread(part, 1, sizeof part, file)) > 0;)
        fwrite(part, 1, got, out);
    fclose(file);
    fclose(out);
    return data;
}

static int emulate(Program *program, int architecture) {
    char folder[] = "/tmp/sinter-emulation-XXXXXX", source[64], shared[64], log[64];
    char *command = NULL;
    if (!mkdtemp(folder))
        return refuse(program, COMPILATION, "error: no temporary folder %s%d%s", "", 0, "");
    snprintf(source, sizeof source, "%s/text.cpp", folder);
    snprintf(shared, sizeof shared, "%s/code.so", folder);
    snprintf(log, sizeof log, "%s/log", folder);
    FILE *out = fopen(source, "w");
    fprintf(out, "#include \"%s\"\n#line 1 \"%s\"\n%s\n", header, program->name, program->text);
    char name[256];
    int threads;
    for (const char *at = program->text; (at = next_kernel(at, name, sizeof name, &threads));)
        fprintf(out, "SN_EMULATED(%s, %d)\n", name, threads);
    fprintf(out, "extern \"C\" const int sn_architecture = %d;\n", architecture);
    fclose(out);
    const char *flags = "-std=c++17 -O1 -w -fPIC -fvisibility=hidden -shared";
    if (asprintf(&command, "LC_ALL=C g++ %s -o %s %s > %s 2>&1", flags, shared, source, log) < 0)
        abort();
    int result = system(command);
    free(command);
    size_t ignored;
    free(program->log);
    program->log = read_file(log, &ignored);
    program->code = result == 0 ? read_file(shared, &program->code_bytes) : NULL;
    unlink(source);
    unlink(shared);
    unlink(log);
    rmdir(folder);
    return program->code ? SUCCESS : COMPILATION;
}

/* A text may ask for an error, as a mistake in it would be told. */
static int find_error(Program *program) {
    int line = 1;
    for (const char *at = program->text; at; at = strchr(at, '\n'), at += at ? 1 : 0, line++)
        if (!strncmp(at, "#error ", 7)) {
            char message[200];
            snprintf(message, sizeof message, "%.*s", (int)strcspn(at + 7, "\n"), at + 7);
            return refuse(
                program, COMPILATION, "%s(%d): error: %s\n\n1 error detected.\n", program->name, line, message);
        }
    return SUCCESS;
}

API int nvrtcCompileProgram(Program *program, int count, const char **options) {
    __atomic_fetch_add(&compiles, 1, __ATOMIC_SEQ_CST);
    int architecture = 52, known = 0;
    for (int i = 0; i < count; i++) {
        const char *option = options[i];
        const char *target = !strncmp(option, "--gpu-architecture=", 19) ? option + 19 : NULL;
        if (target) {
            program->is_ptx = !strncmp(target, "compute_", 8);
            architecture = atoi(strchr(target, '_') + 1);
            continue;
        }
        int stack = !strcmp(option, "--modify-stack-limit=false") && version >= 12000;
        int harmless = !strcmp(option, "--use_fast_math") || !strcmp(option, "-lineinfo");
        if (!stack && !harmless && strncmp(option, "--std=c++", 9))
            return refuse(program, INVALID_OPTION, "nvrtc: error: unrecognized option %s found%.0d%s\n", option, 0, "");
    }
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        known |= architectures[i] == architecture && architecture <= newest;
    if (!known)
        return refuse(
            program, INVALID_OPTION, "nvrtc: error: invalid value for --gpu-architecture (-arch)%s%.0d%s\n", "", 0, "");
    if (needs_builtins) {
        char library[64];
        snprintf(library, sizeof library, "libnvrtc-builtins.so.%d.%d", version / 1000, version % 1000 / 10);
        if (!dlopen(library, RTLD_NOW))
            return refuse(program, BUILTINS, "nvrtc: error: failed to open %s.\n%.0d%s", library, 0,
                          "  Make sure that the builtins library is installed correctly.\n");
    }
    int result = emulates ? SUCCESS : find_error(program);
    if (result == SUCCESS && emulates && !program->is_ptx)
        return emulate(program, architecture);
    if (result == SUCCESS)
        list_kernels(program, architecture);
    return result;
}

API int nvrtcGetCUBINSize(Program *program, size_t *bytes) {
    *bytes = program->is_ptx ? 0 : program->code_bytes;
    return program->code ? SUCCESS : INVALID_PROGRAM;
}

API int nvrtcGetCUBIN(Program *program, char *bytes) {
    memcpy(bytes, program->code, program->code_bytes);
    return SUCCESS;
}

API int nvrtcGetPTXSize(Program *program, size_t *bytes) {
    *bytes = program->is_ptx ? program->code_bytes : 0;
    return program->code ? SUCCESS : INVALID_PROGRAM;
}

API int nvrtcGetPTX(Program *program, char *bytes) {
    memcpy(bytes, program->code, program->code_bytes);
    return SUCCESS;
}

API int nvrtcGetProgramLogSize(Program *program, size_t *bytes) {
    *bytes = strlen(program->log) + 1;
    return SUCCESS;
}

API int nvrtcGetProgramLog(Program *program, char *log) {
    strcpy(log, program->log);
    return SUCCESS;
}
