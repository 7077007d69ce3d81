#include "measure/timer/messages.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "measure/timer/sampler.h"
#include "toolchains/error.h"

namespace pgo_orch::measure {

namespace {

using timer::Answer;
using timer::AnswerKind;
using timer::Output;
using timer::Request;
using timer::RequestKind;
using timer::Stage;

Output output_of(StdoutMode mode) {
  switch (mode) {
    case StdoutMode::pipe:
      return Output::pipe;
    case StdoutMode::null:
      return Output::null;
    case StdoutMode::file:
      return Output::file;
  }
  return Output::pipe;
}

void add(std::string& body, std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    throw Error("arguments and environment variables cannot contain a zero byte: '" +
                std::string(text.substr(0, text.find('\0'))) + "'");
  body.append(text).push_back('\0');
}

const std::filesystem::path& executable_of(const RunSpec& spec, std::filesystem::path& buffer) {
  if (!spec.executable.empty() || spec.argv.empty()) return spec.executable;
  return buffer = spec.argv.front();
}

std::string body_of(const RunSpec& spec) {
  std::filesystem::path buffer;
  std::string body;
  for (const auto* path :
       {&executable_of(spec, buffer), &spec.cwd, &spec.stdin_file, &spec.stdout_file, &spec.stderr_file})
    add(body, path->native());
  for (const auto& argument : spec.argv) add(body, argument);
  for (const auto& [name, value] : spec.env) add(body, name + '=' + value);
  return body;
}

std::string bytes_of(const Request& request) {
  return {reinterpret_cast<const char*>(&request), sizeof request};
}

void set_affinity(Request& request, const std::vector<int>& cpus) {
  for (const int cpu : cpus) {
    if (cpu < 0 || cpu >= timer::max_cpus) throw Error("CPU " + std::to_string(cpu) + " does not exist");
    request.cpus[cpu / 64] |= std::uint64_t{1} << (cpu % 64);
  }
}

/// Why tracing was refused.
std::string refusal(int error_number) {
  return std::string("tracing programs is not allowed on this system (ptrace: ") +
         std::strerror(error_number) +
         "): start the container with --cap-add=SYS_PTRACE, or set /proc/sys/kernel/yama/ptrace_scope to 1";
}

/// "cannot read stdin /a/in.txt: No such file or directory"
std::string reason_of(const Answer& answer, const RunSpec& spec) {
  std::filesystem::path buffer;
  const std::string cause = std::string(": ") + std::strerror(answer.error_number);
  switch (answer.stage) {
    case Stage::stdin_file:
      return "cannot read stdin " + spec.stdin_file.string() + cause;
    case Stage::stdout_file:
      return "cannot write stdout to " + spec.stdout_file.string() + cause;
    case Stage::stderr_file:
      return "cannot write stderr to " + spec.stderr_file.string() + cause;
    case Stage::cwd:
      return "cannot enter " + spec.cwd.string() + cause;
    case Stage::affinity:
      return "cannot run on the requested CPUs" + cause;
    case Stage::trace:
      return refusal(answer.error_number);
    case Stage::exec:
      return "cannot execute " + executable_of(spec, buffer).string() + cause;
    default:
      return "cannot start a process" + cause;
  }
}

void set_end(Sample& sample, const Answer& answer) {
  if (answer.kind == AnswerKind::timed_out) {
    sample.end = End::timed_out;
  } else if (answer.kind == AnswerKind::aborted) {
    sample.end = End::interrupted;
  } else if (WIFEXITED(answer.wait_status)) {
    sample.end = End::exited;
    sample.exit_code = WEXITSTATUS(answer.wait_status);
  } else {
    sample.end = End::signalled;
    sample.signal = WTERMSIG(answer.wait_status);
  }
}

/// A request without its kind and landmarks.
Request request_of(const RunSpec& spec, const std::string& body) {
  Request request{};
  request.magic = timer::protocol_magic;
  request.body_bytes = static_cast<std::uint32_t>(body.size());
  request.argc = static_cast<std::uint32_t>(spec.argv.size());
  request.envc = static_cast<std::uint32_t>(spec.env.size());
  request.output = output_of(spec.stdout_mode);
  request.timeout_ns = spec.timeout.count();
  set_affinity(request, spec.affinity);
  request.fixed_layout = spec.fixed_layout ? 1 : 0;
  return request;
}

std::optional<TraceMark> mark_of(const timer::TraceMark& mark, std::int64_t start_ns) {
  if (mark.stopped_ns == 0) return std::nullopt;
  return TraceMark{.stopped = Nanoseconds(mark.stopped_ns - start_ns),
                   .resumed = Nanoseconds(mark.resumed_ns - start_ns),
                   .other = Nanoseconds(mark.other_ns),
                   .other_stops = static_cast<int>(mark.other_stops)};
}

}  // namespace

std::optional<std::string> encode(const RunSpec& spec) {
  const std::string body = body_of(spec);
  if (body.size() > timer::max_body) return std::nullopt;
  Request request = request_of(spec, body);
  request.kind = RequestKind::run;
  return bytes_of(request) + body;
}

std::optional<std::string> encode(const RunSpec& spec, const toolchains::Landmarks& landmarks,
                                  bool debug_registers) {
  const std::string body = body_of(spec);
  if (body.size() > timer::max_body) return std::nullopt;
  Request request = request_of(spec, body);
  request.kind = RequestKind::trace;
  request.trace = {.entry = landmarks.entry,
                   .main = landmarks.main.value_or(0),
                   .user_main = landmarks.user_main.value_or(0),
                   .moving_stack = landmarks.moving_stack ? 1U : 0U,
                   .software_return = debug_registers ? 0U : 1U};
  return bytes_of(request) + body;
}

std::string encode_abort() {
  Request request{};
  request.magic = timer::protocol_magic;
  request.kind = RequestKind::abort;
  return bytes_of(request);
}

Sample decode(const Answer& answer, const RunSpec& spec) {
  Sample sample;
  if (answer.kind == AnswerKind::failed) {
    sample.reason = reason_of(answer, spec);
    return sample;
  }
  set_end(sample, answer);
  sample.wall = Nanoseconds(answer.wall_ns);
  sample.user = Nanoseconds(answer.user_ns);
  sample.system = Nanoseconds(answer.system_ns);
  sample.peak_rss = Bytes{answer.peak_rss_bytes};
  sample.minor_faults = answer.minor_faults;
  sample.major_faults = answer.major_faults;
  sample.voluntary_switches = answer.voluntary_switches;
  sample.involuntary_switches = answer.involuntary_switches;
  return sample;
}

Trace decode(const Answer& answer, const timer::TraceAnswer& traced, const RunSpec& spec) {
  Trace trace{.sample = decode(answer, spec)};
  if (answer.kind == AnswerKind::failed) {
    if (answer.stage == Stage::trace) trace.unavailable = refusal(answer.error_number);
    return trace;
  }
  for (std::size_t i = 0; i < landmark_count; ++i) trace.marks[i] = mark_of(traced.marks[i], traced.start_ns);
  trace.end = Nanoseconds(traced.end_ns - traced.start_ns);
  for (const std::int64_t repeat : traced.repeat_ns)
    if (repeat != 0) trace.repeats.emplace_back(repeat);
  for (const std::int64_t watch : traced.watch_ns)
    if (watch != 0) trace.watches.emplace_back(watch);
  trace.watched_return = traced.watched_return != 0;
  trace.stops = static_cast<int>(traced.stops);
  trace.execs = static_cast<int>(traced.execs);
  return trace;
}

std::string describe(const Sample& sample) {
  switch (sample.end) {
    case End::exited:
      return "exit code " + std::to_string(sample.exit_code);
    case End::signalled:
      return "killed by signal " + std::to_string(sample.signal) + " (" + strsignal(sample.signal) + ")";
    case End::timed_out:
      return "timed out";
    case End::interrupted:
      return "interrupted";
    case End::not_started:
      return sample.reason;
  }
  return {};
}

}  // namespace pgo_orch::measure
