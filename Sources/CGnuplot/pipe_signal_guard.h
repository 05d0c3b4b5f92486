#pragma once

#include <errno.h>
#include <signal.h>
#include <time.h>

// Keeps a write to a dead gnuplot from ending this process, whatever the host has set for
// SIGPIPE: blocks it for this thread, and takes away the one that the write left pending.
class PipeSignalGuard {
 public:
  PipeSignalGuard() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~PipeSignalGuard() {
    if (!was_pending_) {
      struct timespec at_once = {0, 0};
      while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  PipeSignalGuard(const PipeSignalGuard &) = delete;
  PipeSignalGuard &operator=(const PipeSignalGuard &) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_ = false;
};
