#include "api/networking.h"

#include <utility>

#include "api/body.h"
#include "api/dialect/answering.h"
#include "api/dialect/rows.h"
#include "api/exchange.h"
#include "api/url_root.h"

namespace tarn::api {
namespace {

using dialect::Resource;
namespace json = boost::json;

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

using Rest = std::span<const std::string>;

void on_collection(const Shared& exchange, const Resource& resource) {
  const std::string& method = exchange->request.method;
  if (!resource.list) return exchange->not_there();
  if (method == "GET") return list(exchange, resource);
  const bool chosen = !resource.choosing.from.empty();
  if (method == "POST" && chosen) return choose(exchange, resource);
  if (method == "POST" && resource.create) return create(exchange, resource);
  exchange->not_allowed(resource.create || chosen ? "GET, POST" : "GET");
}

void on_item(const Shared& exchange, const Resource& resource, const std::string& id) {
  const std::string& method = exchange->request.method;
  if (method == "GET") return show(exchange, resource, id);
  if (method == "PUT" && resource.update) return update(exchange, resource, id);
  const bool chosen = !resource.choosing.from.empty();
  if (method == "DELETE" && chosen) return take_back(exchange, resource, id);
  if (method == "DELETE" && resource.remove) return remove(exchange, resource, id);
  exchange->not_allowed(std::string("GET") + (resource.update ? ", PUT" : "") +
                        (resource.remove || chosen ? ", DELETE" : ""));
}

void on_action(const Shared& exchange, const Resource& resource, const dialect::Action& action, const std::string& id) {
  const std::string_view method = action.reads ? "GET" : "PUT";
  if (exchange->request.method != method) return exchange->not_allowed(method);
  act(exchange, resource, action, id);
}

// What is wrong with a body is said before what is wrong with the path. `rest` follows the collection.
Status check_body(const Exchange& exchange, const Resource& resource, Rest rest) {
  const bool creates = exchange.request.method == "POST" && rest.empty();
  const bool updates = exchange.request.method == "PUT" && rest.size() == 1;
  if (!(creates && resource.create) && !(updates && resource.update)) return {};
  const auto items = parse_body(resource, exchange.request.body, creates);
  if (!items) return fail(items.error());
  for (const json::object& item : items->items) {
    const auto given =
        creates ? given_to_create(resource, item, exchange.access->caller()) : given_to_update(resource, item);
    if (!given) return fail(given.error());
  }
  return {};
}

// A parent is not there. Who could make nothing below his own either is told that first, as Neutron does.
Error missing_parent(const Exchange& exchange, const Resource& below, Rest rest, Error missing) {
  const bool chosen = !below.choosing.from.empty();
  if (exchange.request.method != "POST" || !rest.empty() || !(below.create || chosen)) return missing;
  const Status may =
      chosen ? may_choose(exchange, below, model::Verb::create) : exchange.access->may_create_below(below);
  return may ? missing : may.error();
}

// `rest` is what follows the collection in the path.
void on_resource(const Shared& exchange, const Resource& resource, Rest rest) {
  if (rest.empty()) return on_collection(exchange, resource);
  if (rest.size() == 1) return on_item(exchange, resource, rest[0]);
  if (resource.tagged && rest[1] == "tags" && rest.size() <= 3)
    return tags(exchange, resource, rest[0], rest.size() == 3 ? &rest[2] : nullptr);
  if (const auto* action = rest.size() == 2 ? resource.action(rest[1]) : nullptr)
    return on_action(exchange, resource, *action, rest[0]);
  const Resource* below = exchange->within ? nullptr : exchange->core->table.below(resource, rest[1]);
  if (!below) return exchange->not_there();
  if (const auto good = check_body(*exchange, *below, rest.subspan(2)); !good) return exchange->answer(good.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  if (const auto row = row_of(*exchange, resource, *snapshot, rest[0]); !row)
    return exchange->answer(missing_parent(*exchange, *below, rest.subspan(2), row.error()));
  exchange->within = Within{&resource, Uuid::parse(rest[0]).value()};
  on_resource(exchange, *below, rest.subspan(2));
}

void on_extensions(const Shared& exchange, Rest rest) {
  if (rest.size() > 1) return exchange->not_there();
  if (exchange->request.method != "GET") return exchange->not_allowed("GET");
  exchange->answer(extensions(*exchange, rest.empty() ? nullptr : &rest[0]));
}

// Below /v2.0, for a caller who is known.
void route(const Shared& exchange) {
  const Rest path = Rest(exchange->target.segments).subspan(1);
  if (path.empty())
    return exchange->request.method == "GET" ? exchange->answer(core_resources(*exchange))
                                             : exchange->not_allowed("GET");
  if (path[0] == "extensions") return on_extensions(exchange, path.subspan(1));
  if (path[0] == "quotas") return quotas(exchange, path.subspan(1));
  if (path[0] == "adopted-rows" && path.size() == 1) return adopt(exchange);
  if (path[0] == "auto-allocated-topology") return topologies(exchange, path.subspan(1));
  const auto& table = exchange->core->table;
  if (const auto* resource = table.by_path(path[0])) return on_resource(exchange, *resource, path.subspan(1));
  // Tags are below a resource's plural as well, wherever its collection is: `policies/{id}/tags` of qos/policies.
  const bool of_tags = path.size() >= 3 && path[2] == "tags";
  if (const auto* tagged = of_tags ? table.tagged(path[0]) : nullptr)
    return on_resource(exchange, *tagged, path.subspan(1));
  const auto* resource = path.size() < 2 ? nullptr : table.by_path(path[0] + "/" + path[1]);
  if (!resource) return exchange->not_there();
  on_resource(exchange, *resource, path.subspan(2));
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
  if (segments[0] != "v2.0") return exchange->not_there();
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

void Exchange::not_there() {
  answer(error_response(404, "HTTPNotFound", "The resource could not be found."));
}

void Exchange::not_allowed(std::string_view allowed) {
  Response response =
      error_response(405, "HTTPMethodNotAllowed", "The method " + request.method + " is not allowed here.");
  response.headers.emplace_back("Allow", allowed);
  answer(std::move(response));
}

dialect::View Exchange::view(const model::Snapshot& snapshot) const {
  static const model::Caller nobody;
  return {snapshot,
          core->cloud,
          access ? access->caller() : nobody,
          core->cloud.now_ms(),
          core->options.agent_down_after_ms,
          {},
          {},
          std::make_shared<dialect::Answering>()};
}

Exchange::~Exchange() {
  if (respond) answer(Error{ErrorCode::internal, {}, {}});
}

dialect::View Exchange::parent(const model::Snapshot& snapshot) const {
  const dialect::View base = view(snapshot);
  const auto row = within ? dialect::find_row(snapshot, within->resource->kind, within->id) : std::nullopt;
  return row ? base.of(*row) : base;
}

const std::vector<dialect::Made>& Exchange::make(const Resource& resource, const model::Snapshot& snapshot) {
  return made_.emplace_back(resource.made.all(parent(snapshot)));
}

std::optional<dialect::RowRef> Exchange::made(const Resource& resource, const model::Snapshot& snapshot,
                                              const std::string& id) {
  for (const dialect::Made& each : make(resource, snapshot)) {
    const auto* word = each.if_contains(resource.made.id);
    if (word && *word == json::value(json::string(id))) return &each;
  }
  return std::nullopt;
}

namespace {

// Anything but an id may be a name: clients then go and list by it (users.md 27).
std::optional<dialect::RowRef> held_row(const Exchange& exchange, const Resource& resource,
                                        const model::Snapshot& snapshot, const std::string& id) {
  std::optional<Uuid> uuid;
  if (resource.named)
    uuid = resource.named(exchange.parent(snapshot), id);
  else if (const auto parsed = Uuid::parse(id))
    uuid = *parsed;
  const auto row = uuid ? dialect::find_row(snapshot, resource.kind, *uuid) : std::nullopt;
  if (!row) return std::nullopt;
  const dialect::View view = exchange.view(snapshot).of(*row);
  if (resource.among && !resource.among(view)) return std::nullopt;
  const bool elsewhere = exchange.within && resource.parent.id.read(view) != json::value(exchange.within->id.text());
  return elsewhere ? std::nullopt : row;
}

}  // namespace

Result<dialect::RowRef> row_of(Exchange& exchange, const Resource& resource, const model::Snapshot& snapshot,
                               const std::string& id) {
  const auto row =
      resource.made.all ? exchange.made(resource, snapshot, id) : held_row(exchange, resource, snapshot, id);
  if (row && exchange.access->sees(resource, exchange.view(snapshot).of(*row))) return *row;
  return fail(not_there(resource, id));
}

Error not_there(const Resource& resource, const std::string& id) {
  const std::string name = resource.not_found.substr(0, resource.not_found.find("NotFound"));
  return {ErrorCode::not_found, resource.not_found, name + " " + id + " could not be found."};
}

}  // namespace tarn::api
