#include "gnuplot.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include "child_process.h"
#include "gnuplot-iostream.h"
#include "lines.h"
#include "pipe_signal_guard.h"

namespace {

// More than any figure needs; a program that prints more is no gnuplot.
constexpr size_t output_limit = size_t(64) << 20;
// poll says that a pipe takes PIPE_BUF (4,096) bytes at once; a smaller piece cannot be cut.
constexpr size_t piece_size = 2048;
constexpr int slice_milliseconds = 100;

double now() {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

}  // namespace

struct petl_gnuplot {
  std::string program;
  std::mutex running;
  ChildProcess child;
  std::unique_ptr<Gnuplot> stream;
  int input = -1;  // the descriptor that `stream` owns
  unsigned long run_number = 0;
  std::string output, errors, message;

  petl_gnuplot_status run(
      const char *commands, size_t length, double timeout, double limit,
      petl_gnuplot_should_stop should_stop, void *context);
  void stop(double patience);

 private:
  petl_gnuplot_status start();
  petl_gnuplot_status exchange(
      const std::string &script, const std::string &mark, double timeout, double limit,
      petl_gnuplot_should_stop should_stop, void *context);
  petl_gnuplot_status answer(const std::string &line);
  std::string error_answer(const std::string &mark) const;
  petl_gnuplot_status died();
  bool read_all(Descriptor &from, std::string &into);
};

// Sends gnuplot its commands through gnuplot-iostream, over the pipe to a process of our own.
petl_gnuplot_status petl_gnuplot::start() {
  stop(0.5);
  // -d: the user's own start-up files must not change what a figure looks like.
  int error = child.start({program, "-d"});
  if (error != 0) {
    child = ChildProcess();
    message = "cannot start '" + program + "': " + strerror(error);
    return error == ENOENT || error == ENOTDIR ? PETL_GNUPLOT_MISSING : PETL_GNUPLOT_INTERNAL;
  }
  FILE *file = fdopen(child.input.get(), "w");
  if (file == nullptr) {
    message = std::string("cannot open a stream to gnuplot: ") + strerror(errno);
    stop(0);
    return PETL_GNUPLOT_INTERNAL;
  }
  input = child.input.release();
  stream.reset(new Gnuplot(file));
  return PETL_GNUPLOT_OK;
}

void petl_gnuplot::stop(double patience) {
  PipeSignalGuard guard;
  if (patience <= 0) child.end(0);
  stream.reset();  // closes gnuplot's input, at which it ends by itself
  child.end(patience);
  child.input.close();
  child.output.close();
  child.errors.close();
}

petl_gnuplot_status petl_gnuplot::run(
    const char *commands, size_t length, double timeout, double limit,
    petl_gnuplot_should_stop should_stop, void *context) {
  output.clear();
  errors.clear();
  message.clear();
  if (!stream || !child.is_alive()) {
    petl_gnuplot_status status = start();
    if (status != PETL_GNUPLOT_OK) return status;
  }
  // The answer is asked for on both outputs, as each is read on its own. The text is new in
  // every run: no label and no late line of an earlier run can look like it.
  run_number++;
  std::string mark = "petl-" + std::to_string(getpid()) + "-" + std::to_string(run_number) +
      "-" + std::to_string((unsigned long)(now() * 1e9));
  std::string script = "reset errors\n";
  script.append(commands, length);
  script += "\nset print '-'\nprint '" + mark + "'\nset print\nprint '" + mark +
      " ', GPVAL_ERRNO, ' ', GPVAL_ERRMSG\n";
  petl_gnuplot_status status = exchange(script, mark, timeout, limit, should_stop, context);
  // After an error gnuplot may be left in the middle of a multiplot: a new one is cheap.
  if (status != PETL_GNUPLOT_OK) stop(0);
  return status;
}

petl_gnuplot_status petl_gnuplot::exchange(
    const std::string &script, const std::string &mark, double timeout, double limit,
    petl_gnuplot_should_stop should_stop, void *context) {
  PipeSignalGuard guard;
  const std::string output_mark = mark + "\n";
  const std::string error_mark = mark + " ";
  size_t sent = 0;
  const double start = now();
  double last_progress = start;
  for (;;) {
    struct pollfd polled[3] = {
        {child.output.get(), POLLIN, 0},
        {child.errors.get(), POLLIN, 0},
        {sent < script.size() ? input : -1, POLLOUT, 0},
    };
    int ready = poll(polled, 3, slice_milliseconds);
    if (should_stop != nullptr && should_stop(context)) {
      message = "interrupted";
      return PETL_GNUPLOT_INTERRUPTED;
    }
    if (ready < 0 && errno != EINTR) {
      message = std::string("cannot wait for gnuplot: ") + strerror(errno);
      return PETL_GNUPLOT_INTERNAL;
    }
    size_t before = output.size() + errors.size() + sent;
    bool open = true;
    if (ready > 0) {
      if (polled[0].revents != 0) open = read_all(child.output, output) && open;
      if (polled[1].revents != 0) open = read_all(child.errors, errors) && open;
      if (polled[2].revents & POLLOUT) {
        size_t size = std::min(piece_size, script.size() - sent);
        stream->write(script.data() + sent, std::streamsize(size));
        stream->flush();
        open = stream->good() && open;
        sent += size;
      } else if (polled[2].revents != 0) {
        open = false;
      }
    }
    // Its answer counts even when the process is gone by now.
    if (ends_with(output, output_mark)) {
      std::string line = error_answer(error_mark);
      if (!line.empty()) {
        output.resize(output.size() - output_mark.size());
        return answer(line);
      }
    }
    if (!open || !child.is_alive()) return died();
    if (output.size() + errors.size() > output_limit) {
      message = "'" + program + "' prints without end; is it gnuplot?";
      return PETL_GNUPLOT_NOT_GNUPLOT;
    }
    const double time = now();
    if (output.size() + errors.size() + sent != before) last_progress = time;
    // A program that gives a byte now and then makes progress for ever.
    const bool is_idle = time - last_progress > timeout;
    if (is_idle || time - start > limit) {
      char text[64];
      snprintf(
          text, sizeof text, is_idle ? "did nothing for %g s" : "took more than %g s",
          is_idle ? timeout : limit);
      message = "gnuplot " + std::string(text) + " and was ended";
      return PETL_GNUPLOT_TIMED_OUT;
    }
  }
}

// The complete line "ERRNO ERRMSG\n" after the mark; empty when it has not come yet.
std::string petl_gnuplot::error_answer(const std::string &mark) const {
  size_t tail = errors.size() > 16384 ? errors.size() - 16384 : 0;
  size_t found = errors.find(mark, tail);
  if (found == std::string::npos || errors.back() != '\n') return "";
  return errors.substr(found + mark.size());
}

petl_gnuplot_status petl_gnuplot::answer(const std::string &line) {
  char *after = nullptr;
  long number = strtol(line.c_str(), &after, 10);
  if (number == 0 && after != line.c_str()) return PETL_GNUPLOT_OK;
  std::string reason = last_line(after);
  reason.erase(0, reason.find_first_not_of(' '));
  message = "gnuplot reports: " + (reason.empty() ? "an error without a message" : reason);
  return PETL_GNUPLOT_REPORTED;
}

petl_gnuplot_status petl_gnuplot::died() {
  // Its last words may still be in the pipe, and it may be a moment from its end.
  bool open = true;
  for (int i = 0; i < 30 && child.is_alive(); i++) {
    struct pollfd polled = {open ? child.errors.get() : -1, POLLIN, 0};
    if (poll(&polled, 1, 10) > 0) open = read_all(child.errors, errors);
  }
  read_all(child.errors, errors);
  std::string how = child.is_alive() ? "closed its input or output" : child.ending;
  std::string words = last_line(errors);
  message = "'" + program + "' " + how + " before the plot was finished";
  if (!words.empty()) message += ": " + words;
  return PETL_GNUPLOT_DIED;
}

// Reads what is there; false at the end of the stream.
bool petl_gnuplot::read_all(Descriptor &from, std::string &into) {
  char buffer[65536];
  for (;;) {
    ssize_t size = ::read(from.get(), buffer, sizeof buffer);
    if (size > 0) {
      into.append(buffer, size_t(size));
      if (into.size() > output_limit) return true;
    } else if (size == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN || errno == EWOULDBLOCK;
    }
  }
}

extern "C" {

petl_gnuplot *petl_gnuplot_create(const char *program) {
  try {
    std::unique_ptr<petl_gnuplot> gnuplot(new petl_gnuplot);
    gnuplot->program = program;
    return gnuplot.release();
  } catch (...) {
    return nullptr;
  }
}

void petl_gnuplot_destroy(petl_gnuplot *gnuplot) {
  if (gnuplot == nullptr) return;
  try {
    gnuplot->stop(0.5);
  } catch (...) {
  }
  delete gnuplot;
}

void petl_gnuplot_stop(petl_gnuplot *gnuplot) {
  if (gnuplot == nullptr) return;
  try {
    std::lock_guard<std::mutex> lock(gnuplot->running);
    gnuplot->stop(0.5);
  } catch (...) {
  }
}

petl_gnuplot_status petl_gnuplot_run(
    petl_gnuplot *gnuplot, const char *commands, size_t length, double timeout, double limit,
    petl_gnuplot_should_stop should_stop, void *context) {
  if (gnuplot == nullptr) return PETL_GNUPLOT_INTERNAL;
  try {
    std::lock_guard<std::mutex> lock(gnuplot->running);
    try {
      return gnuplot->run(commands, length, timeout, limit, should_stop, context);
    } catch (const std::bad_alloc &) {
      gnuplot->message = "out of memory";
    } catch (const std::exception &error) {
      gnuplot->message = error.what();
    } catch (...) {
      gnuplot->message = "unknown error";
    }
    gnuplot->stop(0);
  } catch (...) {
  }
  return PETL_GNUPLOT_INTERNAL;
}

const char *petl_gnuplot_output(const petl_gnuplot *gnuplot, size_t *length) {
  *length = gnuplot->output.size();
  return gnuplot->output.data();
}

const char *petl_gnuplot_message(const petl_gnuplot *gnuplot) {
  return gnuplot->message.c_str();
}

int petl_gnuplot_process(const petl_gnuplot *gnuplot) { return int(gnuplot->child.process); }

}  // extern "C"
