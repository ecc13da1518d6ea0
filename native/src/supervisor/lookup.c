#include "lookup.h"

#include "../sys.h"
#include "../text.h"
#include "abi.h"
#include "processes.h"
#include "target.h"

static char path[PATH_MAX];

static long descriptor_of(const struct request *r, const struct file_call *call) {
  s32 fd = call->directory == NONE ? AT_FDCWD : (s32)r->argument[call->directory];
  return fd == AT_FDCWD && call->path != NONE ? target_open(r->thread, "cwd") : target_descriptor(r->thread, fd);
}

static long whole_descriptor(struct lookup *l, const struct request *r, const struct file_call *call) {
  l->path = NULL;
  l->base = descriptor_of(r, call);
  return l->base < 0 ? l->base : 0;
}

/* What comes behind the directory of a process in /proc, and in `thread` its number, when that is the caller or another one of the
 * command's. NULL for every other path. */
static const char *behind_directory(const char *name, long *thread) {
  const char *rest = text_after(name, "/proc/");
  if (!rest) return NULL;
  const char *own = text_after(rest, "self/");
  if (!own) own = text_after(rest, "thread-self/");
  if (own) return own;
  long number = text_number(rest);
  while (*rest >= '0' && *rest <= '9') rest++;
  if (number <= 0 || *rest != '/' || processes_ours(number) <= 0) return NULL;
  *thread = number;
  return rest + 1;
}

/* /dev/fd and its relatives are links into /proc/self/fd on every system: behind that directory. */
static const char *behind_device(const char *name) {
  static const char *const standard[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
  static const char *const links[] = {"fd/0", "fd/1", "fd/2"};
  for (int i = 0; i < 3; i++)
    if (text_equal(name, standard[i])) return links[i];
  return text_after(name, "/dev/fd/") ? name + text_length("/dev/") : NULL;
}

/* A magic link of /proc/PID that leads to a file. */
static int is_link(const char *name) {
  const char *digit = text_after(name, "fd/");
  if (!digit) return text_equal(name, "cwd") || text_equal(name, "root");
  const char *start = digit;
  while (*digit >= '0' && *digit <= '9') digit++;
  return digit > start && !*digit;
}

int lookup_own_link(const char *name, long *thread, char *link, const char **rest) {
  const char *own = behind_device(name);
  if (!own) own = behind_directory(name, thread);
  if (!own) return 0;
  size_t size = text_after(own, "fd/") ? 3 : 0;
  while (own[size] && own[size] != '/') size++;
  if (size >= LINK_SIZE) return 0;
  for (size_t i = 0; i < size; i++) link[i] = own[i];
  link[size] = 0;
  if (!is_link(link)) return 0;
  while (own[size] == '/') size++;
  *rest = own + size;
  return 1;
}

/* Followed by us such links would lead to our files, or be closed. Gives what one leads to, and in `rest` what comes behind it; -ELOOP
 * for every other path. */
static long open_own_link(const char *name, long thread, const char **rest) {
  char link[LINK_SIZE];
  return lookup_own_link(name, &thread, link, rest) ? target_open(thread, link) : -ELOOP;
}

/* The path stands in `path`. */
static long start(struct lookup *l, const struct request *r, const struct file_call *call) {
  if (path[0] != '/') {
    l->base = descriptor_of(r, call);
    return l->base < 0 ? l->base : 0;
  }
  const char *rest = path;
  long base = open_own_link(path, r->thread, &rest);
  l->base = AT_FDCWD;
  if (base == -ELOOP) return 0;
  if (base < 0) return base;
  /* A link that is meant itself belongs to /proc: it is judged there. */
  if (!*rest && l->keeps_links) {
    sys_close(base);
    return 0;
  }
  l->base = base;
  l->path = *rest ? rest : NULL;
  return 0;
}

long lookup_read(struct lookup *l, const struct request *r, const struct file_call *call) {
  int flags = call->flags == NONE ? 0 : (int)r->argument[call->flags];
  *l = (struct lookup){.base = AT_FDCWD, .path = path, .keeps_links = call->keeps_links || flags & AT_SYMLINK_NOFOLLOW};
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) return -EINVAL;
  if (call->path == NONE) return whole_descriptor(l, r, call);
  u64 address = r->argument[call->path];
  if (!address && call->null_path && (s32)r->argument[call->directory] != AT_FDCWD)
    return flags ? -EINVAL : whole_descriptor(l, r, call);
  long error = target_string(r->thread, address, path, sizeof path);
  if (error < 0) return error == -ERANGE ? -ENAMETOOLONG : error;
  if (!path[0]) return flags & AT_EMPTY_PATH ? whole_descriptor(l, r, call) : -ENOENT;
  return start(l, r, call);
}

/* The caller can have neither another root directory nor other mounts than we have: the filter refuses both. So an absolute symlink
 * leads to the same place for both of us. */
long lookup_open(struct lookup *l) {
  if (!l->path) {
    long fd = l->base;
    l->base = AT_FDCWD;
    return fd;
  }
  u64 follow = l->keeps_links ? O_NOFOLLOW : 0;
  struct open_how how = {O_PATH | O_CLOEXEC | follow, 0, RESOLVE_NO_MAGICLINKS};
  return SYS4(NR_openat2, l->base, l->path, &how, sizeof how);
}

void lookup_close(struct lookup *l) {
  if (l->base >= 0) sys_close(l->base);
}
