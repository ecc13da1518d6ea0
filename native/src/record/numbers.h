/* System call numbers that only recording needs; sources as in ../numbers.h. */
#ifndef MOAT_RECORD_NUMBERS_H
#define MOAT_RECORD_NUMBERS_H

enum {
#if defined(__x86_64__)
  NR_creat = 85,
  NR_unlink = 87,
  NR_rmdir = 84,
  NR_rename = 82,
  NR_renameat = 264,
  NR_mkdir = 83,
  NR_mknod = 133,
  NR_symlink = 88,
  NR_link = 86,
  NR_linkat = 265,
  NR_fdatasync = 75,
  NR_ftruncate = 77,
  NR_pread64 = 17,
  NR_pwrite64 = 18,
  NR_clock_gettime = 228,
  NR_listxattr = 194,
  NR_llistxattr = 195,
  NR_getxattr = 191,
  NR_lgetxattr = 192,
#else
  NR_creat = -1,
  NR_unlink = -1,
  NR_rmdir = -1,
  NR_rename = -1,
  NR_renameat = 38,
  NR_mkdir = -1,
  NR_mknod = -1,
  NR_symlink = -1,
  NR_link = -1,
  NR_linkat = 37,
  NR_fdatasync = 83,
  NR_ftruncate = 46,
  NR_pread64 = 67,
  NR_pwrite64 = 68,
  NR_clock_gettime = 113,
  NR_listxattr = 11,
  NR_llistxattr = 12,
  NR_getxattr = 8,
  NR_lgetxattr = 9,
#endif
};

#endif
