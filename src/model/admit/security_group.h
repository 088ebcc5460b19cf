// The default security group of a project as other rules need it, and what new groups are given.
// Whose group it is and what it may be called stands in security_group.cc.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Makes it, with the rules that it starts with, where it is not there yet. No quota stands in its way: what needs it
// could not be made without.
SecurityGroupId ensure_default_group(Draft& draft, const std::string& project);

// What a new group is given: the usual rules that nobody took away, and those that were added.
std::vector<DefaultSecurityGroupRule> starting_rules(const Snapshot& cloud, bool of_default_group);

// Whether a new group of the project is stateful when nobody says so.
bool is_usually_stateful(const Snapshot& cloud, const std::string& project);

}  // namespace tarn::model::admission
