// A document as one HTML page that needs nothing else: style inside, plots as SVG, no script, light and dark by
// the reader's preference. All text is escaped. The same document gives the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "report/document.h"

namespace pestle::report {

std::string render_html(const Document& document);

// Text as HTML content or attribute value; see printable() in width.h for what else is made harmless.
std::string escape_html(std::string_view text);

}  // namespace pestle::report
