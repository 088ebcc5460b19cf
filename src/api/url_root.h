// The URL that a client reached us by, for the links and endpoints that we tell it.
// Pure; believes what a proxy in front of us says.
#pragma once

#include <string>

#include "api/http.h"

namespace tarn::api {

// "https://cloud.example:9696". A proxy that ends TLS says so in X-Forwarded-Proto and X-Forwarded-Host (users.md 21).
std::string url_root(const Request& request);

}  // namespace tarn::api
