#include "api/url_root.h"

namespace tarn::api {

std::string url_root(const Request& request) {
  const auto* forwarded = find_header(request.headers, "X-Forwarded-Proto");
  const bool known = forwarded && (*forwarded == "http" || *forwarded == "https");
  const auto* forwarded_host = find_header(request.headers, "X-Forwarded-Host");
  const auto* host = forwarded_host ? forwarded_host : find_header(request.headers, "Host");
  const std::string scheme = known ? *forwarded : request.encrypted ? "https" : "http";
  return scheme + "://" + (host && !host->empty() ? *host : "localhost");
}

}  // namespace tarn::api
