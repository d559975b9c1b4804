// Errors are values that must be read. A function that can fail returns Result<T> (or Status), never throws,
// prints or exits. An Error says what failed in one sentence, where, and, where there is one, the way out.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace pestle {

enum class ErrorCode {
  kInvalidFile,      // the bytes are not what they claim to be
  kInvalidModel,     // a well-formed file holds a model that makes no sense
  kInvalidArgument,  // the caller asked for something impossible
  kUnsupported,      // correct, but not something Pestle (or the target) can do
  kNotFound,
  kIo,
  kCancelled,
  kInternal,  // a bug of ours that was caught in time
};

// The stable snake_case name of a code, as printed in JSON.
const char* error_code_name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one sentence, no full stop: what failed, which thing, why
  std::string hint;     // what to do; empty if nothing is known
  std::string where;    // outermost first: "model.onnx: node conv_3: input 1"
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};
using Status = Result<void>;

using Failure = tl::unexpected<Error>;
[[nodiscard]] Failure fail(ErrorCode code, std::string message, std::string hint = {});

// Puts a link in front of the error's `where`. Whoever knows a name (file, node, tensor, sample) adds it.
[[nodiscard]] Failure in_context(Error error, const std::string& where);

// "where: message" on one line.
std::string describe(const Error& error);

}  // namespace pestle

// PESTLE_TRY(expr);          returns the error of a Status
// PESTLE_ASSIGN(decl, expr); declares or assigns the value of a Result<T>, or returns its error
#define PESTLE_CONCAT_(a, b) a##b
#define PESTLE_CONCAT(a, b) PESTLE_CONCAT_(a, b)
#define PESTLE_TRY_(result, expr)                                                           \
  do {                                                                                      \
    if (auto result = (expr); !result) return ::pestle::Failure(std::move(result).error()); \
  } while (false)
#define PESTLE_TRY(expr) PESTLE_TRY_(PESTLE_CONCAT(pestle_status_, __LINE__), expr)
#define PESTLE_ASSIGN_(result, decl, expr)                          \
  auto result = (expr);                                             \
  if (!result) return ::pestle::Failure(std::move(result).error()); \
  decl = std::move(result).value()
#define PESTLE_ASSIGN(decl, expr) PESTLE_ASSIGN_(PESTLE_CONCAT(pestle_result_, __LINE__), decl, expr)
