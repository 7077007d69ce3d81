#include "report/confirm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/formats.h"
#include "report/humanize.h"
#include "report/json_values.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

/// "-12.1 % [-13.0, -11.2]"
std::string effect_of(const Comparison& comparison) {
  if (!comparison.effect) return "";
  const double scale = std::max(std::abs(comparison.lo.value_or(*comparison.effect)),
                                std::abs(comparison.hi.value_or(*comparison.effect)));
  const auto edge_at = [&](const std::optional<Percent>& percent) -> std::string {
    return percent ? human_signed_percent(*percent, scale) : "…";
  };
  return fmt::format("{} % [{}, {}]", human_signed_percent(*comparison.effect, scale), edge_at(comparison.lo),
                     edge_at(comparison.hi));
}

std::string text_of_kind(const ClaimedTwice& claim) {
  return claim.kind == ClaimKind::over_guard ? "over guard" : to_word(claim.kind);
}

std::string scope_of(const Comparison& comparison) {
  return comparison.workload.value_or("all together");
}

std::string metric_of(const Comparison& comparison) {
  return comparison.metric == Metric::cpu ? "CPU time" : "run time";
}

Cell joined_cell(const ClaimedTwice& claim) {
  switch (claim.joined) {
    case Joined::contradicted:
      return {"contradicted", Tone::bad};
    case Joined::confirmed:
      return {"confirmed", Tone::good};
    case Joined::not_confirmed:
      break;
  }
  if (!claim.second) return {"not confirmed (not measured)", Tone::unsure};
  return {claim.time_needed ? fmt::format("not confirmed ({} more)", human_wait(*claim.time_needed))
                            : "not confirmed",
          Tone::unsure};
}

std::string machine_of(const Host& host) {
  return fmt::format("{}, {}, {}{}", host.cpu.empty() ? "unknown CPU" : host.cpu,
                     human_count(host.cores, "core"), host.kernel, host.virtualized ? ", virtual" : "");
}

std::int64_t count_of(const ConfirmReport& report, Joined joined) {
  return std::ranges::count(report.claims, joined, &ClaimedTwice::joined);
}

std::string what_would_tell(Nanoseconds time) {
  if (time == Nanoseconds{}) return "";
  if (time > std::chrono::hours(2)) return " More time hardly helps: this machine is too noisy for that.";
  return fmt::format(" About {} more per workload would tell.", human_wait(time));
}

std::string what_was_found(const ConfirmReport& report) {
  const auto all = human_count(std::ssize(report.claims), "claim");
  const auto contradicted = count_of(report, Joined::contradicted);
  const auto open = count_of(report, Joined::not_confirmed);
  if (contradicted > 0) {
    const auto& worst = report.claims.front();
    return fmt::format(
        "contradicted: {} of {}. The run claims that {} is {} in {}, {} {}, and it takes {} here. The "
        "machines differ, or one of the measurements is wrong.",
        contradicted, all, worst.first.variant,
        worst.kind == ClaimKind::over_guard ? "slower than the guard allows" : to_word(worst.kind),
        scope_of(worst.first), effect_of(worst.first), metric_of(worst.first), effect_of(*worst.second));
  }
  if (open == 0)
    return report.claims.size() == 1 ? "confirmed: the only claim holds here, too."
                                     : fmt::format("confirmed: all {} hold here, too.", all);
  Nanoseconds most{};
  for (const auto& claim : report.claims) most = std::max(most, claim.time_needed.value_or(Nanoseconds{}));
  return fmt::format("not confirmed: {} of {}; nothing is contradicted.{}", open, all, what_would_tell(most));
}

std::vector<std::string> remarks_of_confirm(const ConfirmReport& report) {
  std::vector<std::string> remarks;
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;  // and the variants that have them
  for (const auto& claim : report.claims) {
    if (claim.reason.empty()) continue;
    auto known = std::ranges::find(reasons, claim.reason, [](const auto& each) { return each.first; });
    if (known == reasons.end()) known = reasons.insert(known, {claim.reason, {}});
    auto& names = known->second;
    if (std::ranges::find(names, claim.first.variant) == names.end()) names.push_back(claim.first.variant);
  }
  for (const auto& [reason, names] : reasons)
    remarks.push_back(fmt::format("not measured ({}): {}", join_words(names), reason));
  remarks.push_back(fmt::format(
      "All claims that both measurements make hold together with a confidence of at least {:.4g} %. It is "
      "more if their errors are independent, which is not assumed: the files are the same.",
      100 * report.confidence));
  remarks.insert(remarks.end(), report.notes.begin(), report.notes.end());
  return remarks;
}

std::string heading_of(const ConfirmReport& report) {
  return fmt::format("{}: the claims of run {}, measured again", report.project, report.first_run.id);
}

