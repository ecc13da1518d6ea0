/* System call numbers that only the layer over the home directory needs; see ../numbers.h. */
#ifndef MOAT_HOME_NUMBERS_H
#define MOAT_HOME_NUMBERS_H

enum {
  NR_pidfd_open = 434,
#if defined(__x86_64__)
  NR_pread64 = 17,
  NR_setsid = 112,
  NR_ftruncate = 77,
  NR_nanosleep = 35,
#else
  NR_pread64 = 67,
  NR_setsid = 157,
  NR_ftruncate = 46,
  NR_nanosleep = 101,
#endif
};

#endif
