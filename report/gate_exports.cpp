// What a gate found, for programs: JSON, JUnit's XML, and GitHub's annotations.

#include <fmt/format.h>

#include "report/gate.h"
#include "report/json_values.h"
#include "report/junit.h"

namespace pgo_orch::report {

namespace {

Json json_of(const PairResult& pair) {
  return {{"base", pair.base},
          {"head", pair.head},
          {"effect_pct", pair.effect},
          {"lo_pct", pair.lo},
          {"hi_pct", pair.hi},
          {"allowed_pct", pair.allowed},
          {"outcome", pair.outcome},
          {"rounds", pair.rounds},
          {"orders", pair.orders},
          {"rounds_needed", pair.rounds_needed},
          {"time_needed_s", pair.time_needed},
          {"reason", pair.reason}};
}

Json json_of(const GateClaim& claim) {
  return {{"metric", claim.metric},
          {"workload", claim.workload.empty() ? Json() : Json(claim.workload)},
          {"trained", claim.trained},
          {"outcome", claim.outcome},
          {"reason", claim.reason},
          {"first", json_of(claim.first)},
          {"second", claim.second ? json_of(*claim.second) : Json()}};
}

Json json_of(const GateVersion& version) {
  Json programs = Json::array();
  for (const auto& program : version.programs)
    programs.push_back({{"program", program.program},
                        {"sha256", program.sha256},
                        {"code_sha256", program.code_sha256},
                        {"size_bytes", program.size}});
  return {{"given", version.given},
          {"revision", version.revision.empty() ? Json() : Json(version.revision)},
          {"rustc", version.rustc.empty() ? Json() : Json(version.rustc)},
          {"programs", programs}};
}

std::string name_of(const GateClaim& claim) {
  return claim.workload.empty() ? to_word(claim.metric)
                                : fmt::format("{} {}", claim.workload, to_word(claim.metric));
}

/// In a line: what is known.
std::string line_of(const GateClaim& claim) {
  const auto& pair = claim.shown();
  if (!pair.effect) return claim.reason.empty() ? "nothing was compared" : claim.reason;
  const auto edge = [](const std::optional<Percent>& percent) {
    return percent ? fmt::format("{:+.2f}", *percent) : std::string("…");
  };
  return fmt::format("{:+.2f} % [{}, {}], and {:.2f} % is allowed{}{}", *pair.effect, edge(pair.lo),
                     edge(pair.hi), pair.allowed, claim.reason.empty() ? "" : ": ", claim.reason);
}

/// As GitHub's runner reads workflow commands: a value ends at a line, a property also at , and :.
std::string escaped_command(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : printable(text)) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    escaped += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return escaped;
}

std::string annotation(const char* kind, std::string_view title, std::string_view text) {
  return fmt::format("::{} title={}::{}\n", kind, escaped_command(title, true), escaped_command(text, false));
}

}  // namespace

std::string to_json_text(const GateReport& report) {
  Json json{
      {"schema", gate_schema},
      {"tool", {{"version", report.tool_version}}},
      {"run", {{"id", report.run.id}, {"started", report.run.started}, {"finished", report.run.finished}}},
      {"host",
       {{"cpu", report.host.cpu},
        {"cores", report.host.cores},
        {"kernel", report.host.kernel},
        {"virtualized", report.host.virtualized},
        {"warnings", report.host.warnings}}},
      {"project", report.project},
      {"variant", report.variant.empty() ? Json() : Json(report.variant)},
      {"confidence", report.confidence},
      {"strict", report.strict},
      {"outcome", report.outcome()},
      {"sentence", sentence_of(report)},
      {"base", json_of(report.base)},
      {"head", json_of(report.head)},
      {"claims", Json::array()},
      {"troubles", Json::array()},
      {"notes", report.notes}};
  for (const auto& claim : report.claims) json["claims"].push_back(json_of(claim));
  for (const auto& trouble : report.troubles)
    json["troubles"].push_back({{"workload", trouble.workload}, {"reason", trouble.reason}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_junit(const GateReport& report) {
  std::vector<TestCase> tests;
  for (const auto& claim : report.claims) {
    const bool fails =
        claim.outcome == GateOutcome::fail || (report.strict && claim.outcome == GateOutcome::open);
    const char* kind = fails ? "failure" : claim.outcome == GateOutcome::open ? "skipped" : "";
    tests.push_back({"gate", name_of(claim), {}, kind, line_of(claim), {}});
  }
  for (const auto& trouble : report.troubles)
    tests.push_back({"workloads", trouble.workload, {}, "failure", trouble.reason, {}});
  return junit_xml(report.project, report.run.started, tests);
}

std::string to_github_annotations(const GateReport& report) {
  std::string text;
  for (const auto& claim : report.claims) {
    if (claim.outcome == GateOutcome::pass) continue;
    const bool fails = claim.outcome == GateOutcome::fail;
    text += annotation(fails ? "error" : "warning",
                       fmt::format("{}: {}", fails ? "regression" : "can't tell", name_of(claim)),
                       line_of(claim));
  }
  for (const auto& trouble : report.troubles)
    text += annotation("error", "wrong: " + trouble.workload, trouble.reason);
  return text + annotation("notice", "pgo-orch gate", sentence_of(report));
}

}  // namespace pgo_orch::report
