#include "calls.h"

#include "abi.h"

const struct file_call file_calls[] = {
    /* number            change            directory path flags data keeps_links null_path */
    {NR_chmod,           MODE,             NONE,     0,   NONE, 1,   0,          0},
    {NR_fchmod,          MODE,             0,        NONE, NONE, 1,  0,          0},
    {NR_fchmodat,        MODE,             0,        1,   NONE, 2,   0,          0},
    {NR_fchmodat2,       MODE,             0,        1,   3,    2,   0,          0},
    {NR_chown,           OWNER,            NONE,     0,   NONE, 1,   0,          0},
    {NR_lchown,          OWNER,            NONE,     0,   NONE, 1,   1,          0},
    {NR_fchown,          OWNER,            0,        NONE, NONE, 1,  0,          0},
    {NR_fchownat,        OWNER,            0,        1,   4,    2,   0,          0},
    {NR_utime,           TIMES_UTIMBUF,    NONE,     0,   NONE, 1,   0,          0},
    {NR_utimes,          TIMES_TIMEVAL,    NONE,     0,   NONE, 1,   0,          0},
    {NR_futimesat,       TIMES_TIMEVAL,    0,        1,   NONE, 2,   0,          1},
    {NR_utimensat,       TIMES_TIMESPEC,   0,        1,   3,    2,   0,          1},
    {NR_setxattr,        SET_ATTRIBUTE,    NONE,     0,   NONE, 1,   0,          0},
    {NR_lsetxattr,       SET_ATTRIBUTE,    NONE,     0,   NONE, 1,   1,          0},
    {NR_fsetxattr,       SET_ATTRIBUTE,    0,        NONE, NONE, 1,  0,          0},
    {NR_removexattr,     REMOVE_ATTRIBUTE, NONE,     0,   NONE, 1,   0,          0},
    {NR_lremovexattr,    REMOVE_ATTRIBUTE, NONE,     0,   NONE, 1,   1,          0},
    {NR_fremovexattr,    REMOVE_ATTRIBUTE, 0,        NONE, NONE, 1,  0,          0},
};
const int file_call_count = sizeof file_calls / sizeof *file_calls;

const struct process_call process_calls[] = {
    /* number               which process             who */
    {NR_setpriority,        0,    PRIO_PROCESS,       1},
    {NR_ioprio_set,         0,    IOPRIO_WHO_PROCESS, 1},
    {NR_sched_setaffinity,  NONE, 0,                  0},
    {NR_sched_setscheduler, NONE, 0,                  0},
    {NR_sched_setparam,     NONE, 0,                  0},
    {NR_sched_setattr,      NONE, 0,                  0},
};
const int process_call_count = sizeof process_calls / sizeof *process_calls;

const int identity_calls[] = {NR_setuid,    NR_setgid,    NR_setreuid, NR_setregid, NR_setresuid,
                              NR_setresgid, NR_setgroups, NR_setfsuid, NR_setfsgid, NR_capset};
const int identity_call_count = sizeof identity_calls / sizeof *identity_calls;
