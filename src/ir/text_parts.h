// The parts that statements of the text form are made of: lists, types, quantization, properties. Inner header of
// ir/text_*.cpp.
#pragma once

#include <limits>
#include <memory>

#include "ir/graph.h"
#include "ir/text_tokens.h"

namespace pestle::ir {

class TextParts {
 public:
  explicit TextParts(Tokens& tokens) : t_(tokens) {}

  // `item()` for each element between the marks, separated by commas.
  template <typename Item>
  Status list(char open, char close, Item item) {
    PESTLE_TRY(t_.expect(open));
    if (t_.take(close)) return {};
    do {
      PESTLE_TRY(item());
    } while (t_.take(','));
    return t_.expect(close);
  }

  template <typename T>
  Result<std::vector<T>> ints() {
    std::vector<T> values;
    PESTLE_TRY(list('[', ']', [&]() -> Status {
      PESTLE_ASSIGN(const int64_t value, t_.integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
      values.push_back(static_cast<T>(value));
      return {};
    }));
    return values;
  }

  Result<std::vector<float>> floats();
  Result<std::vector<double>> doubles();
  Result<std::vector<std::string>> strings();
  // "%3" or "none"; whether there is such a value is checked when all are known.
  Result<ValueId> value();
  Result<std::vector<ValueId>> values();
  Result<Type> type();
  Result<std::shared_ptr<const Quantization>> quantization();
  Result<std::shared_ptr<const Sparsity>> sparsity();
  Result<AttributeValue> property();
  // The numbers of a constant in brackets, as bytes.
  Result<std::vector<std::byte>> numbers(const Type& type);

 private:
  Status quantization_part(Quantization& q);
  Result<BlockScales> blocks();
  Result<Sparsity::Dimension> sparse_dimension();
  Status number(DType dtype, std::vector<std::byte>& bytes);
  template <typename T>
  Status append_integer(std::vector<std::byte>& bytes);

  Tokens& t_;
};

}  // namespace pestle::ir
