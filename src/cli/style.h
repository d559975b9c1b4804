// How to write to one of the standard streams: whether it is a terminal, how wide, with which colours and glyphs.
// The environment is asked here and nowhere else (NO_COLOR, TERM, COLUMNS, LC_ALL, LC_CTYPE, LANG).
#pragma once

#include <cstdio>

#include "report/text.h"

namespace pestle::cli {

// False for pipes and files, and for terminals that cannot redraw a line (TERM=dumb).
bool is_terminal(std::FILE* stream);

// 100 columns, no colour and Unicode glyphs where the stream is no terminal, so that piped output is the same
// everywhere.
report::TextOptions text_options(std::FILE* stream);

}  // namespace pestle::cli
