/* Modules, kernels, launches. A module's image is a shared object, whose kernels run on this processor, or a text that
   lists kernels, which are only written down; or PTX, of which only the entries are read. */
#define _GNU_SOURCE
#include "fake_driver.h"
#include <dlfcn.h>
#include <elf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PARAMETERS = 64 };

/* Code for one generation runs on no other; PTX of an older one does. */
static int fits(int architecture, int is_ptx) {
    int device = (int)fake_setting("capability");
    return architecture <= device && (is_ptx || architecture / 10 == device / 10);
}

static Result open_shared(Module *module, const unsigned char *image) {
    const Elf64_Ehdr *header = (const void *)image;
    size_t bytes = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;

    /* A name of its own: the loader takes a name that it knows for the library that it knows. */
    char path[] = "/tmp/sinter-module-XXXXXX";
    int file = mkstemp(path);
    if (file < 0)
        return OPERATING_SYSTEM;
    int written = write(file, image, bytes) == (ssize_t)bytes;
    close(file);
    module->library = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    unlink(path);
    if (!module->library) {
        fake_work("module: %s", dlerror());
        return INVALID_IMAGE;
    }
    const int *architecture = dlsym(module->library, "sn_architecture");
    return !architecture || fits(*architecture, 0) ? SUCCESS : NO_BINARY;
}

/* "fake cubin sm_90" or ".target sm_86", then a line "kernel NAME" or ".entry NAME" for each kernel, with
   the bytes of each parameter. */
static Result open_text(Module *module, const char *text, char *log, size_t room) {
    int is_ptx = text[0] == '.';
    const char *target = strstr(text, is_ptx ? ".target sm_" : "fake cubin sm_");
    if (!target)
        return INVALID_IMAGE;
    if (is_ptx && strstr(text, "bogus")) {
        snprintf(
            log, room, "ptxas application ptx input, line 3; error : Not a name of any known instruction: 'bogus'");
        return INVALID_PTX;
    }
    if (!fits(atoi(strstr(target, "sm_") + 3), is_ptx))
        return NO_BINARY;
    const char *word = is_ptx ? ".entry " : "kernel ";
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
        char name[256];
        int length = 0, parameters = 0;
        unsigned *sizes = calloc(MOST_PARAMETERS, sizeof *sizes);
        if (sscanf(at + 7, "%255s%n", name, &length) < 1)
            return INVALID_IMAGE;
        for (const char *next = at + 7 + length; *next == ' ' && parameters < MOST_PARAMETERS; next += 2)
            sizes[parameters++] = (unsigned)(next[1] - '0');
        module->recorded = realloc(module->recorded, (module->count + 1) * sizeof(KernelEntry));
        KernelEntry *entry = &module->recorded[module->count++];
        memset(entry, 0, sizeof *entry);
        entry->name = strdup(name);
        entry->parameters = parameters;
        entry->sizes = sizes;
        entry->max_threads = 1024;
    }
    return SUCCESS;
}

API Result cuModuleLoadDataEx(Module **loaded, const void *image, unsigned count, int *options, void **values) {
    ENTER("cuModuleLoadDataEx", CONTEXT);
    char nowhere[1];
    char *log = nowhere;
    size_t room = 0;
    for (unsigned i = 0; i < count; i++) {
        log = options[i] == 5 ? values[i] : log;
        room = options[i] == 6 ? (size_t)(uintptr_t)values[i] : room;
    }
    if (!image)
        return INVALID_VALUE;
    Module *module = calloc(1, sizeof *module);
    Result result = !memcmp(image, ELFMAG, SELFMAG) ? open_shared(module, image) : open_text(module, image, log, room);
    if (result) {
        free(module);
        return result;
    }
    fake_add(&module->object, MODULE);
    *loaded = module;
    return SUCCESS;
}

API Result cuModuleGetFunction(Function **found, Module *module, const char *name) {
    ENTER("cuModuleGetFunction", CONTEXT);
    if (!fake_is(module, MODULE))
        return INVALID_HANDLE;
    const KernelEntry *entry = NULL;
    for (int i = 0; i < module->count; i++)
        if (!strcmp(module->recorded[i].name, name))
            entry = &module->recorded[i];
    if (module->library) {
        char symbol[300];
        snprintf(symbol, sizeof symbol, "sn_entry_%s", name);
        entry = dlsym(module->library, symbol);
    }
    if (!entry)
        return NOT_FOUND;
    Function *function = calloc(1, sizeof *function);
    function->entry = entry;
    function->shared_limit = (48 << 10) - (int)entry->static_shared;
    function->module = module;
    fake_add(&function->object, FUNCTION);
    *found = function;
    return SUCCESS;
}

API Result cuModuleUnload(Module *module) {
    ENTER("cuModuleUnload", CONTEXT);
    if (!fake_is(module, MODULE))
        return INVALID_HANDLE;
    Result result = fake_drain_all(fake_current());
    for (Object *o = fake_first(), *next; o; o = next) {
        next = o->next;
        if (o->kind == FUNCTION && ((Function *)o)->module == module) {
            fake_remove(o);
            free(o);
        }
    }
    if (module->library)
        dlclose(module->library);
    for (int i = 0; i < module->count; i++) {
        free((char *)module->recorded[i].name);
        free((unsigned *)module->recorded[i].sizes);
    }
    free(module->recorded);
    fake_remove(module);
    free(module);
    return result;
}

