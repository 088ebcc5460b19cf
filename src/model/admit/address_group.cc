// Address groups. Request-only words of an update, each a list of prefixes: `add_addresses`, none of which may be there
// yet, and `remove_addresses`, all of which must be.
#include <algorithm>

#include "model/admit/rule_number.h"
#include "model/admit/rules.h"
#include "model/admit/sharing.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created},    {"name", When::both},
    {"description", When::both},      {"addresses", When::created},
    {"add_addresses", When::changed}, {"remove_addresses", When::changed},
};

std::vector<Prefix> each_once(std::vector<Prefix> prefixes) {
  std::ranges::sort(prefixes);
  prefixes.erase(std::ranges::unique(prefixes).begin(), prefixes.end());
  return prefixes;
}

std::string texts_of(const std::vector<Prefix>& prefixes) {
  std::string texts;
  for (const Prefix& prefix : prefixes) texts += (texts.empty() ? "" : ", ") + prefix.text();
  return texts;
}

Status add(AddressGroup& group, const std::vector<Prefix>& more) {
  std::vector<Prefix> there;
  std::ranges::set_intersection(group.addresses, more, std::back_inserter(there));
  if (!there.empty()) {
    return fail(ErrorCode::invalid, "AddressesAlreadyExist",
                "Addresses " + texts_of(there) + " are in the address group " + group.id.text() + " already.");
  }
  std::vector<Prefix> all;
  std::ranges::merge(group.addresses, more, std::back_inserter(all));
  group.addresses = std::move(all);
  return {};
}

Status take_out(AddressGroup& group, const std::vector<Prefix>& gone) {
  std::vector<Prefix> missing;
  std::ranges::set_difference(gone, group.addresses, std::back_inserter(missing));
  if (!missing.empty()) {
    return fail(ErrorCode::not_found, "AddressesNotFound",
                "Addresses " + texts_of(missing) + " are not in the address group " + group.id.text() + ".");
  }
  std::vector<Prefix> rest;
  std::ranges::set_difference(group.addresses, gone, std::back_inserter(rest));
  group.addresses = std::move(rest);
  return {};
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  AddressGroup group;
  if (Status status = set_fields(group, request.given); !status) return status;
  group.addresses = each_once(std::move(group.addresses));
  group.id = {request.id};
  group.standard.project_id = *project;
  group.number = new_rule_number(draft.now(), request.id);
  draft.create(group);
  return {};
}

Status update(Draft& draft, const Request& request) {
  const Result<AddressGroup> before = row_to_update<AddressGroup>(draft, request, attributes);
  if (!before) return fail(before.error());
  AddressGroup group = *before;
  if (Status status = set_fields(group, without(request.given, {"add_addresses", "remove_addresses"})); !status) {
    return status;
  }
  const std::pair<std::string_view, Status (*)(AddressGroup&, const std::vector<Prefix>&)> edits[] = {
      {"add_addresses", add}, {"remove_addresses", take_out}};
  for (const auto& [word, edit] : edits) {
    if (!request.given.contains(word)) continue;
    const Result<std::vector<Prefix>> named = prefixes_of(word, request.given.at(word));
    if (!named) return fail(named.error());
    if (Status status = edit(group, each_once(*named)); !status) return status;
  }
  draft.update(group);
  return {};
}

Status remove(Draft& draft, const Request& request) {
  if (const Result<AddressGroup> group = row_to_remove<AddressGroup>(draft, request); !group)
    return fail(group.error());
  for (const Kind kind : {Kind::security_group_rule, Kind::default_security_group_rule}) {
    if (!draft.now().is_referred(request.id, kind)) continue;
    return fail(ErrorCode::conflict, "AddressGroupInUse",
                "Address group " + request.id.text() + " is in use on one or more security group rules.");
  }
  unshare(draft, request.id);
  draft.remove(Kind::address_group, request.id);
  return {};
}

}  // namespace

KindRules address_group_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
