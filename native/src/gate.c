#include "gate.h"

#include "descriptor.h"
#include "fail.h"
#include "supervisor/abi.h"
#include "sys.h"
#include "text.h"

/* A proxy that is busy with other things answers late; one that is not there never does. */
#define ANSWER_SECONDS 20

struct address4 { u16 family; u8 port[2], host[4], rest[8]; };
struct address6 { u16 family; u8 port[2], flow[4], host[16], scope[4]; };

static struct address4 loopback(long port) {
  return (struct address4){AF_INET, {(u8)(port >> 8), (u8)port}, {127, 0, 0, 1}, {0}};
}

static long stream(int family) {
  return must(SYS3(NR_socket, family, SOCK_STREAM | SOCK_CLOEXEC | O_NONBLOCK, 0), "no socket can be made", NULL);
}

static void hand_over(const struct policy *p, long port) {
  struct address4 at = loopback(port);
  long fd = stream(AF_INET);
  must(SYS3(NR_bind, fd, &at, sizeof at), "no port for the proxy inside the sandbox", NULL);
  must(SYS2(NR_listen, fd, 1024), "no port for the proxy inside the sandbox", NULL);
  must(descriptor_send(p->ways, fd), "the way to the proxy cannot be handed over", NULL);
  sys_close(fd);
}

/* No packet is sent: without a route the kernel refuses at once, and with one it would not. The addresses belong to nobody (RFC 5737, RFC 3849). */
static void nothing_direct(void) {
  struct address4 at4 = {AF_INET, {0, 80}, {192, 0, 2, 1}, {0}};
  struct address6 at6 = {AF_INET6, {0, 80}, {0}, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, {0}};
  long fd4 = stream(AF_INET), fd6 = SYS3(NR_socket, AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | O_NONBLOCK, 0);
  long refused4 = SYS3(NR_connect, fd4, &at4, sizeof at4);
  /* A kernel without IPv6 has no such sockets. */
  long refused6 = fd6 < 0 ? -ENETUNREACH : SYS3(NR_connect, fd6, &at6, sizeof at6);
  sys_close(fd4);
  if (fd6 >= 0) sys_close(fd6);
  if (refused4 != -ENETUNREACH || (refused6 != -ENETUNREACH && refused6 != -EADDRNOTAVAIL))
    fail("the network inside the sandbox leads out directly, and not by the proxy alone", NULL, 0);
}

/* The greeting of SOCKS5 without a login, and its answer. */
static int answers(long port) {
  struct address4 at = loopback(port);
  struct timespec patience = {ANSWER_SECONDS, 0};
  char reply[2] = {0};
  long fd = stream(AF_INET);
  struct pollfd wait = {(s32)fd, POLLIN, 0};
  long connected = SYS3(NR_connect, fd, &at, sizeof at);
  int well = (connected == 0 || connected == -EINPROGRESS) && sys_write(fd, "\5\1\0", 3) == 3 &&
             SYS5(NR_ppoll, &wait, 1, &patience, NULL, 0) == 1 && sys_read(fd, reply, 2) == 2 && reply[0] == 5 && reply[1] == 0;
  sys_close(fd);
  return well;
}

void gate_open(const struct policy *p) {
  static const char line[] = "{\"listening\":true}\n";
  for (int i = 0; i < p->port_count; i++) hand_over(p, p->ports[i]);
  nothing_direct();
  if (sys_write(CONTROL_FD, line, sizeof line - 1) < 0 || !answers(p->ports[0]))
    fail("the proxy does not answer inside the sandbox", NULL, 0);
}
