# cmake -D OUTPUT=FILE.cpp -D "FILES=a;b" -P embed.cmake: a source with the texts of these files, for report/html/assets.h.
# Raw string literals compile at once, at any length; assets.h says what must not be in the files.
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  string(APPEND table "    {\"${name}\", R\"embedded(${text})embedded\"sv},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"report/html/assets.h\"

namespace pgo_orch::report {

std::span<const Asset> assets() {
  using namespace std::string_view_literals;
  static constexpr Asset table[] = {
${table}  };
  return table;
}

}  // namespace pgo_orch::report
")