API Result cuFuncGetAttribute(int *value, int attribute, Function *function) {
    ENTER("cuFuncGetAttribute", CONTEXT);
    if (!fake_is(function, FUNCTION))
        return INVALID_HANDLE;
    switch (attribute) {
    case 0: *value = function->entry->max_threads; break;
    case 1: *value = (int)function->entry->static_shared; break;
    case 3: *value = 0; break;
    case 4: *value = 32; break;
    case 8: *value = function->shared_limit; break;
    default: return INVALID_VALUE;
    }
    return SUCCESS;
}

API Result cuFuncSetAttribute(Function *function, int attribute, int value) {
    ENTER("cuFuncSetAttribute", CONTEXT);
    if (!fake_is(function, FUNCTION))
        return INVALID_HANDLE;
    if (attribute != 8 || value < 0 || value + (int)function->entry->static_shared > 227 << 10)
        return INVALID_VALUE;
    function->shared_limit = value;
    return SUCCESS;
}

API Result cuFuncGetParamInfo(Function *function, size_t index, size_t *offset, size_t *size) {
    ENTER("cuFuncGetParamInfo", CONTEXT);
    if (!fake_is(function, FUNCTION))
        return INVALID_HANDLE;
    if (index >= (size_t)function->entry->parameters)
        return INVALID_VALUE;
    *offset = 8 * index;
    *size = function->entry->sizes[index];
    return SUCCESS;
}

API Result cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, Function *function, int threads, size_t shared) {
    ENTER("cuOccupancyMaxActiveBlocksPerMultiprocessor", CONTEXT);
    if (!fake_is(function, FUNCTION))
        return INVALID_HANDLE;
    if (threads < 1 || threads > function->entry->max_threads)
        return INVALID_VALUE;
    int by_threads = 2048 / threads;
    size_t each = shared + function->entry->static_shared + 1024;
    int by_shared = (int)((228 << 10) / each);
    *blocks = by_threads < by_shared ? by_threads : by_shared;
    return SUCCESS;
}

API Result cuLaunchKernel(
    Function *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
    unsigned block_z, unsigned shared, Stream *stream, void **parameters, void **extra) {
    ENTER("cuLaunchKernel", CONTEXT);
    if (!fake_is(function, FUNCTION) || !fake_is(stream, STREAM))
        return INVALID_HANDLE;
    unsigned long long threads = (unsigned long long)block_x * block_y * block_z;
    if (extra || !grid_x || !grid_y || !grid_z || !threads || grid_x > 0x7FFFFFFF || grid_y > 65535 || grid_z > 65535
        || block_x > 1024 || block_y > 1024 || block_z > 64 || threads > (unsigned)function->entry->max_threads
        || shared > (unsigned)function->shared_limit || (function->entry->parameters && !parameters))
        return INVALID_VALUE;
    Operation *operation = calloc(1, sizeof *operation);
    operation->work = LAUNCH;
    operation->function = function;
    memcpy(operation->grid, (unsigned[]){grid_x, grid_y, grid_z}, sizeof operation->grid);
    memcpy(operation->block, (unsigned[]){block_x, block_y, block_z}, sizeof operation->block);
    operation->shared = shared;
    int count = function->entry->parameters;
    operation->parameters = calloc(count + 1, sizeof(void *));
    for (int i = 0; i < count; i++) {
        unsigned bytes = function->entry->sizes[i];
        operation->parameters[i] = memcpy(malloc(bytes), parameters[i], bytes);
    }
    return fake_ask(stream, operation);
}

/* A kernel that never ends could not be stopped: the process ends instead, and says why. */
static void give_up(int signal, siginfo_t *information, void *context) {
    (void)signal, (void)context;
    const char *name = information->si_value.sival_ptr, *text = " runs too long on the emulation: an endless loop?\n";
    if (write(2, name, strlen(name)) >= 0 && write(2, text, strlen(text)) >= 0)
        abort();
}

static int watch(const char *name, timer_t *timer) {
    struct sigaction action = {.sa_sigaction = give_up, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    event.sigev_value.sival_ptr = (void *)name;
    struct itimerspec limit = {.it_value.tv_sec = fake_setting("watchdog")};
    sigaction(SIGALRM, &action, NULL);
    return timer_create(CLOCK_MONOTONIC, &event, timer) == 0 && timer_settime(*timer, 0, &limit, NULL) == 0;
}

Result fake_run(Operation *o) {
    const KernelEntry *entry = o->function->entry;
    char line[1024];
    size_t used = (size_t)snprintf(
        line, sizeof line, "%s <%u %u %u> <%u %u %u> %u", entry->name, o->grid[0], o->grid[1], o->grid[2], o->block[0],
        o->block[1], o->block[2], o->shared);
    for (int i = 0; !entry->run && i < entry->parameters && used < sizeof line; i++)
        used += (size_t)snprintf(
            line + used, sizeof line - used, " %llx",
            entry->sizes[i] == 8 ? *(unsigned long long *)o->parameters[i] : *(unsigned *)o->parameters[i]);
    fake_work("%s", line);
    if (!entry->run)
        return SUCCESS;
    char message[256] = "";
    timer_t timer;
    int watched = watch(entry->name, &timer);
    int result = entry->run(
        o->parameters, o->grid, o->block, o->shared, (int)fake_setting("reverse"), message, sizeof message);
    if (watched)
        timer_delete(timer);
    if (result)
        fake_work("%s: %s", entry->name, message);
    return result;
}
