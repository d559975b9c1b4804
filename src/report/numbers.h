// Numbers as people read them, independent of the locale.
#pragma once

#include <cstdint>
#include <string>

namespace pestle::report {

std::string format_count(int64_t count);  // 18,809,204
std::string format_bytes(int64_t bytes);  // 18,809,204 bytes
std::string format_size(int64_t bytes);   // 18.8 MB (powers of 1000), for progress and plots
// Fixed decimals with thousands separators: 1,234.50; NaN and infinities as "nan", "inf".
std::string format_number(double value, int decimals);
// Three significant digits or so: 0.0123, 1.23, 12.3, 1,234.
std::string format_milliseconds(double milliseconds);
std::string format_duration(double seconds);  // 850 ms, 12.3 s, 4 min 05 s, 2 h 07 min

}  // namespace pestle::report
