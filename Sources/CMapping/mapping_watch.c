#include "mapping_watch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// The handler reads the table while other threads change it, and may take no lock: an entry
// counts from the moment its length is there until the length is 0 again.
struct petl_mapping {
  atomic_bool taken;
  atomic_uintptr_t start;
  atomic_size_t length;
  atomic_bool broken;
};

enum { PER_BLOCK = 64 };

struct block {
  struct petl_mapping entries[PER_BLOCK];
  _Atomic(struct block *) next;
};

static struct block table;
static struct sigaction previous;
static uintptr_t page_size;

static struct petl_mapping *find(uintptr_t address) {
  for (struct block *block = &table; block; block = atomic_load(&block->next)) {
    for (int i = 0; i < PER_BLOCK; i++) {
      struct petl_mapping *entry = &block->entries[i];
      size_t length = atomic_load(&entry->length);
      if (length > 0 && address - atomic_load(&entry->start) < length) return entry;
    }
  }
  return NULL;
}

static void on_bus_error(int signal, siginfo_t *info, void *context) {
  (void)context;
  int error = errno;
  uintptr_t address = (uintptr_t)info->si_addr;
  // Not what `kill` sent, which has no address.
  bool is_fault = info->si_code > 0;
  struct petl_mapping *entry = is_fault ? find(address) : NULL;
  if (entry) {
    atomic_store(&entry->broken, true);
    uintptr_t page = address & ~(page_size - 1);
    uintptr_t end = atomic_load(&entry->start) + atomic_load(&entry->length);
    void *zeros = mmap((void *)page, end - page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (zeros != MAP_FAILED) {
      errno = error;
      return;
    }
  }
  // A fault comes again as soon as this returns, and finds who was there before us.
  sigaction(signal, &previous, NULL);
  if (!is_fault) raise(signal);
  errno = error;
}

static void install(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {0};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
}

static struct petl_mapping *take_free(struct block *block) {
  for (int i = 0; i < PER_BLOCK; i++) {
    bool expected = false;
    if (atomic_compare_exchange_strong(&block->entries[i].taken, &expected, true)) {
      return &block->entries[i];
    }
  }
  return NULL;
}

struct petl_mapping *petl_mapping_watch(void *start, size_t length) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  struct petl_mapping *entry;
  struct block *block = &table;
  while (!(entry = take_free(block))) {
    struct block *next = atomic_load(&block->next);
    if (!next) {
      // Blocks are never freed: the handler may be looking at one.
      struct block *fresh = calloc(1, sizeof *fresh);
      if (!fresh) return NULL;
      if (atomic_compare_exchange_strong(&block->next, &next, fresh)) {
        next = fresh;
      } else {
        free(fresh);
      }
    }
    block = next;
  }
  atomic_store(&entry->broken, false);
  atomic_store(&entry->start, (uintptr_t)start);
  atomic_store(&entry->length, length);
  return entry;
}

void petl_mapping_forget(struct petl_mapping *mapping) {
  if (!mapping) return;
  atomic_store(&mapping->length, 0);
  atomic_store(&mapping->taken, false);
}

bool petl_mapping_is_broken(const struct petl_mapping *mapping) {
  return mapping && atomic_load(&mapping->broken);
}
