// A batch from its first request to its change. The words that only requests know stand beside the rules that read
// them: tags.h (add_tags), network.cc (vlan_transparent), subnet.cc (ip_version), port_addresses.h (fixed_ips),
// port_options.h (pairs, DHCP options).
#include "model/admit.h"

#include "base/check.h"
#include "model/admit/adopt.h"
#include "model/admit/port_blocks.h"
#include "model/admit/rules.h"
#include "model/admit/tags.h"

namespace tarn::model {
namespace {

using admission::Draft;
using admission::KindRules;

Status admit_one(Draft& draft, const Request& request) {
  const KindRules rules = admission::rules_of(request.kind);
  switch (request.verb) {
    case Verb::create:
      if (draft.now().row(request.kind, request.id)) {
        return fail(ErrorCode::conflict, "IdInUse", "There is already a row with the id " + request.id.text() + ".");
      }
      return rules.create(draft, request);
    case Verb::update: {
      if (!request.given.contains("add_tags") && !request.given.contains("remove_tags"))
        return rules.update(draft, request);
      const Result<Request> whole = with_all_tags(draft, request);
      return whole ? rules.update(draft, *whole) : fail(whole.error());
    }
    case Verb::remove:
      return rules.remove(draft, request);
    case Verb::adopt:
      return adopt(draft, request);
  }
  CHECK(false);
  return {};
}

}  // namespace

Result<Change> admit(const Snapshot& before, const Batch& batch, const Limits& limits) {
  Draft draft(before, batch, limits);
  for (const Request& request : batch.requests) {
    if (Status status = admit_one(draft, request); !status) return fail(status.error());
  }
  admission::settle_port_blocks(draft, before);
  return draft.finish();
}

}  // namespace tarn::model
