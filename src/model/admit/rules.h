// What every kind's rules are made of: who may set which attribute, ownership, quotas and revision constraints; and the
// table of the three verbs of each kind. A new kind is one file that defines its `…_rules()` and its line in rules.cc.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string_view>

#include "model/admit/draft.h"
#include "model/admit/refusal.h"
#include "model/codec.h"

namespace tarn::model::admission {

struct KindRules {
  Status (*create)(Draft& draft, const Request& request);
  Status (*update)(Draft& draft, const Request& request);
  Status (*remove)(Draft& draft, const Request& request);
};
KindRules rules_of(Kind kind);

KindRules network_rules();
KindRules subnet_rules();
KindRules port_rules();
KindRules agent_rules();
KindRules address_scope_rules();
KindRules subnetpool_rules();
KindRules address_group_rules();

// Who may give an attribute. `network_owner` means of the network that the subnet or port belongs to.
enum class Who : std::uint8_t { nobody, anyone, network_owner, admin };
struct Attribute {
  std::string_view name;
  Who create;
  Who update;
};
// Refuses unknown and read-only attributes (InvalidInput) and those this caller may not give (PolicyNotAuthorized).
// On create an attribute given as its default is nobody's privilege.
Status check_given(const Draft& draft, const Request& request, std::span<const Attribute> attributes,
                   bool owns_network);

// How the verbs of a kind with `shared` begin: what was given, whose the row is, the revision that was expected.
// The row as it is; of a new one its project.
template <class R>
Result<R> row_to_update(const Draft& draft, const Request& request, std::span<const Attribute> attributes);
template <class R>
Result<R> row_to_remove(const Draft& draft, const Request& request);
Result<std::string> project_of_new(const Draft& draft, const Request& request, std::span<const Attribute> attributes);

// The project of a new row: what was given, which must be the caller's own unless an admin asks; else the caller's.
Result<std::string> project_for(const Draft& draft, const Request& request);
Status check_quota(const Draft& draft, Kind kind, const std::string& project);
// If-Match: revision_number=N.
Status check_revision(const Standard& standard, const Request& request);

bool owns(const Caller& caller, const Standard& standard);
bool sees(const Caller& caller, const Network& network);
// The row of the request, which this caller may change. Others' rows exist for him only when they are shared, and are
// then forbidden.
template <class R>
Result<R> writable(const Draft& draft, const Request& request);
// A network the caller may use; NetworkNotFound otherwise, also when it exists for others.
Result<Network> visible_network(const Draft& draft, NetworkId id);

bool is_given(const boost::json::object& given, std::string_view name);  // present and not null
boost::json::object without(boost::json::object given, std::initializer_list<std::string_view> names);

// A list of prefixes as a request-only word gives it.
Result<std::vector<Prefix>> prefixes_of(std::string_view word, const boost::json::value& given);

// Ports that the network's own services plug, and that go when the network goes.
bool is_auto_deleted(const Port& port);
// Ports by which a router joins a network; they take no automatic address.
bool is_router_interface(const Port& port);
bool is_auto_address(const Subnet& subnet);  // addresses follow from the MAC (SLAAC, DHCPv6 stateless)

// Sets `given` on `row` by the codec, and brings tags into their normal form.
template <class R>
Status set_fields(R& row, const boost::json::object& given);

Status set_row_fields(Row& row, const boost::json::object& given);
template <class R>
Status set_fields(R& row, const boost::json::object& given) {
  Row any = row;
  Status status = set_row_fields(any, given);
  if (status) row = std::get<R>(std::move(any));
  return status;
}

template <class R>
Result<R> writable(const Draft& draft, const Request& request) {
  const Versioned<R>* row = draft.now().find<R>(request.id);
  if (row == nullptr) return not_found(R::kind, request.id);
  if (owns(draft.caller(), (*row)->standard)) return **row;
  if (!(*row)->shared) return not_found(R::kind, request.id);
  return forbidden((request.verb == Verb::update ? "update_" : "delete_") + std::string(R::word));
}

template <class R>
Result<R> row_to_update(const Draft& draft, const Request& request, std::span<const Attribute> attributes) {
  Result<R> row = writable<R>(draft, request);
  if (!row) return row;
  if (Status status = check_given(draft, request, attributes, true); !status) return fail(status.error());
  if (Status status = check_revision(row->standard, request); !status) return fail(status.error());
  return row;
}

template <class R>
Result<R> row_to_remove(const Draft& draft, const Request& request) {
  Result<R> row = writable<R>(draft, request);
  if (!row) return row;
  if (Status status = check_revision(row->standard, request); !status) return fail(status.error());
  return row;
}

}  // namespace tarn::model::admission
