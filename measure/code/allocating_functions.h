#pragma once
// Inside the counting of allocations: functions known by their names.

#include <string>
#include <string_view>

namespace pgo_orch::measure {

/// What a function of the C library or of another allocator is in libc's words: "malloc" of "malloc",
/// "__libc_malloc", "_rjem_malloc" (tikv-jemallocator); "malloc_aligned" of "mi_malloc_aligned" (mimalloc);
/// "sn_rust_alloc" (snmalloc). "" of functions that allocate nothing.
std::string allocating_name(std::string_view function);

/// True for an allocating function that a program brings along under a name of its own; what it hands out
/// does not come from malloc.
bool is_own_allocator(std::string_view function);

}  // namespace pgo_orch::measure
