/// What the process list and the error messages show of us: no password.
#include <algorithm>
#include <cstring>

#include "commands.hpp"

namespace witness {
namespace {

void blank(char* begin, const char* end) { std::fill(begin, begin + (end - begin), 'x'); }

/// "scheme://user:secret@…", as often as it stands there.
void blank_in_uris(char* text) {
  for (char* scheme = std::strstr(text, "://"); scheme != nullptr;
       scheme = std::strstr(scheme + 1, "://")) {
    char* begin = scheme + 3;
    char* end = begin + std::strcspn(begin, "/? \n");
    char* at = end;  // the last @: a password may hold one
    for (char* c = begin; c != end; ++c) at = *c == '@' ? c : at;
    if (at == end) continue;
    if (char* colon = std::find(begin, at, ':'); colon != at) blank(colon + 1, at);
  }
}

/// Where the value at `begin` ends: a quoted one, a URI's, or a word.
char* value_end(char* begin) {
  if (*begin != '\'') return begin + std::strcspn(begin, "& \n");
  char* c = begin + 1;
  while (*c != '\0' && *c != '\'') c += c[0] == '\\' && c[1] != '\0' ? 2 : 1;
  return c;
}

}  // namespace

void blank_passwords(char* text) {
  blank_in_uris(text);
  for (char* found = std::strstr(text, "password"); found != nullptr;
       found = std::strstr(found + 1, "password")) {
    char* equals = found + std::strlen("password");
    equals += std::strspn(equals, " ");
    if (*equals != '=') continue;
    char* begin = equals + 1;
    begin += std::strspn(begin, " ");
    blank(begin, value_end(begin));
  }
}

void hide_passwords(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) blank_passwords(argv[i]);
}

}  // namespace witness
