/* Memory of the device and page-locked memory of the host; copies and fills. */
#include "fake_driver.h"
#include <stdlib.h>
#include <string.h>

/* What nobody has written to: floats of it are no numbers. */
enum { POISON = 0xFF, BORDER = 0xA5, BORDER_BYTES = 256 };

Memory *fake_memory(const void *address, size_t bytes, Kind kind) {
    const unsigned char *first = address;
    for (Object *o = fake_first(); o; o = o->next) {
        Memory *m = (Memory *)o;
        if (o->kind == kind && o->context == fake_current() && first >= m->address
            && bytes <= m->bytes && first - m->address <= (ptrdiff_t)(m->bytes - bytes))
            return m;
    }
    return NULL;
}

static Result allocate(void **address, size_t bytes, Kind kind, size_t room) {
    if (bytes == 0)
        return INVALID_VALUE;
    if (bytes > room)
        return OUT_OF_MEMORY;
    Memory *memory = calloc(1, sizeof *memory);
    size_t rounded = (bytes + 255) & ~(size_t)255;
    memory->base = aligned_alloc(256, rounded + 2 * BORDER_BYTES);
    if (!memory->base) {
        free(memory);
        return OUT_OF_MEMORY;
    }
    memset(memory->base, BORDER, rounded + 2 * BORDER_BYTES);
    memory->address = memory->base + BORDER_BYTES;
    memory->bytes = bytes;
    memset(memory->address, POISON, bytes);
    fake_add(&memory->object, kind);
    *address = memory->address;
    return SUCCESS;
}

/* Writes beside an allocation lose the context, as on a device, where a test would hardly notice them. */
void fake_check_memory(void) {
    for (Object *o = fake_first(); o; o = o->next) {
        Memory *m = (Memory *)o;
        if (o->kind != MEMORY || o->context != fake_current())
            continue;
        size_t rounded = (m->bytes + 255) & ~(size_t)255;
        unsigned char *end = m->base + rounded + 2 * BORDER_BYTES;
        for (unsigned char *p = m->base; p < end; p++) {
            if (p == m->address)
                p = m->address + m->bytes;
            if (*p != BORDER) {
                fake_work("a write %td bytes behind the start of %zu bytes", p - m->address, m->bytes);
                *p = BORDER;
                fake_current()->sticky = ILLEGAL_ADDRESS;
                return;
            }
        }
    }
}

API Result cuMemAlloc_v2(void **address, size_t bytes) {
    ENTER("cuMemAlloc_v2", NO_CAPTURE);
    Context *context = fake_current();
    Result result = allocate(address, bytes, MEMORY, fake_setting("memory") - context->used);
    context->used += result == SUCCESS ? bytes : 0;
    return result;
}

API Result cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
    ENTER("cuMemHostAlloc", NO_CAPTURE);
    (void)flags;
    return allocate(address, bytes, HOST_MEMORY, fake_setting("hostMemory"));
}

static Result release(void *address, Kind kind) {
    Memory *memory = fake_memory(address, 0, kind);
    if (!memory || memory->address != address)
        return INVALID_VALUE;
    Result result = fake_drain_all(fake_current());
    fake_check_memory();
    fake_current()->used -= kind == MEMORY ? memory->bytes : 0;
    fake_remove(memory);
    free(memory->base);
    free(memory);
    return result;
}

API Result cuMemFree_v2(void *address) {
    ENTER("cuMemFree_v2", NO_CAPTURE);
    return release(address, MEMORY);
}

API Result cuMemFreeHost(void *address) {
    ENTER("cuMemFreeHost", NO_CAPTURE);
    return release(address, HOST_MEMORY);
}

API Result cuMemGetInfo_v2(size_t *available, size_t *total) {
    ENTER("cuMemGetInfo_v2", CONTEXT);
    *total = fake_setting("memory");
    *available = *total - fake_current()->used;
    return SUCCESS;
}

static Result copy(Stream *stream, void *to, const void *from, size_t bytes) {
    Operation *operation = calloc(1, sizeof *operation);
    operation->work = COPY;
    operation->to = to;
    operation->from = (void *)from;
    operation->bytes = bytes;
    return fake_ask(stream, operation);
}

API Result cuMemcpyHtoDAsync_v2(void *to, const void *from, size_t bytes, Stream *stream) {
    ENTER("cuMemcpyHtoDAsync_v2", CONTEXT);
    if (bytes == 0)
        return SUCCESS;
    if (!fake_memory(to, bytes, MEMORY))
        return INVALID_VALUE;
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    if (fake_memory(from, bytes, HOST_MEMORY) || stream->capture)
        return copy(stream, to, from, bytes);

    /* Memory that is not page-locked is staged before the call returns. */
    Operation *operation = calloc(1, sizeof *operation);
    operation->work = COPY;
    operation->to = to;
    operation->from = memcpy(malloc(bytes), from, bytes);
    operation->owns_source = 1;
    operation->bytes = bytes;
    return fake_ask(stream, operation);
}

API Result cuMemcpyDtoHAsync_v2(void *to, const void *from, size_t bytes, Stream *stream) {
    ENTER("cuMemcpyDtoHAsync_v2", CONTEXT);
    if (bytes == 0)
        return SUCCESS;
    if (!fake_memory(from, bytes, MEMORY))
        return INVALID_VALUE;
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    Result result = copy(stream, to, from, bytes);
    int waits = !stream->capture && !fake_memory(to, bytes, HOST_MEMORY);
    return result == SUCCESS && waits ? fake_drain(stream, stream->asked) : result;
}

API Result cuMemcpyDtoDAsync_v2(void *to, const void *from, size_t bytes, Stream *stream) {
    ENTER("cuMemcpyDtoDAsync_v2", CONTEXT);
    if (bytes == 0)
        return SUCCESS;
    if (!fake_memory(to, bytes, MEMORY) || !fake_memory(from, bytes, MEMORY))
        return INVALID_VALUE;
    return fake_is(stream, STREAM) ? copy(stream, to, from, bytes) : INVALID_HANDLE;
}

static Result fill(Stream *stream, Work work, void *to, unsigned value, size_t count, size_t size) {
    if (count == 0)
        return SUCCESS;
    if (!fake_memory(to, count * size, MEMORY) || (uintptr_t)to % size != 0)
        return INVALID_VALUE;
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    Operation *operation = calloc(1, sizeof *operation);
    operation->work = work;
    operation->to = to;
    operation->value = value;
    operation->bytes = count * size;
    return fake_ask(stream, operation);
}

API Result cuMemsetD8Async(void *to, unsigned char value, size_t count, Stream *stream) {
    ENTER("cuMemsetD8Async", CONTEXT);
    return fill(stream, FILL8, to, value, count, 1);
}

API Result cuMemsetD32Async(void *to, unsigned value, size_t count, Stream *stream) {
    ENTER("cuMemsetD32Async", CONTEXT);
    return fill(stream, FILL32, to, value, count, 4);
}
