// One request on its way through the API: what was asked, by whom, and the one chance to answer.
// Shared by the steps that answer it, wherever they run; the last one to let go of an unanswered one answers 500.
#pragma once

#include <deque>
#include <memory>
#include <span>

#include "api/access.h"
#include "api/envelope.h"
#include "api/list.h"
#include "api/networking.h"

namespace tarn::api {

struct Networking::Core {
  Core(Cloud& cloud, Identity& identity, NetworkingOptions options);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Cloud& cloud;
  Identity& identity;
  NetworkingOptions options;
  dialect::Table table = dialect::table();
  Guards guards;  // of the table
};

// The item below which a collection stands.
struct Within {
  const dialect::Resource* resource = nullptr;
  Uuid id;
};

struct Exchange {
  Exchange(std::shared_ptr<const Networking::Core> serving, Request asked, Respond to)
      : core(std::move(serving)), request(std::move(asked)), respond(std::move(to)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  std::shared_ptr<const Networking::Core> core;
  Request request;
  Respond respond;
  Target target;
  std::string url_root;          // "https://cloud.example:9696", as the client sees us
  std::optional<Access> access;  // once the caller is known
  std::optional<Within> within;  // for a collection below an item

  void answer(Response response);         // adds X-Openstack-Request-Id; later calls do nothing
  void answer_later(Respond::Make make);  // as answer, made by the edge
  void answer(const Error& error) { answer(error_response(error)); }
  void not_allowed(std::string_view allowed);  // 405; "GET, POST"
  void not_there();                            // 404: no such path

  [[nodiscard]] dialect::View view(const model::Snapshot& snapshot) const;
  // The item below which the path stands, else no row. The item must be there.
  [[nodiscard]] dialect::View parent(const model::Snapshot& snapshot) const;
  // The objects of a resource that are made for each answer; they live as long as the exchange.
  const std::vector<dialect::Made>& make(const dialect::Resource& resource, const model::Snapshot& snapshot);
  // The one that `id` names.
  std::optional<dialect::RowRef> made(const dialect::Resource& resource, const model::Snapshot& snapshot,
                                      const std::string& id);

 private:
  std::deque<std::vector<dialect::Made>> made_;
};
using Shared = std::shared_ptr<Exchange>;

std::string new_request_id(Cloud& cloud);  // "req-<uuid>"

// The row that a path names, below `exchange.within`. Errors: not_found, also when this caller may not see it.
Result<dialect::RowRef> row_of(Exchange& exchange, const dialect::Resource& resource, const model::Snapshot& snapshot,
                               const std::string& id);

Error not_there(const dialect::Resource& resource, const std::string& id);

// discovery.cc
Response versions(const Exchange& exchange);
Response core_resources(const Exchange& exchange);
Response extensions(const Exchange& exchange, const std::string* alias);
Response healthcheck(const Exchange& exchange);

// reads.cc
void list(const Shared& exchange, const dialect::Resource& resource);
void show(const Shared& exchange, const dialect::Resource& resource, const std::string& id);

// writes.cc
void create(const Shared& exchange, const dialect::Resource& resource);
void update(const Shared& exchange, const dialect::Resource& resource, const std::string& id);
void remove(const Shared& exchange, const dialect::Resource& resource, const std::string& id);

void act(const Shared& exchange, const dialect::Resource& resource, const dialect::Action& action,
         const std::string& id);

// choices.cc: of a resource with `choosing`
Status may_choose(const Exchange& exchange, const dialect::Resource& resource, model::Verb verb);
void choose(const Shared& exchange, const dialect::Resource& resource);
void take_back(const Shared& exchange, const dialect::Resource& resource, const std::string& id);

// quotas.cc: `rest` is what follows /v2.0/quotas
void quotas(const Shared& exchange, std::span<const std::string> rest);

// adoption.cc: rows that were made elsewhere
void adopt(const Shared& exchange);

// topologies.cc: `rest` is what follows /v2.0/auto-allocated-topology
void topologies(const Shared& exchange, std::span<const std::string> rest);

// tags.cc: `tag` is null for the whole list
void tags(const Shared& exchange, const dialect::Resource& resource, const std::string& id, const std::string* tag);

}  // namespace tarn::api
