#include "measure/shim/program/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgo/shim_contract.h"

namespace pgo_orch::shim {
namespace {

/// The length of the well-formed UTF-8 character at `at`; 0: there is none.
std::size_t utf8_size(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const auto first = byte(at);
  const std::size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first > 0xf4) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const auto second = byte(at + 1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  return overlong || surrogate || (first == 0xf4 && second > 0x8f) ? 0 : size;
}

/// An object written field by field. Libraries need exceptions and locales, which slow down a program that
/// starts for each call of a compiler.
class Object {
 public:
  explicit Object(std::string& text) : text_(text) { text_ += '{'; }
  ~Object() { text_ += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  void key(std::string_view name) {
    if (!first_) text_ += ',';
    first_ = false;
    string(name);
    text_ += ':';
  }
  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    string(value);
  }
  void add(std::string_view name, std::int64_t value) {
    key(name);
    text_ += std::to_string(value);
  }
  void add(std::string_view name, const Arguments& values) {
    if (values.empty()) return;
    key(name);
    char before = '[';
    for (const auto& value : values) {
      text_ += before;
      string(value);
      before = ',';
    }
    text_ += ']';
  }
  void add_if(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    text_ += "true";
  }

 private:
  void string(std::string_view value) {
    text_ += '"';
    for (std::size_t i = 0; i < value.size();) {
      const auto size = utf8_size(value, i);
      const char c = value[i];
      if (size == 0) {
        text_ += "\xef\xbf\xbd";  // U+FFFD: JSON cannot represent other bytes
      } else if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        char escaped[8];
        snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
        text_ += escaped;
      } else {
        text_ += value.substr(i, size);
      }
      i += size == 0 ? 1 : size;
    }
    text_ += '"';
  }

  std::string& text_;
  bool first_ = true;
};

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::compile:
      return "compile";
    case Kind::link:
      return "link";
    case Kind::query:
      return "query";
    case Kind::run:
      break;
  }
  return "run";
}

void add_run(Object& object, const Run& run, std::int64_t own_ns) {
  object.add("pid", run.pid);
  object.add("ppid", getppid());
  object.add("shim_pid", getpid());
  object.add("start_ns", run.start_ns);
  object.add("end_ns", run.end_ns);
  object.add("user_ns", run.user_ns);
  object.add("system_ns", run.system_ns);
  object.add("peak_rss_bytes", static_cast<std::int64_t>(run.peak_rss_bytes));
  object.add("own_ns", own_ns);
  if (WIFSIGNALED(run.wait_status))
    object.add("signal", WTERMSIG(run.wait_status));
  else
    object.add("exit", WEXITSTATUS(run.wait_status));
}

void add_facts(Object& object, const Facts& facts) {
  object.add("crate", facts.crate);
  object.add("crate_types", facts.crate_types);
  object.add("metadata", facts.metadata);
  object.add("lto", facts.lto);
  object.add("extra_filename", facts.extra_filename);
  object.add("externs", facts.externs);
  object.add("emit", facts.emit);
  object.add("source", facts.source);
  object.add("out", facts.out);
  object.add("target", facts.target);
  object.add_if("test", facts.test);
  object.add_if("links", facts.links);
}

void add_passes(Object& object, std::string& text, const std::vector<Pass>& passes) {
  if (passes.empty()) return;
  object.key("passes");
  char before = '[';
  for (const auto& pass : passes) {
    text += before;
    before = ',';
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%.9f", pass.seconds);
    Object entry(text);
    entry.add("pass", pass.name);
    entry.key("seconds");
    text += seconds;
    entry.add("end_ns", pass.end_ns);
  }
  text += ']';
}

/// True for the first shim that asks, if the folder of links is writable; otherwise for all.
bool is_first_complaint() {
  if (variable(dir_variable).empty()) return true;
  const auto marker = std::string(variable(dir_variable)) + "/" + said_file;
  const int fd = open(marker.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd >= 0) close(fd);
  return fd >= 0 || errno != EEXIST;
}

}  // namespace

std::string event_line(const Call& call, const Run& run, std::int64_t own_ns) {
  std::string text;
  {
    Object object(text);
    object.add("tool", call.tool);
    object.add("kind", name_of(call.kind));
    if (const auto above = parent(); !above.tool.empty()) {
      object.key("parent");
      Object entry(text);
      entry.add("tool", above.tool);
      entry.add("shim_pid", above.shim_pid);
    }
    add_run(object, run, own_ns);
    object.add("argv_count", static_cast<std::int64_t>(call.argv.size()));
    add_facts(object, call.facts);
    object.add("package", variable("CARGO_PKG_NAME"));
    object.add("version", variable("CARGO_PKG_VERSION"));
    object.add_if("primary", variable("CARGO_PRIMARY_PACKAGE") == "1");
    object.add_if("probe", call.probe);
    add_passes(object, text, run.passes);
  }
  text += '\n';
  return text;
}

void append_to_log(const std::string& line) {
  const auto file = std::string(variable(log_variable));
  if (file.empty()) return;
  const int fd = open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  errno = fd < 0 ? errno : 0;
  if (fd >= 0 && write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size())) return;
  const int error = errno != 0 ? errno : ENOSPC;  // a short write
  if (is_first_complaint())
    dprintf(2, "%s: cannot write to %s: %s\n", program_name, file.c_str(), strerror(error));
}

}  // namespace pgo_orch::shim
