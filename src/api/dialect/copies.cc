#include "api/dialect/copies.h"

#include "api/dialect/rows.h"

namespace tarn::api::dialect {
namespace {

Show shown_by(std::vector<Attribute> rows) {
  return [rows = std::make_shared<const std::vector<Attribute>>(std::move(rows))](const View& view) {
    Made made;
    for (const Attribute& each : *rows)
      if (each.model.read && (!each.shown_if || each.shown_if(view))) made[each.name] = each.model.read(view);
    return made;
  };
}

}  // namespace

Resource copies(Resource like, std::string above, std::string path, const std::string& alias,
                std::function<std::vector<Made>(const View& parent, const Show& show)> all) {
  Resource resource{.singular = like.singular,
                    .plural = like.plural,
                    .path = path,
                    .rule = path,
                    .kind = like.kind,
                    .alias = alias,
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = like.not_found};
  resource.parent.path = std::move(above);
  resource.made.id = "id";
  resource.made.all = [all = std::move(all), show = shown_by(like.attributes)](const View& parent) {
    return all(parent, show);
  };
  for (Attribute& each : like.attributes) {
    if (!each.model.read) continue;
    if (each.shown_if) each.shown_if = [name = each.name](const View& view) { return view.as<Made>().contains(name); };
    each.model = made(each.name);
    each.given = Given::never;
    each.required = false;
    each.absent = {};
    each.alias = alias;
    resource.attributes.push_back(std::move(each));
  }
  return resource;
}

Choosing by_host(std::string from, std::string word, std::string rule) {
  return {std::move(from), std::move(word), std::move(rule), [](const View& agent, model::Verb verb) {
            const std::string& host = agent.as<model::Agent>().host;
            return json::object{{verb == model::Verb::create ? "choose_host" : "bar_host", host}};
          }};
}

}  // namespace tarn::api::dialect
