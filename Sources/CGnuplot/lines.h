#pragma once

#include <algorithm>
#include <string>

inline bool ends_with(const std::string &text, const std::string &end) {
  return text.size() >= end.size() &&
      text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// The last line that says something, without the white space around it.
inline std::string last_line(const std::string &text) {
  size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  size_t newline = text.find_last_of('\n', end);
  size_t start = newline == std::string::npos ? 0 : newline + 1;
  return text.substr(start, std::min(end + 1 - start, size_t(300)));
}
