// What the built-in identity service says: Identity API v3 documents as functions of a directory and of the URL that
// the client came by ("http://cloud.example:9696"). Pure; says no password and no hash.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/http.h"
#include "identity/local_tokens.h"

namespace tarn::identity {

using Params = std::vector<std::pair<std::string, std::string>>;

boost::json::object version_words(const std::string& url_root);
// The catalog's services: this server as `network` and as `identity`.
boost::json::array catalog_words(const Directory& directory, const std::string& url_root);
// {"token": …}; `catalog` says whether a scoped one carries it.
boost::json::object token_words(const Directory& directory, const Session& session, const std::string& url_root,
                                bool catalog);
boost::json::array project_words(const std::vector<const Project*>& projects, const std::string& url_root);

// All objects of /v3/COLLECTION; nothing when there is no such collection.
std::optional<boost::json::array> collection_words(const Directory& directory, const std::string& collection,
                                                   const std::string& url_root);
// "users" → "user".
std::string singular_of(const std::string& collection);
// Those whose fields have the values asked for; a parameter that is no field of theirs says nothing.
boost::json::array those_with(boost::json::array all, const Params& asked);

// GET /v3/role_assignments with its filters, `effective` and `include_names`.
boost::json::array assignment_words(const Directory& directory, const Params& asked, const std::string& url_root);

// {"error": {"code", "message", "title"}}, as Keystone's.
api::Response identity_error(unsigned status, const std::string& message);
api::Response unauthorized(const std::string& url_root);

}  // namespace tarn::identity
