// Mapped files that another program may cut short while they are read.
//
// Touching a page that a file no longer has raises SIGBUS, which ends the process. For a
// watched mapping, zeros are put in the place of its missing pages instead and the mapping is
// marked as broken; whoever reads it looks at the mark before using what was read.
#ifndef PETL_MAPPING_WATCH_H
#define PETL_MAPPING_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct petl_mapping;

// Watches [start, start + length), which mmap returned. NULL when memory is out.
struct petl_mapping *petl_mapping_watch(void *start, size_t length);

// To be called before the mapping is unmapped; NULL does nothing.
void petl_mapping_forget(struct petl_mapping *mapping);

// Whether a page could not be read since `petl_mapping_watch`.
bool petl_mapping_is_broken(const struct petl_mapping *mapping);

#endif
