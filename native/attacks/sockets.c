#include "attack.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int say(int fd, const char *token) {
  if (fd < 0 || write(fd, token, strlen(token)) < 0) return errno;
  usleep(20000);
  return 0;
}

/* ADDRESS PORT TOKEN */
static int to(int family, int type, int protocol, char **argv) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(argv[1]))};
  inet_pton(family, argv[0], family == AF_INET ? (void *)&v4.sin_addr : (void *)&v6.sin6_addr);
  int fd = socket(family, type, protocol);
  if (fd < 0) return errno;
  const struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
  if (connect(fd, address, family == AF_INET ? sizeof v4 : sizeof v6) < 0) return errno;
  return say(fd, argv[2]);
}

static int tcp(char **argv) { return to(AF_INET, SOCK_STREAM, 0, argv); }
static int tcp6(char **argv) { return to(AF_INET6, SOCK_STREAM, 0, argv); }
static int mptcp(char **argv) { return to(AF_INET, SOCK_STREAM, 262, argv); }
static int udp(char **argv) { return to(AF_INET, SOCK_DGRAM, 0, argv); }

/* Fast open sends data without a connect(). */
static int fast_open(char **argv) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  inet_pton(AF_INET, argv[0], &v4.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || sendto(fd, argv[2], strlen(argv[2]), MSG_FASTOPEN, (struct sockaddr *)&v4, sizeof v4) < 0) return errno;
  usleep(20000);
  return 0;
}

/* Waits half a second for somebody outside to connect to PORT. */
static int listen_at(char **argv) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[0]))};
  struct timeval limit = {0, 500000};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return errno;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  inet_pton(AF_INET, "127.0.0.1", &v4.sin_addr);
  if (bind(fd, (struct sockaddr *)&v4, sizeof v4) < 0 || listen(fd, 1) < 0) return errno;
  return outcome(accept(fd, NULL, NULL));
}

static socklen_t unix_address(struct sockaddr_un *address, const char *name, int abstract) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  strncpy(address->sun_path + abstract, name, sizeof address->sun_path - 2);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)abstract + strlen(name));
}

static int unix_socket(int type, char **argv, int abstract) {
  struct sockaddr_un address;
  socklen_t size = unix_address(&address, argv[0], abstract);
  int fd = socket(AF_UNIX, type, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, size) < 0) return errno;
  return say(fd, argv[1]);
}
static int unix_path(char **argv) { return unix_socket(SOCK_STREAM, argv, 0); }
static int unix_abstract(char **argv) { return unix_socket(SOCK_STREAM, argv, 1); }
static int unix_datagram(char **argv) { return unix_socket(SOCK_DGRAM, argv, 0); }

/* Through one end of a pair, which needs no socket(): addressed by the datagram, and by connecting anew. */
static int unix_pair(char **argv) {
  static const int types[] = {SOCK_DGRAM, SOCK_RAW, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK};
  struct sockaddr_un address;
  socklen_t size = unix_address(&address, argv[0], 0);
  int error = 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    int ends[2];
    if (socketpair(AF_UNIX, types[i], 0, ends) < 0) {
      error = errno;
      continue;
    }
    if (sendto(ends[0], argv[1], strlen(argv[1]), 0, (struct sockaddr *)&address, size) > 0) return 0;
    if (connect(ends[1], (struct sockaddr *)&address, size) == 0) return say(ends[1], argv[1]);
    error = errno;
  }
  return error;
}
static int unix_packet(char **argv) { return unix_socket(SOCK_SEQPACKET, argv, 0); }

/* COUNT NAME TOKEN: NAME0, NAME1, …: as many as can be reached. */
static int unix_all(char **argv) {
  int reached = 0;
  for (int i = 0; i < atoi(argv[0]); i++) {
    char name[108];
    struct sockaddr_un address;
    snprintf(name, sizeof name, "%s%d", argv[1], i);
    socklen_t size = unix_address(&address, name, 0);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) return errno;
    if (connect(fd, (struct sockaddr *)&address, size) == 0) reached += write(fd, argv[2], strlen(argv[2])) > 0;
    close(fd);
  }
  usleep(20000);
  return reached ? 0 : ECONNREFUSED;
}

static int bound(int type, const char *name) {
  struct sockaddr_un address;
  socklen_t size = unix_address(&address, name, 0);
  int fd = socket(AF_UNIX, type, 0);
  umask(0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0) return -1;
  return type != SOCK_DGRAM && listen(fd, 8) < 0 ? -1 : fd;
}

static void hear(int from, int type, const char *file) {
  char words[256];
  int fd = type == SOCK_DGRAM ? from : accept(from, NULL, NULL);
  int heard = open(file, O_WRONLY | O_CREAT | O_APPEND, 0666);
  ssize_t n = read(fd, words, sizeof words);
  if (n > 0 && write(heard, words, (size_t)n) < 0) perror(file);
  close(heard);
  if (type != SOCK_DGRAM) close(fd);
}

/* No attack, but what is attacked. FILE TYPE COUNT NAME [DIRECTORY]: binds NAME, or NAME0, NAME1, …, goes to DIRECTORY, says "ready",
 * and writes to FILE what comes over the sockets. */
static int serve(char **argv) {
  static struct pollfd sockets[4096];
  int type = atoi(argv[1]), count = atoi(argv[2]);
  struct rlimit files = {8192, 8192};
  setrlimit(RLIMIT_NOFILE, &files);
  for (int i = 0; i < count; i++) {
    char name[108];
    snprintf(name, sizeof name, count > 1 ? "%s%d" : "%s", argv[3], i);
    sockets[i] = (struct pollfd){.fd = bound(type, name), .events = POLLIN};
    if (sockets[i].fd < 0) return errno;
  }
  if (argv[4] && chdir(argv[4]) < 0) return errno;
  puts("ready");
  fflush(stdout);
  for (;;) {
    if (poll(sockets, (nfds_t)count, -1) < 0) return errno;
    for (int i = 0; i < count; i++)
      if (sockets[i].revents) hear(sockets[i].fd, type, argv[0]);
  }
}

static int family(char **argv) { return outcome(socket(atoi(argv[0]), atoi(argv[1]), atoi(argv[2]))); }

const struct attack socket_attacks[] = {
    {"tcp", tcp},       {"tcp6", tcp6},      {"mptcp", mptcp}, {"udp", udp},       {"fast-open", fast_open},
    {"listen", listen_at}, {"unix", unix_path}, {"abstract", unix_abstract}, {"socket", family},
    {"unix-datagram", unix_datagram}, {"unix-packet", unix_packet}, {"unix-pair", unix_pair}, {"unix-all", unix_all}, {"serve", serve}, {NULL, NULL},
};
