#include "api/envelope.h"

#include <boost/json/serialize.hpp>

namespace tarn::api {
namespace {

struct Wording {
  unsigned status;
  std::string_view type;  // when the error names none
};

Wording wording_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return {400, "HTTPBadRequest"};
    case ErrorCode::not_found:
      return {404, "HTTPNotFound"};
    case ErrorCode::conflict:
      return {409, "Conflict"};
    case ErrorCode::stale:
      return {412, "RevisionNumberConstraintFailed"};
    case ErrorCode::exhausted:
      return {409, "OverQuota"};
    case ErrorCode::forbidden:
      return {403, "PolicyNotAuthorized"};
    case ErrorCode::unavailable:
      return {503, "ServiceUnavailable"};
    case ErrorCode::unsupported:
      return {501, "NotImplementedError"};
    case ErrorCode::corrupt:
    case ErrorCode::internal:
      return {500, "HTTPInternalServerError"};
  }
  return {500, "HTTPInternalServerError"};
}

}  // namespace

Response json_response(unsigned status, const boost::json::value& body) {
  return json_response(status, boost::json::serialize(body));
}

Response json_response(unsigned status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

Response error_response(unsigned status, std::string_view type, std::string_view message) {
  const std::string_view root = status == 501 ? "NotImplementedError" : "NeutronError";  // users.md 8
  return json_response(status, {{root, {{"type", type}, {"message", message}, {"detail", ""}}}});
}

Response error_response(const Error& error) {
  const Wording wording = wording_of(error.code);
  if (wording.status == 500)
    return error_response(500, wording.type, "Request Failed: internal server error while processing your request.");
  return error_response(wording.status, error.reason.empty() ? wording.type : std::string_view(error.reason),
                        error.message);
}

}  // namespace tarn::api
