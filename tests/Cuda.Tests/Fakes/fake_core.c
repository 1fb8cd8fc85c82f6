/* Control by the tests, errors, devices, contexts. */
#define _GNU_SOURCE
#include "fake_driver.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t gate = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static __thread Context *current;
static Context contexts[16];
static Object *objects;
static int started, leaked;
static size_t calls_used, work_used;
static char calls[1 << 20], work[1 << 20];

static struct { const char *key; long long value; } settings[] = {
    {"devices", 1}, {"version", 12040}, {"memory", 1 << 30}, {"hostMemory", 1 << 30}, {"capability", 90},
    {"multiprocessors", 132}, {"reverse", 0}, {"watchdog", 300},
};

static struct { char call[64]; Result result; int skip, times; } failures[32];

long long fake_setting(const char *key) {
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (!strcmp(settings[i].key, key))
            return settings[i].value;
    abort();
}

API void fakeSet(const char *key, long long value) {
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (!strcmp(settings[i].key, key))
            settings[i].value = value;
}

/* Fails a call, after a number of successes, a number of times. */
API void fakeFail(const char *call, int result, int skip, int times) {
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].times == 0) {
            snprintf(failures[i].call, sizeof failures[i].call, "%s", call);
            failures[i].result = result;
            failures[i].skip = skip;
            failures[i].times = times;
            return;
        }
}

/* What lives: memory, hostMemory, modules, functions, streams, events, graphs, executables; contexts, leaks, bytes. */
API long long fakeCount(const char *what) {
    static const char *names[] = {
        "memory", "hostMemory", "modules", "functions", "streams", "events", "graphs", "executables"};
    long long count = 0;
    pthread_mutex_lock(&gate);
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(names[i], what))
            for (Object *o = objects; o; o = o->next)
                count += o->kind == (Kind)i;
    for (int i = 0; i < 16; i++) {
        count += !strcmp(what, "contexts") ? contexts[i].retained : 0;
        count += !strcmp(what, "bytes") ? (long long)contexts[i].used : 0;
    }
    count += !strcmp(what, "leaks") ? leaked : 0;
    pthread_mutex_unlock(&gate);
    return count;
}

API const char *fakeCalls(void) { return calls; }
API const char *fakeWork(void) { return work; }
API void fakeForget(void) { calls_used = work_used = calls[0] = work[0] = 0; }

void fake_work(const char *format, ...) {
    va_list list;
    va_start(list, format);
    size_t room = sizeof work - work_used;
    int length = vsnprintf(work + work_used, room, format, list);
    va_end(list);
    if (length > 0 && (size_t)length + 1 < room) {
        work_used += length;
        work[work_used++] = '\n';
        work[work_used] = 0;
    }
}

Result fake_enter(const char *name, int needs) {
    pthread_mutex_lock(&gate);
    size_t length = strlen(name);
    if (calls_used + length + 2 < sizeof calls) {
        memcpy(calls + calls_used, name, length);
        calls_used += length;
        calls[calls_used++] = '\n';
        calls[calls_used] = 0;
    }
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].times > 0 && !strcmp(failures[i].call, name)) {
            if (failures[i].skip > 0) {
                failures[i].skip--;
                continue;
            }
            failures[i].times--;
            return failures[i].result;
        }
    if (needs >= STARTED && !started)
        return NOT_INITIALIZED;
    if (needs >= CONTEXT && (!current || current->retained == 0))
        return INVALID_CONTEXT;
    if (needs >= CONTEXT && current->sticky)
        return current->sticky;
    Capture *capture = fake_thread_capture();
    if (needs >= NO_CAPTURE && capture) {
        capture->invalid = 1;
        return CAPTURE_UNSUPPORTED;
    }
    return SUCCESS;
}

void fake_leave(int *entered) {
    (void)entered;
    pthread_mutex_unlock(&gate);
}

void fake_add(Object *object, Kind kind) {
    object->kind = kind;
    object->context = current;
    object->next = objects;
    objects = object;
}

int fake_is(const void *handle, Kind kind) {
    for (Object *o = objects; o; o = o->next)
        if (o == handle)
            return o->kind == kind && o->context == current;
    return 0;
}

void fake_remove(void *handle) {
    for (Object **o = &objects; *o; o = &(*o)->next)
        if (*o == handle) {
            *o = (*o)->next;
            return;
        }
}

Object *fake_first(void) { return objects; }
Context *fake_current(void) { return current; }

