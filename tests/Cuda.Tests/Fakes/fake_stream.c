/* Streams and events. Work is done when someone waits for it, so that a missing wait shows. */
#define _POSIX_C_SOURCE 200809L
#include "fake_driver.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

Operation *fake_copy(const Operation *operation) {
    Operation *copy = memcpy(malloc(sizeof *copy), operation, sizeof *copy);
    copy->next = NULL;
    if (operation->owns_source)
        copy->from = memcpy(malloc(operation->bytes), operation->from, operation->bytes);
    if (operation->parameters) {
        const KernelEntry *entry = operation->function->entry;
        copy->parameters = calloc(entry->parameters + 1, sizeof(void *));
        for (int i = 0; i < entry->parameters; i++)
            copy->parameters[i] = memcpy(malloc(entry->sizes[i]), operation->parameters[i], entry->sizes[i]);
    }
    return copy;
}

void fake_free(Operation *operation) {
    if (operation->owns_source)
        free(operation->from);
    for (int i = 0; operation->parameters && operation->parameters[i]; i++)
        free(operation->parameters[i]);
    free(operation->parameters);
    free(operation);
}

/* Queues an operation, or writes it down while the stream is being captured. Takes the operation. */
Result fake_ask(Stream *stream, Operation *operation) {
    Capture *capture = stream->capture;
    if (!capture) {
        if (stream->last)
            stream->last->next = operation;
        else
            stream->first = operation;
        stream->last = operation;
        stream->asked++;
        return SUCCESS;
    }
    if (capture->invalid) {
        fake_free(operation);
        return CAPTURE_INVALIDATED;
    }
    Graph *graph = capture->graph;
    if (graph->last)
        graph->last->next = operation;
    else
        graph->first = operation;
    graph->last = operation;
    graph->count++;
    stream->joined = 0;
    return SUCCESS;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec * 1e-6;
}

static Result execute(Operation *operation) {
    switch (operation->work) {
    case COPY:
        fake_work("copy %zu", operation->bytes);
        memmove(operation->to, operation->from, operation->bytes);
        return SUCCESS;
    case FILL8:
        fake_work("fill %zu with %u", operation->bytes, operation->value);
        memset(operation->to, (int)operation->value, operation->bytes);
        return SUCCESS;
    case FILL32:
        fake_work("fill %zu with %u", operation->bytes, operation->value);
        for (size_t i = 0; i < operation->bytes / 4; i++)
            ((unsigned *)operation->to)[i] = operation->value;
        return SUCCESS;
    case LAUNCH:
        return fake_run(operation);
    case RECORD:
        operation->event->reached = 1;
        operation->event->milliseconds = now();
        return SUCCESS;
    case WAIT:
        return fake_drain(operation->other, operation->position);
    }
    return SUCCESS;
}

Result fake_drain(Stream *stream, unsigned long long position) {
    while (stream->done < position && stream->first) {
        Operation *operation = stream->first;
        stream->first = operation->next;
        if (!stream->first)
            stream->last = NULL;
        stream->done++;
        Result result = execute(operation);
        fake_free(operation);
        fake_check_memory();
        result = result ? result : fake_current()->sticky;
        if (result) {
            fake_current()->sticky = result;
            return result;
        }
    }
    return SUCCESS;
}

Result fake_drain_all(Context *context) {
    for (Object *o = fake_first(); o; o = o->next)
        if (o->kind == STREAM && o->context == context) {
            Result result = fake_drain((Stream *)o, ((Stream *)o)->asked);
            if (result)
                return result;
        }
    return SUCCESS;
}

API Result cuStreamCreate(Stream **stream, unsigned flags) {
    ENTER("cuStreamCreate", CONTEXT);
    if (flags > 1)
        return INVALID_VALUE;
    *stream = calloc(1, sizeof **stream);
    fake_add(&(*stream)->object, STREAM);
    return SUCCESS;
}

API Result cuStreamDestroy_v2(Stream *stream) {
    ENTER("cuStreamDestroy_v2", CONTEXT);
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    Result result = fake_drain(stream, stream->asked);
    fake_remove(stream);
    free(stream);
    return result;
}

