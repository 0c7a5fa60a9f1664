/// What the process list shows of us.
#include <algorithm>
#include <cstring>

#include "commands.hpp"

namespace witness {
namespace {

void blank(char* begin, const char* end) { std::fill(begin, begin + (end - begin), 'x'); }

}  // namespace

void hide_passwords(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    char* text = argv[i];
    if (char* scheme = std::strstr(text, "://"); scheme != nullptr) {
      char* begin = scheme + 3;
      char* end = begin + std::strcspn(begin, "/?");
      if (char* at = std::find(begin, end, '@'); at != end) {
        if (char* colon = std::find(begin, at, ':'); colon != at) blank(colon + 1, at);
      }
    }
    for (char* found = std::strstr(text, "password="); found != nullptr;
         found = std::strstr(found + 1, "password=")) {
      char* begin = found + std::strlen("password=");
      const bool uri = std::strstr(text, "://") != nullptr;
      char* end = begin + (*begin == '\'' ? 1 + std::strcspn(begin + 1, "'")
                                          : std::strcspn(begin, uri ? "&" : " "));
      blank(begin, end);
    }
  }
}

}  // namespace witness
