#include "base/status.h"

namespace pestle {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidFile: return "invalid_file";
    case ErrorCode::kInvalidModel: return "invalid_model";
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

Failure fail(ErrorCode code, std::string message, std::string hint) {
  return Failure(Error{code, std::move(message), std::move(hint), {}});
}

Failure in_context(Error error, const std::string& where) {
  error.where = error.where.empty() ? where : where + ": " + error.where;
  return Failure(std::move(error));
}

std::string describe(const Error& error) {
  return error.where.empty() ? error.message : error.where + ": " + error.message;
}

}  // namespace pestle
