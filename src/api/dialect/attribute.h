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
#include "api/dialect/values.h"
#include "base/result.h"
#include "model/admit.h"

namespace tarn::api::dialect {

// A part of a row, or what the server knows, as an object made for one answer. Has an "id", unless it has no item path.
using Made = json::object;

template <class Held>
struct WithMade;
template <class... Pointer>
struct WithMade<std::variant<Pointer...>> {
  using Type = std::variant<Pointer..., const Made*>;
};
using RowRef = WithMade<model::Rows::Pointer>::Type;

struct Answering;  // answering.h: what the rows of one answer have in common

// A row and everything its computed attributes may look at. Lives for one answer.
struct View {
  const model::Snapshot& snapshot;
  const Cloud& cloud;
  const model::Caller& caller;  // who gets the answer
  std::int64_t now_ms = 0;
  std::int64_t agent_down_after_ms = 0;
  RowRef row;
  json::storage_ptr storage = {};  // where the values of attributes are made; a value made elsewhere is copied
  std::shared_ptr<Answering> answering = {};

  template <class R>
  [[nodiscard]] const R& as() const {
    return *std::get<const R*>(row);
  }
  [[nodiscard]] bool is_there() const;
  [[nodiscard]] bool hears(const std::string& host) const;  // its agent is alive
  [[nodiscard]] View of(RowRef other) const {
    return {snapshot, cloud, caller, now_ms, agent_down_after_ms, other, storage, answering};
  }
  [[nodiscard]] View in(json::storage_ptr memory) const {
    return {snapshot, cloud, caller, now_ms, agent_down_after_ms, row, std::move(memory), answering};
  }
};

using Read = std::function<json::value(const View&)>;
using Write = std::function<void(std::string&, const View&)>;

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
  std::string field = {};  // in model::Request::given; empty: nothing is passed on
  Read read = {};          // empty: the attribute is never shown
  Write write = {};        // the same, as JSON text after what is there

  Mapping() = default;
  Mapping(std::string named) : field(std::move(named)) {}
  // `show` says of a View what the attribute is, as any type that values.h can spell.
  template <class Show>
  Mapping(std::string named, Show show)
      : field(std::move(named)),
        read([show](const View& view) { return value_of(show(view), view.storage); }),
        write([show](std::string& text, const View& view) { append_value(text, show(view)); }) {}
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
  std::string alias = {};                          // the extension that owns it; empty: core
  std::function<bool(const View&)> shown_if = {};  // for which rows it is shown at all; empty: all
  bool listed = true;                              // false: of an object that is asked for alone

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
  std::string absent = {};  // the value where none is given; empty: no test then
};

// Rows that can equal one of `values` for an attribute, found by an index of the snapshot instead of a walk.
struct Index {
  std::string attribute = {};
  std::function<std::optional<std::vector<Uuid>>(const model::Snapshot&, const json::value&)> find =
      {};  // nullopt: walk
};

// PUT on `/{collection}/{id}/{name}`: a change of the row that its attributes cannot say, because it starts from what
// is there ("add these"). One write of the model, so two of them never lose each other. Or GET there: a part of the
// row.
struct Action {
  std::string name = {};             // the last segment of the path
  std::string rule = {};             // of policy; empty: as `name`
  std::string root = {};             // what the body's object stands under; empty: the body is that object
  std::vector<Attribute> body = {};  // nothing else is taken
  // The model's `given` of the body's, where it is not the same. Errors: invalid.
  std::function<Result<json::object>(json::object given, const View& row)> given = {};
  std::function<json::value(const View&)> answer = {};  // empty: the row, as a PUT shows it
  // The answer, where the row alone does not say it: the row before and after, and what the model was given.
  std::function<json::value(const View& before, const View& after, const json::object& given)> told = {};
  bool reads = false;  // a GET: `answer` is all
  std::string alias = {};
};

// The row that a row is part of: policy asks whose it is, in rules like "tenant_id:%(network:tenant_id)s".
struct Parent {
  std::string word = {};  // as rules call it: "network", "ext_parent"; empty: there is none
  model::Kind kind{};
  Mapping id = {};
  std::string path =
      {};  // of its collection, where this one is below each of its items; empty: it has a path of its own
};

