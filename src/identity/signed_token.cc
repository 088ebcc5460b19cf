#include "identity/signed_token.h"

#include <charconv>
#include <vector>

#include "identity/secret.h"

namespace tarn::identity {
namespace {

constexpr std::string_view version = "tarn1";
constexpr std::size_t parts_of_claims = 7;
constexpr std::size_t mark_bytes = 8;

std::string scope_text(const Scope& scope) {
  switch (scope.kind) {
    case ScopeKind::none:
      return "n";
    case ScopeKind::project:
      return "p" + scope.id;
    case ScopeKind::domain:
      return "d" + scope.id;
    case ScopeKind::system:
      return "s";
  }
  return {};
}

std::optional<Scope> parse_scope(std::string_view text) {
  if (text == "n") return Scope{ScopeKind::none, {}};
  if (text == "s") return Scope{ScopeKind::system, {}};
  if (text.size() < 2 || (text.front() != 'p' && text.front() != 'd')) return std::nullopt;
  return Scope{text.front() == 'p' ? ScopeKind::project : ScopeKind::domain, std::string(text.substr(1))};
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t dot = 0; (dot = text.find('.')) != std::string_view::npos; text.remove_prefix(dot + 1))
    parts.push_back(text.substr(0, dot));
  parts.push_back(text);
  return parts;
}

std::string signature(std::string_view text, std::string_view key) {
  return base64url(hmac_sha256({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()}, text));
}

}  // namespace

std::string password_mark(const std::string& password_hash) {
  const Digest digest = sha256(password_hash);
  return base64url(std::span(digest).first(mark_bytes));
}

std::string sign(const Claims& claims, std::string_view key) {
  std::string text(version);
  for (const std::string& part : {claims.user_id, scope_text(claims.scope), std::to_string(claims.issued_at_ms),
                                  std::to_string(claims.expires_at_ms), claims.audit_id, claims.mark}) {
    text.append(1, '.').append(part);
  }
  return text + "." + signature(text, key);
}

std::optional<Claims> open_token(std::string_view token, std::string_view key) {
  const std::size_t dot = token.rfind('.');
  if (token.size() > token_bytes_max || dot == std::string_view::npos) return std::nullopt;
  const std::string_view text = token.substr(0, dot);
  if (!same_secret(token.substr(dot + 1), signature(text, key))) return std::nullopt;
  return parse_claims(text);
}

std::optional<Claims> parse_claims(std::string_view text) {
  const std::vector<std::string_view> parts = split(text);
  if (parts.size() != parts_of_claims || parts[0] != version || parts[1].empty() || parts[5].empty())
    return std::nullopt;
  const auto scope = parse_scope(parts[2]);
  const auto issued = parse_number(parts[3]);
  const auto expires = parse_number(parts[4]);
  if (!scope || !issued || !expires) return std::nullopt;
  return Claims{std::string(parts[1]), *scope, *issued, *expires, std::string(parts[5]), std::string(parts[6])};
}

}  // namespace tarn::identity
