// What a cloud has without anybody having made it: the default security group of each project, and the rules that new
// groups start with. Both come into being when somebody first needs them, or first looks.
#pragma once

#include <string>
#include <vector>

#include "model/admit.h"

namespace tarn::model {

// Whatever its id; nothing where nobody has needed it yet. It is made with an id that is a function of the project, so
// that all who need it first at the same time make the same one.
std::optional<SecurityGroupId> default_group_of(const Snapshot& cloud, const std::string& project);

// The requests that make what is not there yet; none: it is. Admitted twice, they change nothing the second time.
std::vector<Request> missing_default_group(const Snapshot& cloud, const std::string& project);
std::vector<Request> missing_usual_rules(const Snapshot& cloud);

// Whether the rule is one of the usual ones and was taken away. Its row stays, used nowhere: without a row, a usual
// rule is in force.
bool is_taken_away(const DefaultSecurityGroupRule& rule);

}  // namespace tarn::model
