/// Text in columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace witness {

/// Columns that a text takes: wide characters two, combining ones none. The text must
/// be free of control characters (see escaped()).
std::size_t display_width(std::string_view text);

/// `text` cut to `columns`, the last of them "…" if something was cut off.
std::string shortened(std::string_view text, std::size_t columns);

/// `text` in lines of at most `columns`, broken at spaces (inside a word only where the
/// word alone is too long). The first line begins with `first`, the others with `rest`;
/// every line ends with a newline.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view first,
                    std::string_view rest);

}  // namespace witness
