// A child process with its three standard streams as pipes, in a process group of its own.
#ifndef PETL_CHILD_PROCESS_H
#define PETL_CHILD_PROCESS_H

#include <sys/types.h>

#include <string>
#include <vector>

// One file descriptor, closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor &&other) noexcept : value_(other.release()) {}
  Descriptor &operator=(Descriptor &&other) noexcept;
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;

  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }
  int release();
  void close();

 private:
  int value_;
};

struct ChildProcess {
  pid_t process = 0;
  Descriptor input, output, errors;

  // Returns 0, or the errno of what failed. Only the three pipes are open in the child, and
  // its signals are at their defaults: a Ctrl-C in the terminal does not reach it.
  int start(const std::vector<std::string> &arguments);

  // Whether the process still runs; once it does not, `ending` says how it ended.
  bool is_alive();

  // Waits up to `seconds` for the process to end by itself, then kills its whole group.
  void end(double seconds);

  // "ended with status 1", "was killed by signal 9 (Killed)".
  std::string ending;

 private:
  void note(int status);
};

#endif
