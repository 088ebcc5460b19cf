// The tables of docs/api.md, from the dialect's own. A test keeps the page and the table equal.
#include "api/dialect/attribute.h"
#include "policy/rules.h"

namespace tarn::api::dialect {
namespace {

std::string given(const Attribute& attribute) {
  if (attribute.required) return "**POST**";
  switch (attribute.given) {
    case Given::never:
      return "";
    case Given::post:
      return "POST";
    case Given::put:
      return "PUT";
    case Given::both:
      return "POST, PUT";
  }
  return "";
}

// Whether policy has a rule of its own for the attribute.
std::string who(const policy::Rules& rules, const Resource& resource, const Attribute& attribute) {
  const std::string& word = resource.rule.empty() ? resource.singular : resource.rule;
  const auto has = [&](const char* verb) { return rules.has(verb + word + ":" + attribute.name); };
  const bool seen = has("get_");
  const bool set = has("create_") || has("update_");
  return std::string(seen ? "seen" : "") + (seen && set ? ", " : "") + (set ? "set" : "");
}

std::string uses(const Attribute& attribute) {
  if (!attribute.model.read) return "";
  return std::string(attribute.filter ? "filter" : "") + (attribute.filter && attribute.sort ? ", " : "") +
         (attribute.sort ? "sort" : "");
}

std::string body_of(const Action& action) {
  std::string body;
  for (const Attribute& each : action.body) {
    body += (body.empty() ? "" : ", ") + each.name + (each.required ? "" : "?") + ": " + each.type.words;
  }
  return action.root.empty() ? "{" + body + "}" : "{" + action.root + ": {" + body + "}}";
}

void add_methods(const Resource& resource, std::string& page) {
  const std::string& above = resource.parent.path;
  const std::string base = "/v2.0/" + (above.empty() ? "" : above + "/{id}/") + resource.collection();
  const Choosing& choosing = resource.choosing;
  const bool chosen = !choosing.from.empty();
  const std::string post = chosen ? ", POST {" + choosing.word + ": UUID}" : resource.create ? ", POST" : "";
  if (resource.list) page += "`" + base + "`: GET" + post + ". ";
  page += "`" + base + "/{id}`: GET" + (resource.update ? ", PUT" : "") +
          (resource.remove || chosen ? ", DELETE" : "") + ".";
  if (!resource.show_rule.empty()) page += " To show one alone needs the rule `" + resource.show_rule + "`.";
  if (resource.tagged)
    page += " `" + base + "/{id}/tags`: GET, POST, PUT, DELETE. `" + base + "/{id}/tags/{tag}`: GET, PUT, DELETE.";
  if (resource.tagged && resource.collection() != resource.plural)
    page += " The tags also below `/v2.0/" + resource.plural + "/{id}`.";
  for (const Action& each : resource.actions)
    page += " `" + base + "/{id}/" + each.name + "`: " + (each.reads ? "GET" : "PUT " + body_of(each)) + ".";
  page += resource.bulk && resource.create ? " A POST may carry many under `" + resource.plural + "`.\n\n" : "\n\n";
}

void add_resource(const policy::Rules& rules, const Resource& resource, std::string& page) {
  page += "### " + (resource.parent.path.empty() ? "" : resource.parent.path + " … ") + resource.collection() + "\n\n";
  add_methods(resource, page);
  page +=
      "| attribute | type | given in | when absent | by policy | query | alias |\n| --- | --- | --- | --- | --- | --- "
      "| --- "
      "|\n";
  for (const Attribute& each : resource.attributes)
    page += "| `" + each.name + "` | " + each.type.words + " | " + given(each) + " | " + each.absent + " | " +
            who(rules, resource, each) + " | " + uses(each) + " | " + each.alias + " |\n";
  page += "\n";
  if (resource.filters.empty()) return;
  page += "| other filter | meaning | alias |\n| --- | --- | --- |\n";
  for (const Filter& each : resource.filters)
    page += "| `" + each.name + "` | " + each.words + " | " + each.alias + " |\n";
  page += "\n";
}

}  // namespace

std::string page(const Table& table) {
  std::string page = "## Resources\n\n";
  const policy::Rules rules = policy::Rules::defaults();
  for (const Resource& resource : table.resources) add_resource(rules, resource, page);
  page += "## Aliases\n\n| alias | promise | not told to clients before there are |\n| --- | --- | --- |\n";
  for (const Alias& each : table.aliases)
    page += "| `" + each.alias + "` | " + each.description + " | " + each.waits_for + " |\n";
  return page;
}

}  // namespace tarn::api::dialect
