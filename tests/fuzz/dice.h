// Random choices of the mutators: numbers that readers get wrong, and changes to lists.
#pragma once

#include <concepts>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"

namespace pestle::fuzz {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  size_t below(size_t count) { return static_cast<size_t>(random_.integer(0, static_cast<int64_t>(count) - 1)); }
  bool one_in(size_t count) { return below(count) == 0; }
  template <typename List>
  auto& any(List& list) {
    return list[below(std::size(list))];
  }

  int64_t number(int64_t old) {
    constexpr int64_t kEdges[] = {0,
                                  1,
                                  -1,
                                  2,
                                  3,
                                  4,
                                  8,
                                  127,
                                  128,
                                  255,
                                  256,
                                  32767,
                                  65536,
                                  1 << 24,
                                  int64_t{1} << 31,
                                  (int64_t{1} << 31) - 1,
                                  int64_t{1} << 32,
                                  int64_t{1} << 61,
                                  std::numeric_limits<int64_t>::max(),
                                  std::numeric_limits<int64_t>::min()};
    switch (below(4)) {
      case 0: return any(kEdges);
      case 1: return static_cast<int64_t>(below(8));
      case 2: return static_cast<int64_t>(static_cast<uint64_t>(old) + below(9) - 4);
      default: return static_cast<int64_t>(static_cast<uint64_t>(old) * (below(2) + 2));
    }
  }
  double real(double old) {
    constexpr double kEdges[] = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 1e-45,
                                 1e-38,
                                 3e38,
                                 1e308,
                                 0.5,
                                 1.0 / 256,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()};
    return one_in(3) ? old * random_.real(-2, 2) : any(kEdges);
  }
  void change(std::string& text) {
    switch (below(4)) {
      case 0: text.clear(); break;
      case 1: text += text.empty() ? "x" : text.substr(0, 8); break;
      case 2: text.resize(text.size() / 2); break;
      default: text.push_back(static_cast<char>(below(256)));
    }
  }
  void change(bool& flag) { flag = !flag; }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void change(T& value) {
    value = static_cast<T>(number(static_cast<int64_t>(value)));
  }
  template <std::floating_point T>
  void change(T& value) {
    value = static_cast<T>(real(static_cast<double>(value)));
  }
  void change(std::byte& value) { value = static_cast<std::byte>(below(256)); }

  // Changes, doubles, adds or takes an element. Lists stay short enough to be quick.
  template <typename T>
  void change_list(std::vector<T>& list) {
    constexpr size_t kLongest = 64;
    switch (list.empty() ? 3 : below(5)) {
      case 0:
      case 1: {
        T value = any(list);
        change(value);
        list[below(list.size())] = value;
        break;
      }
      case 2: list.erase(list.begin() + static_cast<ptrdiff_t>(below(list.size()))); break;
      case 3: {
        T value{};
        change(value);
        if (list.size() < kLongest) list.push_back(value);
        break;
      }
      default: {
        const T copy = any(list);
        if (list.size() < kLongest) list.insert(list.begin() + static_cast<ptrdiff_t>(below(list.size())), copy);
      }
    }
  }
  // For lists of structs: one goes away, is doubled, or changes places with another.
  template <typename T>
  void shuffle(std::vector<T>& list) {
    if (list.empty()) return;
    const size_t at = below(list.size());
    switch (below(3)) {
      case 0: list.erase(list.begin() + static_cast<ptrdiff_t>(at)); break;
      case 1: {
        T copy = list[at];
        list.insert(list.begin() + static_cast<ptrdiff_t>(below(list.size() + 1)), std::move(copy));
        break;
      }
      default: std::swap(list[at], list[below(list.size())]);
    }
  }

 private:
  Random random_;
};

}  // namespace pestle::fuzz