API Result cuStreamSynchronize(Stream *stream) {
    ENTER("cuStreamSynchronize", CONTEXT);
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    if (stream->capture) {
        stream->capture->invalid = 1;
        return CAPTURE_UNSUPPORTED;
    }
    return fake_drain(stream, stream->asked);
}

/* Asking makes some progress, so that who asks long enough gets an answer. */
API Result cuStreamQuery(Stream *stream) {
    ENTER("cuStreamQuery", CONTEXT);
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    if (stream->done == stream->asked)
        return SUCCESS;
    Result result = fake_drain(stream, stream->done + 1);
    return result ? result : NOT_READY;
}

API Result cuEventCreate(Event **event, unsigned flags) {
    ENTER("cuEventCreate", CONTEXT);
    if (flags > 7)
        return INVALID_VALUE;
    *event = calloc(1, sizeof **event);
    (*event)->flags = flags;
    fake_add(&(*event)->object, EVENT);
    return SUCCESS;
}

static Result reach(Event *event) {
    if (event->capture)
        return CAPTURED_EVENT;
    int known = event->recorded && !event->reached && fake_is(event->stream, STREAM);
    return known ? fake_drain(event->stream, event->position) : SUCCESS;
}

API Result cuEventDestroy_v2(Event *event) {
    ENTER("cuEventDestroy_v2", CONTEXT);
    if (!fake_is(event, EVENT))
        return INVALID_HANDLE;
    Result result = event->capture ? SUCCESS : reach(event);
    fake_remove(event);
    free(event);
    return result;
}

API Result cuEventRecord(Event *event, Stream *stream) {
    ENTER("cuEventRecord", CONTEXT);
    if (!fake_is(event, EVENT) || !fake_is(stream, STREAM))
        return INVALID_HANDLE;
    event->recorded = 1;
    event->reached = 0;
    event->stream = stream;
    event->capture = stream->capture;
    if (stream->capture)
        return SUCCESS;
    Operation *operation = calloc(1, sizeof *operation);
    operation->work = RECORD;
    operation->event = event;
    Result result = fake_ask(stream, operation);
    event->position = stream->asked;
    return result;
}

API Result cuEventSynchronize(Event *event) {
    ENTER("cuEventSynchronize", CONTEXT);
    return fake_is(event, EVENT) ? reach(event) : INVALID_HANDLE;
}

API Result cuEventQuery(Event *event) {
    ENTER("cuEventQuery", CONTEXT);
    if (!fake_is(event, EVENT))
        return INVALID_HANDLE;
    if (event->capture)
        return CAPTURED_EVENT;
    if (!event->recorded || event->reached)
        return SUCCESS;
    Result result = fake_drain(event->stream, event->stream->done + 1);
    return result ? result : NOT_READY;
}

API Result cuEventElapsedTime(float *milliseconds, Event *start, Event *end) {
    ENTER("cuEventElapsedTime", CONTEXT);
    if (!fake_is(start, EVENT) || !fake_is(end, EVENT) || !start->recorded || !end->recorded)
        return INVALID_HANDLE;
    if ((start->flags | end->flags) & 2)
        return INVALID_HANDLE;
    if (!start->reached || !end->reached)
        return NOT_READY;
    *milliseconds = (float)(end->milliseconds - start->milliseconds);
    return SUCCESS;
}

API Result cuStreamWaitEvent(Stream *stream, Event *event, unsigned flags) {
    ENTER("cuStreamWaitEvent", CONTEXT);
    if (!fake_is(event, EVENT) || !fake_is(stream, STREAM) || flags)
        return INVALID_HANDLE;
    if (!event->recorded)
        return SUCCESS;
    if (event->capture) {
        /* The stream joins the capture, or takes back one that it forked. */
        if (stream->capture && stream->capture != event->capture)
            return CAPTURE_ISOLATION;
        stream->capture = event->capture;
        stream->joined = 0;
        event->stream->joined = 1;
        return SUCCESS;
    }
    if (stream->capture) {
        stream->capture->invalid = 1;
        return CAPTURE_ISOLATION;
    }
    Operation *operation = calloc(1, sizeof *operation);
    operation->work = WAIT;
    operation->other = event->stream;
    operation->position = event->position;
    return fake_ask(stream, operation);
}
