/* Capture of streams into graphs, and their launch. */
#define _GNU_SOURCE
#include "fake_driver.h"
#include <pthread.h>
#include <stdlib.h>

static Capture *captures;

/* A capture that the calling thread began, in a mode that forbids it what could disturb. */
Capture *fake_thread_capture(void) {
    for (Capture *capture = captures; capture; capture = capture->next)
        if (capture->mode < 2 && capture->thread == pthread_self())
            return capture;
    return NULL;
}

API Result cuStreamBeginCapture_v2(Stream *stream, int mode) {
    ENTER("cuStreamBeginCapture_v2", CONTEXT);
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    if (mode < 0 || mode > 2 || stream->capture)
        return INVALID_VALUE;
    Capture *capture = calloc(1, sizeof *capture);
    capture->graph = calloc(1, sizeof *capture->graph);
    fake_add(&capture->graph->object, GRAPH);
    capture->origin = stream;
    capture->thread = pthread_self();
    capture->mode = mode;
    capture->next = captures;
    captures = capture;
    stream->capture = capture;
    return SUCCESS;
}

static void destroy(Graph *graph) {
    while (graph->first) {
        Operation *operation = graph->first;
        graph->first = operation->next;
        fake_free(operation);
    }
    fake_remove(graph);
    free(graph);
}

API Result cuStreamEndCapture(Stream *stream, Graph **graph) {
    __attribute__((cleanup(fake_leave))) int entered = 1;
    *graph = NULL;

    /* A capture that ends badly has ended. */
    Result refused = fake_enter("cuStreamEndCapture", CONTEXT);
    if (refused == INVALID_CONTEXT || refused == NOT_INITIALIZED)
        return refused;
    if (!fake_is(stream, STREAM))
        return INVALID_HANDLE;
    Capture *capture = stream->capture;
    if (!capture || capture->origin != stream)
        return CAPTURE_UNMATCHED;
    if (capture->mode < 2 && capture->thread != pthread_self())
        return CAPTURE_WRONG_THREAD;
    Result result = refused ? refused : capture->invalid ? CAPTURE_INVALIDATED : SUCCESS;
    for (Object *o = fake_first(); o; o = o->next) {
        if (o->kind == EVENT && ((Event *)o)->capture == capture) {
            ((Event *)o)->capture = NULL;
            ((Event *)o)->recorded = 0;
        }
        Stream *other = (Stream *)o;
        if (o->kind != STREAM || other->capture != capture)
            continue;
        if (other != stream && !other->joined && result == SUCCESS)
            result = CAPTURE_UNJOINED;
        other->capture = NULL;
    }
    for (Capture **c = &captures; *c; c = &(*c)->next)
        if (*c == capture) {
            *c = capture->next;
            break;
        }
    if (result == SUCCESS)
        *graph = capture->graph;
    else
        destroy(capture->graph);
    free(capture);
    return result;
}

API Result cuGraphGetNodes(Graph *graph, void **nodes, size_t *count) {
    ENTER("cuGraphGetNodes", CONTEXT);
    if (!fake_is(graph, GRAPH))
        return INVALID_HANDLE;
    if (nodes)
        return INVALID_VALUE;
    *count = graph->count;
    return SUCCESS;
}

API Result cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, unsigned long long flags) {
    ENTER("cuGraphInstantiateWithFlags", CONTEXT);
    if (!fake_is(graph, GRAPH))
        return INVALID_HANDLE;
    if (flags)
        return INVALID_VALUE;
    Graph *copy = calloc(1, sizeof *copy);
    for (Operation *o = graph->first; o; o = o->next) {
        Operation *next = fake_copy(o);
        if (copy->last)
            copy->last->next = next;
        else
            copy->first = next;
        copy->last = next;
        copy->count++;
    }
    fake_add(&copy->object, EXECUTABLE);
    *executable = copy;
    return SUCCESS;
}

API Result cuGraphLaunch(Graph *executable, Stream *stream) {
    ENTER("cuGraphLaunch", CONTEXT);
    if (!fake_is(executable, EXECUTABLE) || !fake_is(stream, STREAM))
        return INVALID_HANDLE;
    for (Operation *o = executable->first; o; o = o->next) {
        Result result = fake_ask(stream, fake_copy(o));
        if (result)
            return result;
    }
    return SUCCESS;
}

API Result cuGraphExecDestroy(Graph *executable) {
    ENTER("cuGraphExecDestroy", CONTEXT);
    if (!fake_is(executable, EXECUTABLE))
        return INVALID_HANDLE;
    destroy(executable);
    return SUCCESS;
}

API Result cuGraphDestroy(Graph *graph) {
    ENTER("cuGraphDestroy", CONTEXT);
    if (!fake_is(graph, GRAPH))
        return INVALID_HANDLE;
    destroy(graph);
    return SUCCESS;
}
