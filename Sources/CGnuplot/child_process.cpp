#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept {
  if (this != &other) {
    close();
    value_ = other.release();
  }
  return *this;
}

int Descriptor::release() {
  int value = value_;
  value_ = -1;
  return value;
}

void Descriptor::close() {
  if (value_ >= 0) ::close(value_);
  value_ = -1;
}

namespace {

// A pipe whose ends are above the standard descriptors, so that no dup2 in the child can hit
// the other end of a pipe when our own standard streams are closed.
int make_pipe(Descriptor &read_end, Descriptor &write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  Descriptor *places[2] = {&read_end, &write_end};
  Descriptor raw[2] = {Descriptor(ends[0]), Descriptor(ends[1])};
  for (int i = 0; i < 2; i++) {
    if (raw[i].get() > STDERR_FILENO) {
      *places[i] = std::move(raw[i]);
    } else {
      int moved = fcntl(raw[i].get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
      if (moved < 0) return errno;
      *places[i] = Descriptor(moved);
    }
  }
  return 0;
}

// Both are plain structs that need their destroy call on every way out.
struct SpawnSettings {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  SpawnSettings() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

void sleep_milliseconds(long milliseconds) {
  struct timespec pause = {milliseconds / 1000, (milliseconds % 1000) * 1000000};
  nanosleep(&pause, nullptr);
}

}  // namespace

int ChildProcess::start(const std::vector<std::string> &arguments) {
  Descriptor child_input, child_output, child_errors;
  if (int error = make_pipe(child_input, input)) return error;
  if (int error = make_pipe(output, child_output)) return error;
  if (int error = make_pipe(errors, child_errors)) return error;
  // Our ends never block: all waiting is done in poll, where time can run out.
  for (int end : {input.get(), output.get(), errors.get()}) {
    int flags = fcntl(end, F_GETFL);
    if (flags < 0 || fcntl(end, F_SETFL, flags | O_NONBLOCK) < 0) return errno;
  }

  SpawnSettings settings;
  int error = 0;
  auto check = [&error](int result) {
    if (error == 0) error = result;
  };
  check(posix_spawn_file_actions_adddup2(&settings.files, child_input.get(), STDIN_FILENO));
  check(posix_spawn_file_actions_adddup2(&settings.files, child_output.get(), STDOUT_FILENO));
  check(posix_spawn_file_actions_adddup2(&settings.files, child_errors.get(), STDERR_FILENO));
  check(posix_spawn_file_actions_addclosefrom_np(&settings.files, STDERR_FILENO + 1));

  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  check(posix_spawnattr_setsigdefault(&settings.attributes, &all));
  check(posix_spawnattr_setsigmask(&settings.attributes, &none));
  check(posix_spawnattr_setpgroup(&settings.attributes, 0));
  check(posix_spawnattr_setflags(
      &settings.attributes,
      POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
  if (error != 0) return error;

  std::vector<char *> pointers;
  for (const std::string &argument : arguments) {
    pointers.push_back(const_cast<char *>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  ending.clear();
  return posix_spawnp(
      &process, pointers[0], &settings.files, &settings.attributes, pointers.data(), environ);
}

bool ChildProcess::is_alive() {
  if (process == 0) return false;
  int status = 0;
  pid_t result = waitpid(process, &status, WNOHANG);
  if (result == 0 || (result < 0 && errno == EINTR)) return true;
  // Anything but our own process (ECHILD when the host ignores SIGCHLD) means it is gone.
  if (result == process) {
    note(status);
  } else {
    ending = "ended";
  }
  process = 0;
  return false;
}

void ChildProcess::end(double seconds) {
  for (double waited = 0; waited < seconds; waited += 0.005) {
    if (!is_alive()) return;
    sleep_milliseconds(5);
  }
  if (!is_alive()) return;
  kill(-process, SIGKILL);
  // A killed process is gone at once, but for one stuck in the kernel, which nobody can wait
  // for: give it a second.
  for (int i = 0; i < 200 && is_alive(); i++) sleep_milliseconds(5);
  process = 0;
}

void ChildProcess::note(int status) {
  if (WIFEXITED(status)) {
    ending = "ended with status " + std::to_string(WEXITSTATUS(status));
  } else if (WIFSIGNALED(status)) {
    int signal_number = WTERMSIG(status);
    const char *name = sigdescr_np(signal_number);
    ending = "was killed by signal " + std::to_string(signal_number);
    if (name != nullptr) ending += " (" + std::string(name) + ")";
  } else {
    ending = "ended";
  }
}
