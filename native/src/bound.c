#include "bound.h"

#include "sys.h"
#include "text.h"

/* Calls `take` with each line of a file of /proc, without its end; 0 when it cannot be read to its end. */
static int each_line(const char *path, void (*take)(char *line)) {
  /* Longer than any line: two paths of 4096 bytes, each of them written as `\ooo` at worst, and options. */
  static char buffer[64 << 10];
  size_t used = 0;
  long n, fd = sys_open(path, O_RDONLY, 0);
  if (fd < 0) return 0;
  while ((n = sys_read(fd, buffer + used, sizeof buffer - used)) > 0) {
    used += (size_t)n;
    size_t from = 0;
    for (size_t i = 0; i < used; i++) {
      if (buffer[i] != '\n') continue;
      buffer[i] = 0;
      take(buffer + from);
      from = i + 1;
    }
    memmove(buffer, buffer + from, used - from);
    used -= from;
    if (used == sizeof buffer) break;
  }
  sys_close(fd);
  return n == 0;
}

/* Past `count` fields and the blanks before the next. */
static char *skip_fields(char *line, int count) {
  while (count--) {
    while (*line && *line != ' ') line++;
    while (*line == ' ') line++;
  }
  return line;
}

/* A name has 108 bytes at most. Line ends in it are written as they are, so that it may take several lines. */
static char name[128];
static size_t length;
static int named;
static void (*take_name)(const char *name);

static void end_name(void) {
  if (named) take_name(name);
  named = 0;
}

static void add_to_name(const char *s) {
  for (; *s && length + 1 < sizeof name; s++) name[length++] = *s;
  name[length] = 0;
}

/* Every socket begins with its address in hexadecimal digits and a colon. */
static int begins_socket(const char *line) {
  int digits = 0;
  for (; (*line >= '0' && *line <= '9') || (*line >= 'a' && *line <= 'f'); line++) digits++;
  return digits >= 8 && line[0] == ':' && line[1] == ' ';
}

/* "ADDRESS: REFERENCES PROTOCOL FLAGS TYPE STATE INODE NAME". Both ends of a connection bear the listener's name (state 03 of
 * SOCK_STREAM and SOCK_SEQPACKET), but only the listener can be reached by it. */
static void take_socket_line(char *line) {
  if (!begins_socket(line)) {
    if (!named) return;
    add_to_name("\n");
    add_to_name(line);
    return;
  }
  end_name();
  char *type = skip_fields(line, 4);
  if (text_after(type, "0001 03 ") || text_after(type, "0005 03 ")) return;
  char *inode = skip_fields(type, 2);
  while (*inode && *inode != ' ') inode++;
  if (!*inode) return;
  named = 1;
  length = 0;
  add_to_name(inode + 1);
}

int bound_names(const char *list, void (*take)(const char *name)) {
  take_name = take;
  named = 0;
  int read = each_line(list, take_socket_line);
  end_name();
  return read;
}

static void (*take_mount)(const char *path);

/* "ID PARENT DEVICE ROOT PLACE …"; in the two paths blanks and the like are written as a backslash and three octal digits. A
 * file system that is mounted whole has the root "/": a socket is never one. */
static void take_mount_line(char *line) {
  char *root = skip_fields(line, 3), *place = skip_fields(root, 1), *to = place;
  if (root[0] == '/' && root[1] == ' ') return;
  for (char *c = place; *c && *c != ' '; to++) {
    if (*c == '\\') *to = (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0')), c += 4;
    else *to = *c++;
  }
  *to = 0;
  take_mount(place);
}

int bound_mounts(void (*take)(const char *path)) {
  take_mount = take;
  return each_line("/proc/self/mountinfo", take_mount_line);
}
