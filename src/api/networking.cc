#include "api/networking.h"

#include <utility>

#include "api/dialect/rows.h"
#include "api/exchange.h"
#include "api/url_root.h"

namespace tarn::api {
namespace {

using dialect::Resource;

std::string_view type_for(unsigned status) {
  switch (status) {
    case 408:
      return "HTTPRequestTimeout";
    case 413:
      return "HTTPRequestEntityTooLarge";
    case 431:
      return "HTTPRequestHeaderFieldsTooLarge";
    case 500:
      return "HTTPInternalServerError";
    case 503:
      return "ServiceUnavailable";
    default:
      return "HTTPBadRequest";
  }
}

void strip_json_suffix(std::vector<std::string>& segments) {
  if (!segments.empty() && segments.back().size() > 5 && segments.back().ends_with(".json"))
    segments.back().resize(segments.back().size() - 5);
}

void not_there(const Shared& exchange) {
  exchange->answer(error_response(404, "HTTPNotFound", "The resource could not be found."));
}

void on_collection(const Shared& exchange, const Resource& resource) {
  const std::string& method = exchange->request.method;
  if (method == "GET") return list(exchange, resource);
  if (method == "POST" && resource.create) return create(exchange, resource);
  exchange->not_allowed(resource.create ? "GET, POST" : "GET");
}

void on_item(const Shared& exchange, const Resource& resource, const std::string& id) {
  const std::string& method = exchange->request.method;
  if (method == "GET") return show(exchange, resource, id);
  if (method == "PUT" && resource.update) return update(exchange, resource, id);
  if (method == "DELETE" && resource.remove) return remove(exchange, resource, id);
  exchange->not_allowed("GET, PUT, DELETE");
}

void on_extensions(const Shared& exchange, const std::string* alias) {
  if (exchange->request.method != "GET") return exchange->not_allowed("GET");
  exchange->answer(extensions(*exchange, alias));
}

// Below /v2.0, for a caller who is known.
void route(const Shared& exchange) {
  const auto& segments = exchange->target.segments;
  const std::size_t depth = segments.size();
  if (depth == 1)
    return exchange->request.method == "GET" ? exchange->answer(core_resources(*exchange))
                                             : exchange->not_allowed("GET");
  if (segments[1] == "extensions" && depth <= 3) return on_extensions(exchange, depth == 3 ? &segments[2] : nullptr);
  const Resource* resource = exchange->core->table.by_path(segments[1]);
  if (!resource) return not_there(exchange);
  if (depth == 2) return on_collection(exchange, *resource);
  if (depth == 3) return on_item(exchange, *resource, segments[2]);
  if (resource->tagged && segments[3] == "tags" && depth <= 5)
    return tags(exchange, *resource, segments[2], depth == 5 ? &segments[4] : nullptr);
  if (const auto* action = depth == 4 ? resource->action(segments[3]) : nullptr) {
    if (exchange->request.method != "PUT") return exchange->not_allowed("PUT");
    return act(exchange, *resource, *action, segments[2]);
  }
  not_there(exchange);
}

// Runs a step; what it throws (out of memory, a library's complaint) is this request's fault alone.
template <class Step>
void guarded(const Shared& exchange, Step&& step) {
  try {
    step();
  } catch (...) {
    exchange->answer(Error{ErrorCode::internal, {}, {}});
  }
}

void start(const Shared& exchange) {
  auto target = parse_target(exchange->request.target);
  if (!target) return exchange->answer(target.error());
  exchange->target = std::move(*target);
  exchange->url_root = url_root(exchange->request);
  auto& segments = exchange->target.segments;
  const bool reads = exchange->request.method == "GET";
  if (segments.empty()) return reads ? exchange->answer(versions(*exchange)) : exchange->not_allowed("GET");
  if (segments[0] == "healthcheck" && segments.size() == 1) return exchange->answer(healthcheck(*exchange));
  if (segments[0] != "v2.0") return not_there(exchange);
  const bool tag_name = segments.size() == 5;
  if (!tag_name) strip_json_suffix(segments);
  exchange->core->identity.identify(exchange->request, [exchange](Result<policy::Credentials> who) {
    if (!who) {
      if (who.error().code != ErrorCode::forbidden) return exchange->answer(who.error());
      Response refused = error_response(401, "HTTPUnauthorized", "The request you have made requires authentication.");
      refused.headers.emplace_back("WWW-Authenticate", exchange->core->identity.challenge(exchange->url_root));
      return exchange->answer(std::move(refused));
    }
    exchange->access.emplace(exchange->core->guards, std::move(*who));
    guarded(exchange, [&] { route(exchange); });
  });
}

}  // namespace

Networking::Core::Core(Cloud& cloud_, Identity& identity_, NetworkingOptions options_)
    : cloud(cloud_), identity(identity_), options(std::move(options_)), guards(options.policy, table) {}

Networking::Networking(Cloud& cloud, Identity& identity, NetworkingOptions options)
    : core_(std::make_shared<const Core>(cloud, identity, std::move(options))) {}

void Networking::handle(Request request, Respond respond) {
  const auto exchange = std::make_shared<Exchange>(core_, std::move(request), std::move(respond));
  guarded(exchange, [&] { start(exchange); });
}

Response Networking::refuse(unsigned status, std::string_view message) {
  Response response = error_response(status, type_for(status), message);
  response.headers.emplace_back("X-Openstack-Request-Id", new_request_id(core_->cloud));
  return response;
}

std::string new_request_id(Cloud& cloud) {
  return "req-" + cloud.new_id().text();
}

void Exchange::answer(Response response) {
  if (!respond) return;
  response.headers.emplace_back("X-Openstack-Request-Id", new_request_id(core->cloud));
  std::exchange(respond, nullptr)(std::move(response));
}

void Exchange::answer_later(Respond::Make make) {
  if (!respond) return;
  std::exchange(respond, nullptr).later([serving = core, make = std::move(make)]() mutable {
    Response response = make();
    response.headers.emplace_back("X-Openstack-Request-Id", new_request_id(serving->cloud));
    return response;
  });
}

void Exchange::not_allowed(std::string_view allowed) {
  Response response =
      error_response(405, "HTTPMethodNotAllowed", "The method " + request.method + " is not allowed here.");
  response.headers.emplace_back("Allow", allowed);
  answer(std::move(response));
}

dialect::View Exchange::view(const model::Snapshot& snapshot) const {
  return {snapshot, core->cloud, core->cloud.now_ms(), core->options.agent_down_after_ms, {}};
}

Exchange::~Exchange() {
  if (respond) answer(Error{ErrorCode::internal, {}, {}});
}

Result<dialect::RowRef> row_of(const Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                               const std::string& id) {
  const auto uuid = Uuid::parse(id);  // anything else may be a name: clients then go and list by it (users.md 27)
  const auto row = uuid ? dialect::find_row(snapshot, resource.kind, *uuid) : std::nullopt;
  if (row && exchange.access->sees(resource, exchange.view(snapshot).of(*row))) return *row;
  std::string name = resource.not_found.substr(0, resource.not_found.find("NotFound"));
  return fail(ErrorCode::not_found, resource.not_found, name + " " + id + " could not be found.");
}

}  // namespace tarn::api
