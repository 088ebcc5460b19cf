// Address scopes. Request-only word: `shared` (sharing.h). What is shared stays so: others' pools may stand in it.
#include "model/admit/rules.h"
#include "model/admit/sharing.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created},
    {"name", When::both},
    {"ip_version", When::created},
    {"shared", When::both},
};

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  AddressScope scope;
  if (Status status = set_fields(scope, without(request.given, {"shared"})); !status) return status;
  if (scope.ip_version != 4 && scope.ip_version != 6) return invalid_input("ip_version must be 4 or 6.");
  scope.id = {request.id};
  scope.standard.project_id = *project;
  draft.create(scope);
  return settle_shared(draft, scope, request.given, {});
}

Status update(Draft& draft, const Request& request) {
  const Result<AddressScope> before = row_to_update<AddressScope>(draft, request, attributes);
  if (!before) return fail(before.error());
  AddressScope scope = *before;
  if (Status status = set_fields(scope, without(request.given, {"shared"})); !status) return status;
  const bool taken_back = is_given(request.given, "shared") && request.given.at("shared") == false;
  if (taken_back && is_shared_with_everybody(draft.now(), scope.id.uuid)) {
    return fail(ErrorCode::invalid, "AddressScopeUpdateError",
                "Unable to update address scope " + scope.id.text() + ": it is shared, and stays so.");
  }
  draft.update(scope);
  return settle_shared(draft, scope, request.given, {});
}

Status remove(Draft& draft, const Request& request) {
  if (const Result<AddressScope> scope = row_to_remove<AddressScope>(draft, request); !scope)
    return fail(scope.error());
  if (draft.now().is_referred(request.id, Kind::subnetpool)) {
    return fail(ErrorCode::conflict, "AddressScopeInUse",
                "Address scope " + request.id.text() + " is in use: there are subnet pools in it.");
  }
  unshare(draft, request.id);
  draft.remove(Kind::address_scope, request.id);
  return {};
}

}  // namespace

KindRules address_scope_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
