// A desk with an external network and a tenant's network, for what routers connect. Requests are in the model's words.
// Ids are texts, as requests hold them.
#pragma once

#include "admission.h"

namespace tarn::model::test {

using boost::json::array;

class RoutedDesk : public ::testing::Test {
 protected:
  RoutedDesk() {
    desk.caller = admin();
    outside = desk.network({{"external", true}}).value().text();
    outside_subnet = subnet(outside, "203.0.113.0/24");
    desk.caller = tenant();
    inside = desk.network().value().text();
    inside_subnet = subnet(inside, "10.0.0.0/24");
  }

  std::string subnet(const std::string& network, std::string_view cidr, Given more = {}) {
    return desk.subnet({uuid(network)}, cidr, std::move(more)).value().text();
  }
  std::string port(const std::string& network, Given more = {}) {
    return desk.port({uuid(network)}, std::move(more)).value().text();
  }
  // The new id, or the reason of the refusal.
  std::string make(Kind kind, Given given) {
    const Result<Uuid> id = desk.create(kind, std::move(given));
    return id ? id->text() : id.error().reason;
  }
  std::string change(Kind kind, const std::string& id, Given given) {
    return reason(desk.run({{Verb::update, kind, uuid(id), std::move(given), std::nullopt}}));
  }
  std::string drop(Kind kind, const std::string& id) {
    return reason(desk.run({{Verb::remove, kind, uuid(id), {}, std::nullopt}}));
  }

  std::string router(Given given = {}) { return make(Kind::router, std::move(given)); }
  // With a gateway, and an interface in the tenant's subnet.
  std::string connected_router() {
    std::string id = router({{"gateway", {{"network", outside}}}});
    EXPECT_EQ(attach(id, inside_subnet), "admitted");
    return id;
  }
  std::string attach(const std::string& router, const std::string& subnet) {
    return change(Kind::router, router, {{"add_interface", {{"subnet", subnet}}}});
  }
  std::string detach(const std::string& router, const std::string& port) {
    return change(Kind::router, router, {{"remove_interface", {{"port", port}}}});
  }
  std::string floating(Given more = {}) {
    more["network"] = outside;
    return make(Kind::floatingip, std::move(more));
  }

  template <class R>
  const R& at(const std::string& id) const {
    return **desk.cloud.find<R>(uuid(id));
  }
  template <class R>
  bool is_there(const std::string& id) const {
    return desk.cloud.find<R>(uuid(id)) != nullptr;
  }
  // The router's ports with this owner, in id order.
  std::vector<std::string> ports_of(const std::string& router, std::string_view owner = "network:router_interface") {
    std::vector<std::string> ids;
    for (const Uuid& id : desk.cloud.referrers(uuid(router), Kind::port)) {
      if (at<Port>(id.text()).device_owner == owner) ids.push_back(id.text());
    }
    return ids;
  }
  std::vector<std::string> addresses(const std::string& port) const { return desk.addresses({uuid(port)}); }
  static Uuid uuid(const std::string& text) { return Uuid::parse(text).value(); }

  Desk desk;
  std::string outside;
  std::string outside_subnet;
  std::string inside;
  std::string inside_subnet;
};

}  // namespace tarn::model::test
