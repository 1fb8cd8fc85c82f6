/* A CUDA driver without a GPU: device memory is the host's, work is queued and done when someone waits for it. It
   keeps the rules of the real one as documented (handles belong to contexts, a context is current per thread, what a
   capture forbids), counts what lives, and fails where a test tells it to. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define API __attribute__((visibility("default")))

typedef int Result;

enum {
    SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100, INVALID_DEVICE = 101,
    INVALID_IMAGE = 200, INVALID_CONTEXT = 201, NO_BINARY = 209, INVALID_PTX = 218, OPERATING_SYSTEM = 304,
    INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901, CAPTURE_UNMATCHED = 903, CAPTURE_UNJOINED = 904, CAPTURE_ISOLATION = 905,
    CAPTURED_EVENT = 907, CAPTURE_WRONG_THREAD = 908
};

typedef enum { MEMORY, HOST_MEMORY, MODULE, FUNCTION, STREAM, EVENT, GRAPH, EXECUTABLE, KINDS } Kind;

typedef struct Context {
    int device, retained, sticky;
    size_t used;
} Context;

/* The head of every object that a handle stands for. */
typedef struct Object {
    Kind kind;
    Context *context;
    struct Object *next;
} Object;

/* A block of memory, with room on both sides that must not change. */
typedef struct {
    Object object;
    unsigned char *base, *address;
    size_t bytes;
} Memory;

/* What an emulated module exports for each kernel, and what a recorded one gets made up. */
typedef struct {
    const char *name;
    int parameters;
    const unsigned *sizes;
    int max_threads;
    unsigned static_shared;
    /* Returns 0, or a result of the driver with a message. */
    int (*run)(void **parameters, const unsigned *grid, const unsigned *block, unsigned shared, int reverse,
               char *message, size_t room);
} KernelEntry;

typedef struct Function {
    Object object;
    const KernelEntry *entry;
    int shared_limit;
    struct Module *module;
} Function;

typedef struct Module {
    Object object;
    void *library;
    KernelEntry *recorded;
    int count;
} Module;

typedef enum { COPY, FILL8, FILL32, LAUNCH, RECORD, WAIT } Work;

typedef struct Operation {
    Work work;
    void *to;
    void *from;
    size_t bytes;
    unsigned value;
    int owns_source;
    Function *function;
    unsigned grid[3], block[3], shared;
    void **parameters;
    struct Event *event;
    struct Stream *other;
    unsigned long long position;
    struct Operation *next;
} Operation;

typedef struct Graph {
    Object object;
    Operation *first, *last;
    size_t count;
} Graph;

typedef struct Capture {
    Graph *graph;
    struct Stream *origin;
    unsigned long thread;
    int mode, invalid;
    struct Capture *next;
} Capture;

typedef struct Stream {
    Object object;
    Operation *first, *last;
    unsigned long long asked, done;
    Capture *capture;
    int joined;
} Stream;

typedef struct Event {
    Object object;
    unsigned flags;
    Stream *stream;
    unsigned long long position;
    Capture *capture;
    int recorded, reached;
    double milliseconds;
} Event;

/* What a call needs: a started driver, a current context, and no capture by its thread. */
enum { NOTHING, STARTED, CONTEXT, NO_CAPTURE };

#define ENTER(name, needs) \
    __attribute__((cleanup(fake_leave))) int entered = 1; \
    do { \
        Result refused = fake_enter(name, needs); \
        if (refused) \
            return refused; \
    } while (0)

Result fake_enter(const char *name, int needs);
void fake_leave(int *entered);
long long fake_setting(const char *key);
void fake_add(Object *object, Kind kind);
int fake_is(const void *handle, Kind kind);
void fake_remove(void *handle);
Object *fake_first(void);
Context *fake_current(void);
void fake_work(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fake_check_memory(void);
Memory *fake_memory(const void *address, size_t bytes, Kind kind);

Result fake_ask(Stream *stream, Operation *operation);
Result fake_drain(Stream *stream, unsigned long long position);
Result fake_drain_all(Context *context);
Operation *fake_copy(const Operation *operation);
void fake_free(Operation *operation);
Capture *fake_thread_capture(void);
Result fake_run(Operation *operation);
