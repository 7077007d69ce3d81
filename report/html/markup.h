#pragma once
// Text, tables and data as HTML. All that comes from a run goes through escaped() or for_script():
// results.json may be anyone's.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/details.h"
#include "report/table.h"

namespace pgo_orch::report {

/// Text for the content of an element or for a quoted attribute; control characters are shown as printable()
/// does.
std::string escaped_html(std::string_view text);

/// The same of several lines.
std::string escaped_html_lines(std::string_view text);

/// JSON that may stand in a script element: no "<", so that it ends no script and opens no comment, and no
/// line separators.
std::string for_script(const nlohmann::ordered_json& json);

/// A source of a Content-Security-Policy that allows exactly this script: 'sha256-...'.
std::string hash_source(std::string_view script);

/// `<code>text</code>`
std::string code_element(std::string_view text);

/// Opens a box that scrolls sideways, also by keyboard; `</div>` closes it.
std::string scroll_box(const std::string& label);

/// A table with a caption, in a box that scrolls sideways. The first cell of a row names it.
std::string to_html_table(const Table& table);

/// Closed where scripts run, open where they don't: see page.js.
std::string folded_part(const std::string& summary, const std::string& html);

/// A heading and its entries, below one of this level.
std::string to_html_section(const Section& section, int level);

}  // namespace pgo_orch::report
