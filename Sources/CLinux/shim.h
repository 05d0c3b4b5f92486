// Calls of Linux that Swift's Glibc does not show.
#ifndef PETL_CLINUX_H
#define PETL_CLINUX_H
#include <malloc.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/// For `flags`: fail when the new name exists; swap the two names.
static const unsigned int petl_rename_new = 1;
static const unsigned int petl_rename_exchange = 2;

static inline int petl_renameat2(int from, const char *old_name, int to, const char *new_name,
                                 unsigned int flags) {
  return (int)syscall(SYS_renameat2, from, old_name, to, new_name, flags);
}
#endif
