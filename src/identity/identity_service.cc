#include "identity/identity_service.h"

#include <boost/json.hpp>

#include "api/envelope.h"
#include "api/url_root.h"
#include "identity/asked.h"
#include "identity/login_request.h"
#include "identity/password.h"
#include "identity/secret.h"

namespace tarn::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t decoy_bytes = 32;

bool may_validate(const Session& caller, const Session& subject) {
  return reads_all(caller) || holds(caller, "service") || caller.user == subject.user;
}

bool may_revoke(const Session& caller, const Session& subject) {
  return holds(caller, "admin") || caller.user == subject.user;
}

api::Response not_allowed(const std::string& allowed) {
  api::Response response = identity_error(405, "The method is not allowed for the requested URL.");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

// The domain that a reference names; "" is nobody's id.
std::string domain_id(const Directory& directory, const Reference& named) {
  if (!named.domain_id.empty()) return named.domain_id;
  const Domain* domain = directory.domain_named(named.domain_name);
  return domain ? domain->id : "";
}

const User* user_of(const Directory& directory, const Reference& named) {
  return named.id.empty() ? directory.user_named(domain_id(directory, named), named.name) : directory.user(named.id);
}

// The scope that a login asks for; one that is not there is one in which nobody has a role.
Scope scope_of(const Directory& directory, const LoginRequest& login) {
  switch (login.wanted) {
    case ScopeWanted::none:
      return {ScopeKind::none, {}};
    case ScopeWanted::system:
      return {ScopeKind::system, {}};
    case ScopeWanted::domain: {
      const Domain* domain =
          login.scope.id.empty() ? directory.domain_named(login.scope.name) : directory.domain(login.scope.id);
      return {ScopeKind::domain, domain ? domain->id : ""};
    }
    case ScopeWanted::project: {
      const Project* project = login.scope.id.empty()
                                   ? directory.project_named(domain_id(directory, login.scope), login.scope.name)
                                   : directory.project(login.scope.id);
      return {ScopeKind::project, project ? project->id : ""};
    }
  }
  return {};
}

}  // namespace

IdentityService::IdentityService(LocalTokens& tokens, rt::Worker& worker, api::Handler& next)
    : tokens_(tokens), worker_(worker), next_(next), decoy_(hash_password(random_text(decoy_bytes)).value()) {}

void IdentityService::handle(api::Request request, api::Respond respond) {
  auto target = api::parse_target(request.target);
  const bool ours =
      target && !target->segments.empty() && (target->segments[0] == "v3" || target->segments[0] == "identity");
  if (!ours) return next_.handle(std::move(request), std::move(respond));
  const bool below = target->segments[0] == "identity";
  if (below) target->segments.erase(target->segments.begin());
  std::string url_root = api::url_root(request);
  route({std::move(request), std::move(respond), std::move(*target), std::move(url_root)});
}

void IdentityService::route(Asked asked) {
  if (asked.depth() == 0) {
    const json::array versions{version_words(asked.url_root)};
    return asked.respond(api::json_response(300, {{"versions", {{"values", versions}}}}));
  }
  if (!asked.is(0, "v3")) return asked.respond(not_found("this path"));
  if (asked.depth() == 1) return asked.respond(api::json_response(200, {{"version", version_words(asked.url_root)}}));
  if (asked.is(1, "auth") && asked.is(2, "tokens") && asked.depth() == 3) return tokens(std::move(asked));
  const Result<Session> caller = tokens_.verify(asked.header("X-Auth-Token"));
  if (!caller) return asked.respond(unauthorized(asked.url_root));
  if (!asked.reads()) return asked.respond(not_allowed("GET, HEAD"));  // the file is changed by its editor
  if (asked.is(1, "auth")) return asked.respond(below_auth(tokens_.directory(), asked, *caller));
  const Directory& directory = tokens_.directory();
  asked.respond(asked.depth() == 2 ? collection(directory, asked, *caller) : item(directory, asked, *caller));
}

void IdentityService::tokens(Asked asked) {
  if (asked.request.method == "POST") return log_in(std::move(asked));
  const bool revokes = asked.request.method == "DELETE";
  if (!revokes && !asked.reads()) return asked.respond(not_allowed("DELETE, GET, HEAD, POST"));
  const Result<Session> caller = tokens_.verify(asked.header("X-Auth-Token"));
  if (!caller) return asked.respond(unauthorized(asked.url_root));
  if (revokes) return revoke(std::move(asked), *caller);
  const Result<Session> subject = tokens_.verify(asked.header("X-Subject-Token"));
  if (!subject) return asked.respond(not_found("token"));
  if (!may_validate(*caller, *subject)) return asked.respond(forbidden());
  asked.respond(token_shown(asked, *subject, 200));
}

void IdentityService::revoke(Asked asked, const Session& caller) {
  const Result<Session> subject = tokens_.verify(asked.header("X-Subject-Token"));
  if (!subject) return asked.respond(not_found("token"));
  if (!may_revoke(caller, *subject)) return asked.respond(forbidden());
  // Shared with the job, which is not made when too many wait.
  const auto shared = std::make_shared<Asked>(std::move(asked));
  const bool taken = worker_.run([this, shared, claims = subject->claims] {
    const Status done = tokens_.revoke(claims);
    shared->respond(done ? api::Response{204, {}, {}} : identity_error(503, "The token could not be revoked now."));
  });
  if (!taken) shared->respond(identity_error(503, "Too many are waiting; try again."));
}

void IdentityService::log_in(Asked asked) {
  const Result<LoginRequest> login = parse_login(asked.request.body);
  if (!login) return asked.respond(identity_error(400, login.error().message));
  if (login->by_token && !login->by_password) return log_in_by_token(std::move(asked), *login);
  if (!login->by_password || login->by_token) return asked.respond(unauthorized(asked.url_root));
  const User* user = user_of(tokens_.directory(), login->user);
  if (user && !user->enabled) user = nullptr;
  const auto shared = std::make_shared<Asked>(std::move(asked));
  const bool taken = worker_.run([this, shared, user, login = *login] {
    const bool right = is_password(login.password, user ? user->password_hash : decoy_);
    if (!user || !right) return shared->respond(unauthorized(shared->url_root));
    give(std::move(*shared), *user, login, 0);
  });
  if (!taken) shared->respond(identity_error(503, "Too many are logging in; try again."));
}

void IdentityService::log_in_by_token(Asked asked, const LoginRequest& login) {
  const Result<Session> session = tokens_.verify(login.token);
  if (!session) return asked.respond(unauthorized(asked.url_root));
  give(std::move(asked), *session->user, login, session->claims.expires_at_ms);
}

void IdentityService::give(Asked asked, const User& user, const LoginRequest& login, std::int64_t end_ms) {
  const Result<LocalTokens::Issued> issued = tokens_.issue(user, scope_of(tokens_.directory(), login), end_ms);
  if (!issued) return asked.respond(unauthorized(asked.url_root));
  api::Response response = token_shown(asked, issued->session, 201);
  response.headers.emplace_back("X-Subject-Token", issued->token);
  asked.respond(std::move(response));
}

api::Response IdentityService::token_shown(const Asked& asked, const Session& session, unsigned status) const {
  api::Response response =
      api::json_response(status, token_words(tokens_.directory(), session, asked.url_root, !asked.says("nocatalog")));
  response.headers.emplace_back("Vary", "X-Auth-Token");
  if (status == 200) response.headers.emplace_back("X-Subject-Token", asked.header("X-Subject-Token"));
  return response;
}

}  // namespace tarn::identity
