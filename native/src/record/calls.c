#include "calls.h"

#include "numbers.h"

const struct name_call name_calls[] = {
    /* number           effect     directory path from_directory from_path flags */
    {NR_open,           OPENS,     NONE, 0,    NONE, NONE, 1},
    {NR_openat,         OPENS,     0,    1,    NONE, NONE, 2},
    {NR_openat2,        OPENS_HOW, 0,    1,    NONE, NONE, 2},
    {NR_creat,          CREATES,   NONE, 0,    NONE, NONE, NONE},
    {NR_truncate,       CUTS,      NONE, 0,    NONE, NONE, NONE},
    {NR_mkdir,          MAKES,     NONE, 0,    NONE, NONE, NONE},
    {NR_mkdirat,        MAKES,     0,    1,    NONE, NONE, NONE},
    {NR_mknod,          MAKES,     NONE, 0,    NONE, NONE, NONE},
    {NR_mknodat,        MAKES,     0,    1,    NONE, NONE, NONE},
    {NR_symlink,        MAKES,     NONE, 1,    NONE, NONE, NONE},
    {NR_symlinkat,      MAKES,     1,    2,    NONE, NONE, NONE},
    {NR_unlink,         REMOVES,   NONE, 0,    NONE, NONE, NONE},
    {NR_unlinkat,       REMOVES,   0,    1,    NONE, NONE, NONE},
    {NR_rmdir,          REMOVES,   NONE, 0,    NONE, NONE, NONE},
    {NR_rename,         RENAMES,   NONE, 1,    NONE, 0,    NONE},
    {NR_renameat,       RENAMES,   2,    3,    0,    1,    NONE},
    {NR_renameat2,      RENAMES,   2,    3,    0,    1,    4},
    {NR_link,           LINKS,     NONE, 1,    NONE, 0,    NONE},
    {NR_linkat,         LINKS,     2,    3,    0,    1,    4},
    {NR_setxattrat,     SETS,      0,    1,    NONE, NONE, 2},
    {NR_removexattrat,  SETS,      0,    1,    NONE, NONE, 2},
    {NR_io_uring_setup, UNSEEN,    NONE, NONE, NONE, NONE, NONE},
};
const int name_call_count = sizeof name_calls / sizeof *name_calls;
