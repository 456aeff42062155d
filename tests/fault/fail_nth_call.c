/* LD_PRELOAD: the n-th call of one kind fails once, in the program named lfsguard only. FAIL_CALL=write|fsync|rename|open, FAIL_AT=n, FAIL_ERRNO=number.
   FAIL_COUNT=file: no failure; how often each kind was called is written there at exit.
   FLIP_AT=n: no failure either; a bit of byte n of the pack that is being written is another on the disk. FLIP_LATE=1: it changes when the pack gets its name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char* const kinds[] = {"write", "fsync", "rename", "open"};
static atomic_int calls[4];

static int ours(void) { return strcmp(program_invocation_short_name, "lfsguard") == 0; }

static int fails(int kind) {
  const char* wanted = getenv("FAIL_CALL");
  const char* at = getenv("FAIL_AT");
  int n;
  if (!ours()) return 0;
  n = atomic_fetch_add(&calls[kind], 1) + 1;
  if (!wanted || !at || strcmp(wanted, kinds[kind]) != 0 || atoi(at) != n) return 0;
  errno = getenv("FAIL_ERRNO") ? atoi(getenv("FAIL_ERRNO")) : EIO;
  return 1;
}

#define NEXT(type, name) static __typeof__(type) *next; if (!next) next = dlsym(RTLD_NEXT, name)

/* Where byte FLIP_AT of the pack lies in what is about to be written; -1: elsewhere. */
static ssize_t to_flip(int fd, size_t size) {
  const char* wanted = getenv("FLIP_AT");
  char link[64], path[4096];
  ssize_t length;
  off_t at;
  if (!wanted || getenv("FLIP_LATE") || !ours()) return -1;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return -1;
  path[length] = 0;
  at = atoll(wanted) - lseek(fd, 0, SEEK_CUR);
  return strstr(path, "/tmp_pack_") && at >= 0 && at < (off_t)size ? at : -1;
}

ssize_t write(int fd, const void* data, size_t size) {
  NEXT(ssize_t(int, const void*, size_t), "write");
  if (fd > 2 && fails(0)) return -1;
  ssize_t flip = to_flip(fd, size);
  if (flip >= 0) {
    char* copy = malloc(size);
    memcpy(copy, data, size);
    copy[flip] ^= 4;
    ssize_t written = next(fd, copy, size);
    free(copy);
    return written;
  }
  return next(fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  NEXT(ssize_t(int, const void*, size_t, off_t), "pwrite");
  if (fails(0)) return -1;
  return next(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  NEXT(ssize_t(int, const void*, size_t, off64_t), "pwrite64");
  if (fails(0)) return -1;
  return next(fd, data, size, at);
}
int fsync(int fd) {
  NEXT(int(int), "fsync");
  if (fails(1)) return -1;
  return next(fd);
}
int syncfs(int fd) {
  NEXT(int(int), "syncfs");
  if (fails(1)) return -1;
  return next(fd);
}
int rename(const char* from, const char* to) {
  NEXT(int(const char*, const char*), "rename");
  if (fails(2)) return -1;
  if (getenv("FLIP_LATE") && ours() && strstr(from, "/tmp_pack_")) {
    FILE* pack = chmod(from, 0600) == 0 ? fopen(from, "r+b") : NULL;
    int byte;
    if (!pack || fseek(pack, atol(getenv("FLIP_AT")), SEEK_SET) != 0 || (byte = getc(pack)) == EOF || fseek(pack, -1, SEEK_CUR) != 0) abort();
    putc(byte ^ 4, pack);
    if (fclose(pack) != 0 || chmod(from, 0444) != 0) abort();
  }
  return next(from, to);
}
int mkostemp(char* name, int flags) {
  NEXT(int(char*, int), "mkostemp");
  if (fails(3)) return -1;
  return next(name, flags);
}
int mkostemp64(char* name, int flags) {
  NEXT(int(char*, int), "mkostemp64");
  if (fails(3)) return -1;
  return next(name, flags);
}

__attribute__((destructor)) static void report(void) {
  const char* file = getenv("FAIL_COUNT");
  FILE* out;
  int i;
  if (!file || !ours() || !(out = fopen(file, "w"))) return;
  for (i = 0; i < 4; ++i) fprintf(out, "%s %d\n", kinds[i], atomic_load(&calls[i]));
  fclose(out);
}
