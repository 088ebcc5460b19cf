#include "identity/local_tokens.h"

#include <algorithm>

#include "identity/secret.h"

namespace tarn::identity {
namespace {

constexpr std::size_t audit_bytes = 16;  // as Keystone's

}  // namespace

Result<LocalTokens::Issued> LocalTokens::issue(const User& user, const Scope& scope, std::int64_t end_ms) const {
  Session session{{}, &user, directory_.roles_in(user.id, scope)};
  if (scope.kind != ScopeKind::none && session.roles.empty()) return fail(unknown_token());
  const std::int64_t now = clock_.wall().unix_ms;
  const std::int64_t end = now + std::chrono::milliseconds(directory_.token_life).count();
  session.claims = {.user_id = user.id,
                    .scope = scope,
                    .issued_at_ms = now,
                    .expires_at_ms = end_ms == 0 ? end : std::min(end, end_ms),
                    .audit_id = random_text(audit_bytes),
                    .mark = password_mark(user.password_hash)};
  return Issued{sign(session.claims, key_), std::move(session)};
}

Result<Session> LocalTokens::verify(std::string_view token) const {
  std::optional<Claims> claims = open_token(token, key_);
  if (!claims || claims->expires_at_ms <= clock_.wall().unix_ms || revocations_->contains(claims->audit_id))
    return fail(unknown_token());
  const User* user = directory_.user(claims->user_id);
  if (!user || !user->enabled || password_mark(user->password_hash) != claims->mark) return fail(unknown_token());
  Session session{std::move(*claims), user, {}};
  session.roles = directory_.roles_in(user->id, session.claims.scope);
  if (session.claims.scope.kind != ScopeKind::none && session.roles.empty()) return fail(unknown_token());
  return session;
}

Verified LocalTokens::verified(const Session& session) const {
  Verified verified;
  verified.expires_at_ms = session.claims.expires_at_ms;
  verified.who.user_id = session.user->id;
  verified.who.user_name = session.user->name;
  verified.who.user_domain_id = session.user->domain_id;
  const Scope& scope = session.claims.scope;
  if (scope.kind == ScopeKind::system) verified.who.system_scope = "all";
  if (const Project* project = scope.kind == ScopeKind::project ? directory_.project(scope.id) : nullptr) {
    verified.who.project_id = project->id;
    verified.who.project_name = project->name;
    verified.who.project_domain_id = project->domain_id;
  }
  verified.who.roles = session.roles;
  return verified;
}

Status LocalTokens::revoke(const Claims& claims) {
  return revocations_->add(claims.audit_id, claims.expires_at_ms, clock_.wall().unix_ms);
}

}  // namespace tarn::identity
