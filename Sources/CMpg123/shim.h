// The functions that all versions of libmpg123 have; without it newer headers rename some by macro.
#define MPG123_ENUM_API
#include <mpg123.h>
