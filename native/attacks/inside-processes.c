#include "inside.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *other_thread(void *arg) {
  *(pid_t *)arg = (pid_t)syscall(SYS_gettid);
  for (;;) pause();
  return NULL;
}
/* How the own threads and children run may be changed, that of others not: there is nobody else here. */
void own_processes(void) {
  cpu_set_t set;
  pthread_t thread;
  volatile pid_t tid = 0;
  pid_t child = fork();
  if (child == 0)
    for (;;) pause();
  pthread_create(&thread, NULL, other_thread, (void *)&tid);
  while (!tid) sched_yield();
  sched_getaffinity(0, sizeof set, &set);
  const pid_t all[] = {0, getpid(), tid, child};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    struct sched_param none = {0};
    printf("process %zu\n", i);
    TRY(sched_setaffinity(all[i], sizeof set, &set));
    TRY(sched_setscheduler(all[i], SCHED_BATCH, &none));
    TRY(setpriority(PRIO_PROCESS, (id_t)all[i], 19));
    TRY(syscall(SYS_ioprio_set, 1, all[i], 3 << 13));
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  TRY(sched_setaffinity(child, sizeof set, &set));
  TRY(sched_setaffinity(-5, sizeof set, &set));
}
