#include "report/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/formats.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

constexpr std::size_t id_digits = 12;

std::string figure_of(const std::optional<double>& value, GateMetric metric) {
  if (!value) return "";
  switch (metric) {
    case GateMetric::memory:
    case GateMetric::size:
      return figure_text(*value, Unit::bytes);
    case GateMetric::instructions:
      return fmt::format("{:.4g} M", *value / 1e6);
    default:
      return figure_text(*value, Unit::seconds);
  }
}

/// "more run time", "larger executables": what is worse of this metric.
std::string what_of(GateMetric metric) {
  switch (metric) {
    case GateMetric::wall:
      return "more run time";
    case GateMetric::cpu:
      return "more CPU time";
    case GateMetric::memory:
      return "more memory";
    case GateMetric::size:
      return "more space on disk";
    case GateMetric::build:
      return "more time to build";
    case GateMetric::instructions:
      return "more instructions";
  }
  return "";
}

enum class Signs { shown, hidden };

std::string interval_of(const PairResult& pair, Signs signs = Signs::shown) {
  const double scale = std::max(std::abs(pair.lo.value_or(0)), std::abs(pair.hi.value_or(0)));
  const auto edge = [&](const std::optional<Percent>& percent) -> std::string {
    if (!percent) return "…";
    return signs == Signs::shown ? human_signed_percent(*percent, scale) : human_percent(*percent, scale);
  };
  const bool is_exact = pair.lo == pair.effect && pair.hi == pair.effect;
  return is_exact || (!pair.lo && !pair.hi) ? "" : fmt::format(" [{}, {}]", edge(pair.lo), edge(pair.hi));
}

/// "+5.2 % [+4.1, +6.3]"
std::string change_of(const PairResult& pair) {
  if (!pair.effect) return "";
  return human_signed_percent(*pair.effect, *pair.effect) + " %" + interval_of(pair);
}

/// What may be lost at most: infinite if nothing bounds it.
double worst_case(const GateClaim& claim) {
  return claim.shown().hi.value_or(std::numeric_limits<double>::infinity());
}

int rank_of(GateOutcome outcome) {
  return outcome == GateOutcome::fail ? 0 : outcome == GateOutcome::open ? 1 : 2;
}

std::string where_of(const GateClaim& claim) {
  return claim.workload.empty() ? "" : " in " + quoted(claim.workload);
}

std::string allowed_text(const PairResult& pair) {
  return human_percent(pair.allowed, pair.allowed) + " %";
}

Cell outcome_cell(const GateClaim& claim) {
  if (claim.outcome == GateOutcome::fail) return {"regression", Tone::bad};
  if (claim.outcome == GateOutcome::open)
    return {claim.reason.empty() ? "can't tell" : "can't tell (" + claim.reason + ")", Tone::unsure};
  return {"pass", Tone::good};
}

std::string name_of(const GateVersion& version) {
  const auto id = version.revision.substr(0, id_digits);
  if (id.empty() || version.revision.starts_with(version.given)) return version.given;
  if (version.given == "HEAD") return id;
  return fmt::format("{} ({})", version.given, id);
}

/// What would decide the claims that are open only for lack of rounds.
std::string what_it_takes(const GateReport& report) {
  Nanoseconds most{};
  for (const auto& claim : report.claims)
    if (claim.outcome == GateOutcome::open && claim.reason.empty())
      most = std::max(most, claim.shown().time_needed.value_or(Nanoseconds{}));
  if (most == Nanoseconds{}) return "";
  if (most > std::chrono::hours(2))
    return " More time hardly helps: the machine is too noisy for this guard.";
  return fmt::format(" About {} more per workload would tell.", human_wait(most));
}

std::string sentence_of_open(const GateReport& report) {
  const auto worst = std::ranges::find(report.claims, GateOutcome::open, &GateClaim::outcome);
  const auto open = std::ranges::count(report.claims, GateOutcome::open, &GateClaim::outcome);
  const auto& pair = worst->shown();
  const auto rest = open > 1 ? fmt::format(" ({} more {} open)", open - 1, open == 2 ? "is" : "are") : "";
  if (!worst->reason.empty())
    return fmt::format("open: no regression is shown{}, but {}: {}{}.", where_of(*worst),
                       to_word(worst->metric), worst->reason, rest);
  if (!pair.hi)
    return fmt::format("open: {} of {} comparisons cannot be told yet.", open, report.claims.size()) +
           what_it_takes(report);
  return fmt::format("open: no regression is shown, but HEAD may take up to {} % {}{}, and {} is allowed{}.",
                     human_percent(*pair.hi, *pair.hi), what_of(worst->metric), where_of(*worst),
                     allowed_text(pair), rest) +
         what_it_takes(report);
}

std::string sentence_of_fail(const GateReport& report) {
  const auto failed = std::ranges::count(report.claims, GateOutcome::fail, &GateClaim::outcome);
  if (failed == 0) {
    const auto& trouble = report.troubles.front();
    return fmt::format("regression: HEAD does not do what {} asks: {}", quoted(trouble.workload),
                       trouble.reason);
  }
  const auto& worst = report.claims.front();
  const auto& pair = worst.shown();
  return fmt::format("regression: HEAD takes {} %{} {} than BASE{}, and {} is allowed{}.",
                     human_percent(*pair.effect, *pair.effect), interval_of(pair, Signs::hidden),
                     what_of(worst.metric), where_of(worst), allowed_text(pair),
                     failed == 1   ? ""
                     : failed == 2 ? "; one more comparison fails"
                                   : fmt::format("; {} more comparisons fail", failed - 1));
}

