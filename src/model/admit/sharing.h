// Sharing as rules need it: the word `shared`, by which a request lets everybody use an object or nobody else, and what
// stands in the way of taking it back. What is shared with whom is in the RBAC policies alone (rows/sharing.h).
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Whether a row of another project stands on the object that would not exist for that project without the policy. Of
// what is shared with everybody also one of the owner's own project, except on networks: as in Neutron.
bool is_used_through(const Snapshot& cloud, const RbacPolicy& policy);

// The policy that shares the object with everybody; null when none does.
const RbacPolicy* policy_for_everybody(const Snapshot& cloud, const Uuid& object,
                                       Sharing how = Sharing::access_as_shared);

// Makes that policy, of the object's project, or removes it.
void share_with_everybody(Draft& draft, const Row& object, bool shared, Sharing how = Sharing::access_as_shared);

// Does what `given` says by the word `shared`; nothing when it says nothing.
// Errors: InvalidInput (no truth value), `in_use` when others use the object and it would not be there for them.
Status settle_shared(Draft& draft, const Row& object, const boost::json::object& given, const Error& in_use);

// All policies of an object that goes.
void unshare(Draft& draft, const Uuid& object);

}  // namespace tarn::model::admission