// Objects that are made for each answer. Below a parent they are parts of its row, and writing one changes that row.
struct Making {
  std::function<std::vector<Made>(const View& parent)> all = {};  // empty: rows are held, not made
  std::string id = {};  // the word that names one in an item's path; each has another
  // What the parent's row is asked for; `id` is empty for a new part. Empty: none can be written.
  std::function<json::object(model::Verb verb, const std::string& id, json::object given)> change = {};
};

// Rows of another collection, each of which is put below an item, or taken away from there, by its id.
struct Choosing {
  std::string from = {};  // that collection; empty: nobody chooses
  std::string word = {};  // that names one in the body of a POST
  std::string rule = {};  // of policy, after "create_" and "delete_"
  // What a row is asked for that is put below the item, or taken away.
  std::function<json::object(const View& item, model::Verb verb)> given = {};
};

struct Resource {
  std::string singular = {};   // "network": the body's root
  std::string plural = {};     // "networks": the bulk body's root
  std::string path = {};       // of the collection, may have two segments; empty: as `plural`
  std::string rule = {};       // how rules of policy call it: "floatingip_port_forwarding"; empty: as `singular`
  std::string show_rule = {};  // what who asks for one alone must be as well; empty: nothing more
  bool hides_refused = false;  // who may not change one of another project is told that it is not there
  model::Kind kind{};          // of the rows; of the parent's where they are made
  std::string alias = {};      // the extension that owns it; empty: core
  bool list = true;            // false: items alone, without a collection
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
  Parent parent = {};
  Making made = {};
  Choosing choosing = {};  // of rows that are made
  // Which rows of the kind are meant, and how an item's path names one. Empty: all; by its id.
  std::function<bool(const View&)> among = {};
  json::object always = {};  // what the model is told of each new row beside what its client gave
  std::function<std::optional<Uuid>(const View& parent, const std::string& text)> named = {};
  // What a list shows though nobody has made it: the model's requests that make it, none when all is there. `project`
  // is whose rows are listed. Admitted once more they change nothing, so that all who look at the same time are served.
  std::function<std::vector<model::Request>(const model::Snapshot& snapshot, const std::string& project)> first_use =
      {};

  [[nodiscard]] const Attribute* attribute(std::string_view name) const;
  [[nodiscard]] const Action* action(std::string_view name) const;
  [[nodiscard]] const std::string& collection() const { return path.empty() ? plural : path; }
};

struct Alias {
  std::string alias;
  std::string name;
  std::string description;
  std::string waits_for = {};  // what is missing until it works end to end; while it says something, nobody is told

  [[nodiscard]] bool advertised() const { return waits_for.empty(); }
};

// The whole dialect, built once and shared by all threads.
struct Table {
  std::vector<Resource> resources;
  std::vector<Alias> aliases;

  [[nodiscard]] const Resource* by_path(std::string_view collection) const;
  [[nodiscard]] const Resource* tagged(std::string_view plural) const;  // one that has tags
  [[nodiscard]] const Resource* below(const Resource& parent, std::string_view collection) const;
  [[nodiscard]] const Alias* advertised(std::string_view alias) const;

 private:
  [[nodiscard]] const Resource* below_path(std::string_view parent, std::string_view collection) const;
};

Resource networks();
Resource subnets();
Resource ports();
Resource agents();
Resource address_scopes();
Resource subnetpools();
Resource address_groups();
Resource rbac_policies();
Resource port_bindings();
Resource ip_availabilities();
Resource availability_zones();
Resource security_groups();
Resource security_group_rules();
Resource default_security_group_rules();
Resource default_statefulness();
Resource routers();
Resource conntrack_helpers();
Resource ndp_proxies();
Resource floatingips();
Resource floatingip_pools();
Resource port_forwardings();
Resource local_ips();
Resource port_associations();
Resource trunks();
std::vector<Resource> dhcp_places();    // the agents that serve a network's DHCP, and the networks that one serves
std::vector<Resource> router_places();  // the agents of a router, and the routers of one
Resource segments();
Resource network_segment_ranges();
std::vector<Resource> metering();  // labels, rules
std::vector<Resource> flavors();   // service profiles, flavors, what stands in one, service providers
std::vector<Resource> logging();   // logs, what can be logged
std::vector<Resource> qos();       // policies, rules, what the switch can do
std::vector<Resource> taps();      // tap services, tap flows, tap mirrors
std::vector<Resource> bgp();       // speakers, peers, who announces for whom
std::vector<Alias> aliases();      // sorted; those that wait too
Table table();

// The part of docs/api.md that is made from the table.
std::string page(const Table& table);

}  // namespace tarn::api::dialect
