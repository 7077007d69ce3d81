// How each variant was built: settings, flags with their origins, commands.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/details.h"
#include "report/html/markup.h"
#include "report/html/page.h"
#include "report/humanize.h"
#include "report/run_tables.h"
#include "toolchains/command.h"

namespace pgo_orch::report {

namespace {

std::string settings_cell(const VariantResult& variant) {
  std::string html;
  for (const Setting& setting : variant.settings)
    html += (html.empty() ? "" : " ") + code_element(setting.key + " = " + setting.value);
  return html;
}

std::string settings_row(const VariantResult& variant) {
  return fmt::format("<tr><th scope=\"row\">{}<td>{}<td>{}<td>{}<td>{}\n", escaped_html(variant.name),
                     settings_cell(variant), escaped_html(variant.target), escaped_html(variant.toolchain),
                     variant.portable ? "yes" : "<span class=\"unsure\">no</span>");
}

/// Flags with where each comes from, and the command of the final stage.
std::string flags(const VariantResult& variant) {
  Table table;
  table.columns = {{"flag", Align::left}, {"from", Align::left}};
  for (std::size_t i = 0; i < variant.rustflags.size(); ++i)
    table.rows.push_back(
        {variant.rustflags[i], i < variant.flag_origins.size() ? variant.flag_origins[i] : ""});
  std::string html = table.rows.empty() ? "" : to_html_table(table);
  if (!variant.command.empty())
    html += fmt::format("<pre tabindex=\"0\">{}</pre>\n",
                        escaped_html(toolchains::to_shell({.argv = variant.command})));
  return html;
}

std::string tools(const Results& results) {
  Table table{"Tools"};
  table.columns = {
      {"tool", Align::left}, {"version", Align::left}, {"LLVM", Align::left}, {"path", Align::left}};
  for (const auto& [name, tool] : results.tools)
    table.rows.push_back({name, tool.version, tool.llvm, tool.path});
  return table.rows.empty() ? "" : to_html_table(table);
}

std::string artifacts(const Page& page) {
  Table table{"Executables"};
  table.columns = {
      {"variant", Align::left}, {"file", Align::left}, {"size"}, {"code"}, {"SHA-256", Align::left}};
  for (const Shown& shown : page.shown) {
    if (!shown.variant || table.rows.size() >= page.limits.charted) continue;
    for (const Artifact& artifact : shown.variant->artifacts)
      table.rows.push_back(
          {shown.name, artifact.path, human(artifact.size), human(artifact.text), artifact.sha256});
  }
  return table.rows.empty() ? "" : to_html_table(table);
}

}  // namespace

std::string settings_part(const Page& page) {
  const auto all = page.results.variants.size();
  if (all == 0) return "";
  std::string rows, flags_of_all;
  std::size_t count = 0;
  for (const VariantResult& variant : page.results.variants) {
    if (count++ >= page.limits.charted) break;
    rows += settings_row(variant);
    if (const std::string html = flags(variant); !html.empty())
      flags_of_all += fmt::format("<h3>{}</h3>\n{}", escaped_html(variant.name), html);
  }
  return shortened(std::min(all, page.limits.charted), all, "variants, in the order of the file") +
         scroll_box("Settings") +
         "<table>\n<caption>Settings</caption>\n<thead><tr><th scope=\"col\">variant<th "
         "scope=\"col\">settings<th "
         "scope=\"col\">target<th scope=\"col\">toolchain<th scope=\"col\">runs "
         "elsewhere</thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n" +
         (flags_of_all.empty() ? "" : folded_part("Flags with their origins, and commands", flags_of_all)) +
         folded_part("Executables", artifacts(page)) + tools(page.results);
}

std::string details_part(const Page& page) {
  std::string html;
  std::set<std::string> of_phases;
  for (const Table& table : phase_tables(page.results, std::string::npos, Detail::full))
    of_phases.insert(table.title);
  for (const Table& table : findings_tables(page.results, std::string::npos))
    if (!of_phases.contains(table.title)) html += to_html_table(table);
  for (const Section& section : details(page.results)) html += to_html_section(section, 3);
  return html;
}

}  // namespace pgo_orch::report