API Result cuInit(unsigned flags) {
    ENTER("cuInit", NOTHING);
    if (flags)
        return INVALID_VALUE;
    started = 1;
    return fake_setting("devices") ? SUCCESS : NO_DEVICE;
}

API Result cuDriverGetVersion(int *version) {
    ENTER("cuDriverGetVersion", NOTHING);
    *version = (int)fake_setting("version");
    return SUCCESS;
}

static const struct { Result result; const char *name, *text; } names[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {702, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
    {903, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "capture was not initiated in this stream"},
    {904, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "capturing stream has unjoined work"},
    {905, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "dependency created on uncaptured work in another stream"},
    {907, "CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event last recorded in a capturing stream"},
    {908, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "attempt to terminate a capture sequence from another thread"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

static Result describe(Result result, const char **text, int long_text) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].result == result) {
            *text = long_text ? names[i].text : names[i].name;
            return SUCCESS;
        }
    *text = NULL;
    return INVALID_VALUE;
}

API Result cuGetErrorName(Result result, const char **text) { return describe(result, text, 0); }
API Result cuGetErrorString(Result result, const char **text) { return describe(result, text, 1); }

API Result cuDeviceGetCount(int *count) {
    ENTER("cuDeviceGetCount", STARTED);
    *count = (int)fake_setting("devices");
    return SUCCESS;
}

API Result cuDeviceGet(int *device, int ordinal) {
    ENTER("cuDeviceGet", STARTED);
    if (ordinal < 0 || ordinal >= fake_setting("devices"))
        return INVALID_DEVICE;
    *device = ordinal;
    return SUCCESS;
}

API Result cuDeviceGetName(char *name, int length, int device) {
    ENTER("cuDeviceGetName", STARTED);
    if (device < 0 || device >= fake_setting("devices"))
        return INVALID_DEVICE;
    snprintf(name, length, "Fake GPU %d", device);
    return SUCCESS;
}

API Result cuDeviceTotalMem_v2(size_t *bytes, int device) {
    ENTER("cuDeviceTotalMem_v2", STARTED);
    if (device < 0 || device >= fake_setting("devices"))
        return INVALID_DEVICE;
    *bytes = fake_setting("memory");
    return SUCCESS;
}

API Result cuDeviceGetAttribute(int *value, int attribute, int device) {
    ENTER("cuDeviceGetAttribute", STARTED);
    if (device < 0 || device >= fake_setting("devices"))
        return INVALID_DEVICE;
    switch (attribute) {
    case 1: *value = 1024; break;
    case 8: *value = 48 << 10; break;
    case 10: *value = 32; break;
    case 13: *value = 1980000; break;
    case 16: *value = (int)fake_setting("multiprocessors"); break;
    case 20: *value = 0; break;
    case 38: *value = 50 << 20; break;
    case 39: *value = 2048; break;
    case 75: *value = (int)fake_setting("capability") / 10; break;
    case 76: *value = (int)fake_setting("capability") % 10; break;
    case 81: *value = 228 << 10; break;
    case 82: *value = 65536; break;
    case 97: *value = 227 << 10; break;
    default: return INVALID_VALUE;
    }
    return SUCCESS;
}

API Result cuDevicePrimaryCtxRetain(Context **context, int device) {
    ENTER("cuDevicePrimaryCtxRetain", STARTED);
    if (device < 0 || device >= fake_setting("devices") || device >= 16)
        return INVALID_DEVICE;
    contexts[device].device = device;
    contexts[device].retained++;
    *context = &contexts[device];
    return SUCCESS;
}

API Result cuDevicePrimaryCtxRelease_v2(int device) {
    ENTER("cuDevicePrimaryCtxRelease_v2", STARTED);
    if (device < 0 || device >= 16 || contexts[device].retained == 0)
        return INVALID_CONTEXT;
    if (--contexts[device].retained == 0) {
        for (Object *o = objects; o; o = o->next)
            leaked += o->context == &contexts[device] && o->kind != FUNCTION;
        contexts[device].sticky = 0;
    }
    return SUCCESS;
}

API Result cuCtxSetCurrent(Context *context) {
    ENTER("cuCtxSetCurrent", STARTED);
    if (context && context->retained == 0)
        return INVALID_CONTEXT;
    current = context;
    return SUCCESS;
}

API Result cuCtxGetCurrent(Context **context) {
    ENTER("cuCtxGetCurrent", STARTED);
    *context = current;
    return SUCCESS;
}

API Result cuCtxSynchronize(void) {
    ENTER("cuCtxSynchronize", NO_CAPTURE);
    return fake_drain_all(current);
}
