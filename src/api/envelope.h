// Answers: JSON bodies, and the error envelope that every client of the Networking API parses.
// Pure; says nothing of our own faults to clients.
#pragma once

#include <boost/json/value.hpp>

#include "api/http.h"
#include "base/result.h"

namespace tarn::api {

Response json_response(unsigned status, const boost::json::value& body);
Response json_response(unsigned status, std::string body);  // JSON already

// {"NeutronError": {"type", "message", "detail": ""}} (users.md 6). Errors of ours (internal, corrupt) say nothing of
// their cause to the client.
Response error_response(const Error& error);
Response error_response(unsigned status, std::string_view type, std::string_view message);

}  // namespace tarn::api
