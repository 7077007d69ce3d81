// Preloaded into a program: kills it before its KILL_AT-th call of the system that is about a path with
// KILL_PATH in it, and that may change something.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static void count(const char* path) {
  static int calls = 0;
  const char* part = getenv("KILL_PATH");
  const char* at = getenv("KILL_AT");
  if (part && at && path && strstr(path, part) && __sync_add_and_fetch(&calls, 1) == atoi(at))
    kill(getpid(), SIGKILL);
}

static void count_file(int file) {
  char link[64], path[PATH_MAX + 1];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, PATH_MAX);
  if (size < 0) return;
  path[size] = 0;
  count(path);
}

#define ORIGINAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int renameat2(int from_dir, const char* from, int to_dir, const char* to, unsigned flags) {
  count(to);
  return ORIGINAL(renameat2)(from_dir, from, to_dir, to, flags);
}
int rename(const char* from, const char* to) {
  count(to);
  return ORIGINAL(rename)(from, to);
}
int unlink(const char* path) {
  count(path);
  return ORIGINAL(unlink)(path);
}
int unlinkat(int folder, const char* path, int flags) {
  if (folder == AT_FDCWD || path[0] == '/')
    count(path);
  else
    count_file(folder);
  return ORIGINAL(unlinkat)(folder, path, flags);
}
int remove(const char* path) {
  count(path);
  return ORIGINAL(remove)(path);
}
int mkdir(const char* path, mode_t mode) {
  count(path);
  return ORIGINAL(mkdir)(path, mode);
}
int fsync(int file) {
  count_file(file);
  return ORIGINAL(fsync)(file);
}
ssize_t write(int file, const void* data, size_t size) {
  count_file(file);
  return ORIGINAL(write)(file, data, size);
}
static int open_counted(const char* path, int flags, mode_t mode) {
  if (flags & (O_CREAT | O_WRONLY | O_RDWR)) count(path);
  return ORIGINAL(openat)(AT_FDCWD, path, flags, mode);
}
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_counted(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_counted(path, flags, mode);
}
