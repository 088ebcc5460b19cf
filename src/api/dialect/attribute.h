// The shape of the dialect's table: what one attribute and one resource of the API are, as data. The rows themselves
// are in networks.cc, subnets.cc, ports.cc and the like; query, body and answer code read this and nothing else.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/cloud.h"
#include "base/result.h"
#include "model/admit.h"

namespace tarn::api::dialect {

namespace json = boost::json;

using RowRef = model::Rows::Pointer;

// A row and everything its computed attributes may look at. Lives for one answer.
struct View {
  const model::Snapshot& snapshot;
  const Cloud& cloud;
  std::int64_t now_ms = 0;
  std::int64_t agent_down_after_ms = 0;
  RowRef row;
  json::storage_ptr storage = {};  // where the values of attributes are made; a value made elsewhere is copied

  template <class R>
  [[nodiscard]] const R& as() const {
    return *std::get<const R*>(row);
  }
  [[nodiscard]] View of(RowRef other) const { return {snapshot, cloud, now_ms, agent_down_after_ms, other, storage}; }
  [[nodiscard]] View in(json::storage_ptr memory) const {
    return {snapshot, cloud, now_ms, agent_down_after_ms, row, std::move(memory)};
  }
};

using Read = std::function<json::value(const View&)>;

// What clients may write for an attribute.
struct Type {
  std::string words;  // for people: "string, at most 255"

  // The client's JSON as the model's canonical JSON (model/codec.h). An error's message is a reason only: it is
  // wrapped in "Invalid input for NAME. Reason: …".
  std::function<Result<json::value>(const json::value&)> accept;

  // A filter's text in the form that the attribute's answer has; nullopt: no answer can ever equal it.
  std::function<Result<std::optional<json::value>>(std::string_view)> from_text;
};

enum class Given : std::uint8_t { never, post, put, both };

// Where an attribute lives in the model, and how it is read.
struct Mapping {
  std::string field;  // in model::Request::given; empty: nothing is passed on
  Read read;          // empty: the attribute is never shown
};

struct Attribute {
  std::string name = {};
  Type type = {};
  Mapping model = {};
  Given given = Given::never;
  bool required = false;        // in a POST
  bool null_is_absent = false;  // a null is as if the client had not named it
  std::string absent = {};      // for people: what holds when a POST leaves it out
  bool filter = true;
  bool sort = false;
  std::string alias = {};  // the extension that owns it; empty: core

  [[nodiscard]] bool in_post() const { return given == Given::post || given == Given::both; }
  [[nodiscard]] bool in_put() const { return given == Given::put || given == Given::both; }
};

// A query word that is no attribute, or whose meaning is not "equals": `fixed_ips=ip_address=…`, `tags-any`.
struct Filter {
  std::string name = {};
  std::string words = {};  // for people
  // One test for all values of the word together.
  std::function<Result<std::function<bool(const View&)>>(const std::vector<std::string>& values)> make = {};
  std::string alias = {};
};

// Rows that can equal one of `values` for an attribute, found by an index of the snapshot instead of a walk.
struct Index {
  std::string attribute = {};
  std::function<std::optional<std::vector<Uuid>>(const model::Snapshot&, const json::value&)> find =
      {};  // nullopt: walk
};

// PUT on `/{collection}/{id}/{name}`: a change of the row that its attributes cannot say, because it starts from what
// is there ("add these"). One write of the model, so two of them never lose each other.
struct Action {
  std::string name = {};                                // the last segment of the path
  std::vector<Attribute> body = {};                     // all are needed, and nothing else is taken
  std::function<json::value(const View&)> answer = {};  // empty: the row, as a PUT shows it
  std::string alias = {};
};

// The row that a row is part of: policy asks whose it is, in rules like "tenant_id:%(network:tenant_id)s".
struct Parent {
  std::string word = {};       // as rules call it: "network"; empty: there is none
  std::string attribute = {};  // that holds its id
  model::Kind kind{};
};

struct Resource {
  std::string singular = {};  // "network": the body's root
  std::string plural = {};    // "networks": the bulk body's root
  std::string path = {};      // of the collection; empty: as `plural`
  model::Kind kind{};
  std::string alias = {};  // the extension that owns it; empty: core
  bool create = true;
  bool update = true;
  bool remove = true;
  bool bulk = true;
  bool tagged = false;    // has a /tags sub-resource
  std::string not_found;  // the error's type: "NetworkNotFound"
  std::vector<Attribute> attributes = {};
  std::vector<Filter> filters = {};
  std::vector<Index> indexes = {};
  std::vector<Action> actions = {};
  // What must hold between attributes of one body, before the model is asked. May be empty.
  std::function<Status(const json::object& body)> check = {};
  // Whether the row exists for a caller who does not work everywhere; what he may do with it is policy's (access.h).
  std::function<bool(const View&, const model::Caller&)> visible = {};
  Parent parent = {};

  [[nodiscard]] const Attribute* attribute(std::string_view name) const;
  [[nodiscard]] const Action* action(std::string_view name) const;
  [[nodiscard]] const std::string& collection() const { return path.empty() ? plural : path; }
};

struct Alias {
  std::string alias;
  std::string name;
  std::string description;
  std::string updated;         // "2026-01-01T00:00:00-00:00"
  std::string waits_for = {};  // what is missing until it works end to end; while it says something, nobody is told

  [[nodiscard]] bool advertised() const { return waits_for.empty(); }
};

// The whole dialect, built once and shared by all threads.
struct Table {
  std::vector<Resource> resources;
  std::vector<Alias> aliases;  // sorted; those that wait too

  [[nodiscard]] const Resource* by_path(std::string_view collection) const;
  [[nodiscard]] const Alias* advertised(std::string_view alias) const;
};

Resource networks();
Resource subnets();
Resource ports();
Resource agents();
Resource address_scopes();
Resource subnetpools();
Resource address_groups();
std::vector<Alias> aliases();
Table table();

// The part of docs/api.md that is made from the table.
std::string page(const Table& table);

}  // namespace tarn::api::dialect
