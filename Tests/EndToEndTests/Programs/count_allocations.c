/* Counts allocations of the program under test: preloaded, it keeps their number in the file that ALLOCATIONS names. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static uint64_t before_the_file;
static _Atomic uint64_t *count = (_Atomic uint64_t *) &before_the_file;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("ALLOCATIONS");
  int file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
  if (file < 0 || ftruncate(file, sizeof *count)) return;
  void *memory = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) count = memory;
  close(file);
}

void *malloc(size_t size) { ++*count; return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { ++*count; return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { ++*count; return __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { ++*count; return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { ++*count; return __libc_memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
  ++*count;
  *result = __libc_memalign(alignment, size);
  return *result ? 0 : 12;
}
