// What one caller may do: which rows exist for him, and what the rules of policy allow him on them. Made for one
// request, on rules that outlive it, and asked by one thread at a time; asks the snapshot that it is shown and keeps
// nothing of it.
// The order is Neutron's: a row that does not exist for a caller, or that he may not get, is not found (404); what he
// may not do to a row that he may get is forbidden (403); an attribute that he may not get is left out of answers.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/dialect/attribute.h"
#include "policy/rules.h"

namespace tarn::api {

// The rules, and for each resource of the table those that concern it. Immutable, shared by all threads; points into
// the table, whose resources stay where they are.
class Guards {
 public:
  Guards(policy::Rules rules, const dialect::Table& table);

  struct Rule {
    std::string name;
    policy::RuleId id;
  };
  struct Guard {
    Rule get;
    Rule create;
    Rule update;
    Rule remove;
    std::vector<std::optional<policy::RuleId>> get_attribute;  // beside the resource's attributes; none: everybody's
    boost::json::object defaults;                              // the model's fields of a row to which nothing was given
  };
  [[nodiscard]] const Guard& of(const dialect::Resource& resource) const {
    return guards_[static_cast<std::size_t>(&resource - first_)];
  }
  [[nodiscard]] const policy::Rules& rules() const { return rules_; }
  [[nodiscard]] Rule rule(std::string name) const;

 private:
  policy::Rules rules_;
  const dialect::Resource* first_;
  std::vector<Guard> guards_;  // beside the table's resources
};

class Access {
 public:
  Access(const Guards& guards, policy::Credentials who);

  // As admission knows him.
  [[nodiscard]] const model::Caller& caller() const { return caller_; }

  [[nodiscard]] bool sees(const dialect::Resource& resource, const dialect::View& row) const;
  // Of a row that he sees. `attribute` is one of the resource's.
  [[nodiscard]] bool sees(const dialect::Resource& resource, const dialect::Attribute& attribute,
                          const dialect::View& row) const;

  // To ask for one alone, whichever. Errors: forbidden.
  [[nodiscard]] Status may_show(const dialect::Resource& resource) const;
  // A new one below what is not there, as if that were the caller's own. Errors: forbidden.
  [[nodiscard]] Status may_create_below(const dialect::Resource& resource) const;
  // `body` is what the client wrote, `given` what the model is asked for; of `nowhere` only the snapshot matters.
  // Errors: forbidden, with the name of the rule.
  [[nodiscard]] Status may_create(const dialect::Resource& resource, const dialect::View& nowhere,
                                  const boost::json::object& body, const boost::json::object& given) const;
  // Of a row that he sees. Errors: forbidden.
  [[nodiscard]] Status may_update(const dialect::Resource& resource, const dialect::View& row,
                                  const boost::json::object& body, const boost::json::object& given) const;
  [[nodiscard]] Status may_remove(const dialect::Resource& resource, const dialect::View& row) const;
  [[nodiscard]] Status may_act(const dialect::Resource& resource, const dialect::Action& action,
                               const dialect::View& row) const;

  // A rule that is not about a resource of the table. Errors: forbidden.
  [[nodiscard]] Status may(const std::string& rule, const policy::Target& target) const {
    return check(guards_.rule(rule), target);
  }

 private:
  [[nodiscard]] Status check(const Guards::Rule& rule, const policy::Target& target) const;
  [[nodiscard]] Status check_attributes(const std::string& rule, const dialect::Resource& resource,
                                        const boost::json::object& body, const boost::json::object& given,
                                        const policy::Target& target, bool creates) const;
  [[nodiscard]] Status check_parts(const std::string& rule, const boost::json::value& value,
                                   const policy::Target& target) const;

  const Guards& guards_;
  policy::Standing standing_;
  model::Caller caller_;
};

}  // namespace tarn::api