std::vector<GateClaim> not_passed(const GateReport& report) {
  std::vector<GateClaim> found;
  std::ranges::copy_if(report.claims, std::back_inserter(found),
                       [](const auto& claim) { return claim.outcome != GateOutcome::pass; });
  return found;
}

constexpr std::pair<const char*, const char*> reasons[] = {
    {layout_or_training,
     "one pair of builds shows a loss and another does not, so it comes from where the linker put code, or "
     "from "
     "what a training happened to see"},
    {not_shown_again, "the same files show a loss in one measurement and not in the next"},
    {other_output, "HEAD prints something else than BASE, so it may do other work"}};

/// What must be known to read it.
std::vector<std::string> remarks_of(const GateReport& report) {
  std::vector<std::string> remarks;
  for (const auto& trouble : report.troubles)
    remarks.push_back(fmt::format("{}: {}", trouble.workload, trouble.reason));
  const bool any_trained = std::ranges::any_of(report.claims, &GateClaim::trained);
  if (any_trained)
    remarks.emplace_back(
        "* profiles are trained with this workload, which flatters it: what was not trained may be slower");
  for (const auto& [reason, meaning] : reasons)
    if (std::ranges::find(report.claims, reason, &GateClaim::reason) != report.claims.end())
      remarks.push_back(fmt::format("{}: {}", reason, meaning));
  remarks.push_back(
      fmt::format("Each end of an interval is wrong in at most {:.4g} % of gates, all comparisons together.",
                  100 * (1 - report.confidence)));
  remarks.insert(remarks.end(), report.notes.begin(), report.notes.end());
  return remarks;
}

std::string title_of(const GateReport& report) {
  const auto built = report.variant.empty() ? "" : ", built as " + report.variant;
  return fmt::format("{}: HEAD {} against BASE {}{}", report.project, name_of(report.head),
                     name_of(report.base), built);
}

}  // namespace

GateOutcome GateReport::outcome() const {
  const auto any = [&](GateOutcome wanted) {
    return std::ranges::find(claims, wanted, &GateClaim::outcome) != claims.end();
  };
  if (!troubles.empty() || any(GateOutcome::fail)) return GateOutcome::fail;
  return any(GateOutcome::open) || claims.empty() ? GateOutcome::open : GateOutcome::pass;
}

void sort_worst_first(std::vector<GateClaim>& claims) {
  std::ranges::stable_sort(claims, [](const GateClaim& a, const GateClaim& b) {
    if (a.outcome != b.outcome) return rank_of(a.outcome) < rank_of(b.outcome);
    return worst_case(a) > worst_case(b);
  });
}

std::string sentence_of(const GateReport& report) {
  if (report.outcome() == GateOutcome::fail) return sentence_of_fail(report);
  if (report.claims.empty()) return "open: nothing was compared.";
  if (report.outcome() == GateOutcome::open) return sentence_of_open(report);
  return fmt::format("pass: HEAD is shown not to be worse than BASE by more than is allowed, in any of {}.",
                     human_count(std::ssize(report.claims), "comparison"));
}

Table gate_table(const GateReport& report, const std::vector<GateClaim>& claims) {
  Table table;
  const bool second = std::ranges::any_of(claims, [](const auto& claim) { return claim.second.has_value(); });
  table.columns = {{"workload", Align::left},
                   {"metric", Align::left},
                   {"BASE"},
                   {"HEAD"},
                   {"HEAD takes", Align::left},
                   {"allowed"}};
  if (second)
    table.columns.push_back({report.variant.empty() ? "measured again" : "other builds", Align::left});
  table.columns.push_back({"verdict", Align::left});
  for (const auto& claim : claims) {
    const auto& first = claim.first;
    const auto verdict = outcome_cell(claim);
    Row row{{claim.workload.empty() ? report.project : claim.workload + (claim.trained ? "*" : "")},
            {to_word(claim.metric)},
            {figure_of(first.base, claim.metric)},
            {figure_of(first.head, claim.metric)},
            {first.reason == same_code ? first.reason : change_of(first), verdict.tone},
            {allowed_text(first)}};
    if (second) row.emplace_back(claim.second ? change_of(*claim.second) : "", verdict.tone);
    row.push_back(verdict);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string to_text(const GateReport& report, bool color) {
  const auto tone = report.outcome() == GateOutcome::fail   ? Tone::bad
                    : report.outcome() == GateOutcome::open ? Tone::unsure
                                                            : Tone::good;
  std::string text = printable(title_of(report)) + "\n\n";
  if (!report.claims.empty()) text += to_text(gate_table(report, report.claims), color) + "\n";
  constexpr std::size_t page = 100;
  for (const auto& remark : remarks_of(report))
    for (const auto& line : wrap(printable(remark), page)) text += line + "\n";
  if (!report.explained.empty()) text += "\n" + report.explained;
  text += "\n";
  for (const auto& line : wrap(printable(sentence_of(report)), page)) text += paint(line, tone, color) + "\n";
  return text;
}

std::string to_markdown(const GateReport& report) {
  std::string text = fmt::format("### {}\n\n{}\n\n", escaped_markdown(title_of(report)),
                                 escaped_markdown(sentence_of(report)));
  const auto worst = not_passed(report);
  if (!worst.empty()) text += to_markdown(gate_table(report, worst));
  if (worst.size() < report.claims.size())
    text += fmt::format("<details><summary>All {}</summary>\n\n{}</details>\n\n",
                        human_count(std::ssize(report.claims), "comparison"),
                        to_markdown(gate_table(report, report.claims)));
  for (const auto& remark : remarks_of(report)) text += fmt::format("- {}\n", escaped_markdown(remark));
  return text + fmt::format("\npgo-orch {}, {}\n", report.tool_version, escaped_markdown(report.run.started));
}

}  // namespace pgo_orch::report
