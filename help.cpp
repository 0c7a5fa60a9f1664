/// How `--help` looks: two columns, at most a hundred characters wide.
#include <fmt/format.h>

#include <algorithm>

#include "checker/report/columns.hpp"
#include "commands.hpp"

namespace witness {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLeft = 30;

class Help : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string left = "  " + make_option_name(option, is_positional);
    if (!is_positional && option->get_items_expected_min() != 0) left += " " + hint(*option);
    std::string about = option->get_description() + choices(*option);
    if (const std::string& value = option->get_default_str(); !value.empty()) {
      about +=
          fmt::format(" [{}]", value.starts_with('[') ? value.substr(1, value.size() - 2) : value);
    }
    std::string first = fmt::format("{:<{}}", left, kLeft);
    std::string lines;
    if (display_width(left) + 2 > kLeft) {
      lines = left + "\n";
      first = std::string(kLeft, ' ');
    }
    return lines + wrapped(about, kWidth, first, std::string(kLeft, ' '));
  }

 private:
  static std::string hint(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return type.starts_with("UINT") ? "N" : "TEXT";
  }

  /// ": a, b or c" where only these are taken.
  static std::string choices(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const auto begin = type.find('{');
    const auto end = type.find('}');
    if (begin == std::string::npos || end == std::string::npos) return {};
    std::string text = type.substr(begin + 1, end - begin - 1);
    for (auto comma = text.find(','); comma != std::string::npos;
         comma = text.find(',', comma + 2)) {
      text.replace(comma, 1, ", ");
    }
    // The description may have named them already.
    const bool named =
        option.get_description().find(text.substr(0, text.find(','))) != std::string::npos;
    return named ? std::string{} : ": " + text;
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<Help>(); }

}  // namespace witness