std::vector<std::string> machines_of(const ConfirmReport& report) {
  return {"first: " + machine_of(report.first_host), "here:  " + machine_of(report.host)};
}

Json figures_of(const Comparison& comparison) {
  return {{"effect_pct", comparison.effect},
          {"lo_pct", comparison.lo},
          {"hi_pct", comparison.hi},
          {"verdict", comparison.verdict},
          {"confidence", comparison.confidence},
          {"rounds", comparison.rounds}};
}

Json machine_json(const RunInfo& run, const Host& host) {
  return {{"run", run.id},
          {"started", run.started},
          {"finished", run.finished},
          {"cpu", host.cpu},
          {"cores", host.cores},
          {"kernel", host.kernel},
          {"virtualized", host.virtualized},
          {"warnings", host.warnings}};
}

}  // namespace

Joined ConfirmReport::outcome() const {
  const auto worst = std::ranges::min_element(claims, {}, &ClaimedTwice::joined);
  return worst == claims.end() ? Joined::not_confirmed : worst->joined;
}

void sort_worst_first(std::vector<ClaimedTwice>& claims) {
  std::ranges::stable_sort(claims, {}, &ClaimedTwice::joined);
}

std::string sentence_of(const ConfirmReport& report) {
  const auto found = what_was_found(report);
  if (report.recommendation.empty()) return found;
  return found + (report.recommends ? " " + report.recommendation
                                    : " The recommendation of the run is not confirmed.");
}

Table confirm_table(const ConfirmReport& report) {
  Table table;
  table.columns = {{"workload", Align::left}, {"variant", Align::left}, {"metric", Align::left},
                   {"claim", Align::left},    {"first", Align::left},   {"here", Align::left},
                   {"verdict", Align::left}};
  for (const auto& claim : report.claims) {
    const auto verdict = joined_cell(claim);
    table.rows.push_back({{scope_of(claim.first)},
                          {claim.first.variant},
                          {metric_of(claim.first)},
                          {text_of_kind(claim)},
                          {effect_of(claim.first)},
                          {claim.second ? effect_of(*claim.second) : "", verdict.tone},
                          verdict});
  }
  return table;
}

std::string to_text(const ConfirmReport& report, bool color) {
  const auto tone = report.outcome() == Joined::contradicted    ? Tone::bad
                    : report.outcome() == Joined::not_confirmed ? Tone::unsure
                                                                : Tone::good;
  constexpr std::size_t page = 100;
  std::string text = printable(heading_of(report)) + "\n";
  for (const auto& machine : machines_of(report)) text += printable(machine) + "\n";
  text += "\n" + to_text(confirm_table(report), color) + "\n";
  for (const auto& remark : remarks_of_confirm(report))
    for (const auto& line : wrap(printable(remark), page)) text += line + "\n";
  text += "\n";
  for (const auto& line : wrap(printable(sentence_of(report)), page)) text += paint(line, tone, color) + "\n";
  return text;
}

std::string to_markdown(const ConfirmReport& report) {
  std::string text = fmt::format("### {}\n\n{}\n\n", escaped_markdown(heading_of(report)),
                                 escaped_markdown(sentence_of(report)));
  text += to_markdown(confirm_table(report)) + "\n";
  for (const auto& machine : machines_of(report)) text += fmt::format("- {}\n", escaped_markdown(machine));
  for (const auto& remark : remarks_of_confirm(report))
    text += fmt::format("- {}\n", escaped_markdown(remark));
  return text + fmt::format("\npgo-orch {}, {}\n", report.tool_version, escaped_markdown(report.run.started));
}

std::string to_json_text(const ConfirmReport& report) {
  Json json{{"schema", confirm_schema},
            {"tool", {{"version", report.tool_version}}},
            {"project", report.project},
            {"baseline", report.baseline},
            {"first", machine_json(report.first_run, report.first_host)},
            {"second", machine_json(report.run, report.host)},
            {"confidence", report.confidence},
            {"precision", report.precision},
            {"outcome", report.outcome()},
            {"sentence", sentence_of(report)},
            {"recommendation", report.recommendation},
            {"recommendation_confirmed", report.recommends},
            {"claims", Json::array()},
            {"notes", report.notes}};
  for (const auto& claim : report.claims)
    json["claims"].push_back({{"variant", claim.first.variant},
                              {"workload", claim.first.workload},
                              {"metric", claim.first.metric},
                              {"claim", claim.kind},
                              {"joined", claim.joined},
                              {"first", figures_of(claim.first)},
                              {"second", claim.second ? figures_of(*claim.second) : Json()},
                              {"time_needed_s", claim.time_needed},
                              {"reason", claim.reason}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pgo_orch::report
