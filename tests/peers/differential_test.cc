// The same requests to real neutron-server and to a real tarn-server: whoever reads the answers cannot tell the two
// apart, but by what docs/differences.md names. TARN_SEED and TARN_STEPS choose another story and its length.
#include <gmock/gmock.h>

#include "comparison.h"
#include "story.h"

namespace tarn::test {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

class Beside : public testing::Test {
 protected:
  Beside() {
    for (const auto& [symbol, who] :
         {std::pair("project-a", Persona::alice), {"project-b", Persona::bob}, {"project-lab", Persona::root}})
      for (Side* side : {&tarn, &neutron}) side->name(symbol, clouds.project_of(who));
    make("external", {"POST", "/v2.0/networks",
                      R"({"network": {"name": "outside", "router:external": true, "provider:network_type": "flat",
                          "provider:physical_network": "public"}})"});
    make("external-subnet",
         {"POST", "/v2.0/subnets",
          R"({"subnet": {"network_id": "${external}", "ip_version": 4, "cidr": "198.51.100.0/24"}})"});
    // Their default groups, which are made when somebody first asks.
    for (const Persona who : {Persona::alice, Persona::bob, Persona::root}) {
      const std::string symbol = std::string("default-") + persona_names[static_cast<std::size_t>(who)];
      for (Side* side : {&tarn, &neutron}) {
        const Told told = side->ask(
            {who, "GET", "/v2.0/security-groups?name=default&project_id=${project-" + project_letter(who) + "}",
             nullptr});
        side->name(symbol, json::value_to<std::string>(told.raw.at("security_groups").at(0).at("id")));
      }
      story.keep("security_group", symbol);
    }
  }

  static std::string project_letter(Persona who) {
    return who == Persona::bob ? "b" : who == Persona::root ? "lab" : "a";
  }
  void make(const std::string& symbol, const std::array<const char*, 3>& words) {
    for (Side* side : {&tarn, &neutron}) {
      const Told told = side->ask({Persona::root, words[0], words[1], json::parse(words[2])});
      if (told.status != 201)
        throw std::runtime_error(symbol + ": " + std::to_string(told.status) + told.message + clouds.neutron_error());
      side->name(symbol, told.id());
    }
  }

  void step() {
    const Request request = story.next();
    const Told ours = tarn.ask(request);
    const Told theirs = neutron.ask(request);
    const std::string what = difference(ours, theirs);
    if (!what.empty()) differences.add(request.method + " " + shape(request) + ": " + what, request, ours, theirs);
    follow(request, ours, theirs);
  }

  // What the path means, without its ids.
  [[nodiscard]] std::string shape(const Request& request) const {
    std::string text = request.target.substr(0, request.target.find('?'));
    for (std::size_t at = 0; (at = text.find("${", at)) != std::string::npos;)
      text.replace(at, text.find('}', at) + 1 - at, "*");
    for (std::size_t at = 0; (at = text.find("00000000-", at)) != std::string::npos;) text.replace(at, 36, "*");
    return text.substr(5);
  }

  // Keeps both alike: what only one of them made or removed goes from the other too.
  void follow(const Request& request, const Told& ours, const Told& theirs) {
    const bool here = ours.status < 300;
    const bool there = theirs.status < 300;
    if (request.method == "POST" && here && there) {
      const std::string symbol = story.made();
      tarn.name(symbol, ours.id());
      neutron.name(symbol, theirs.id());
    } else if (request.method == "POST" && here != there) {
      const std::string id = (here ? ours : theirs).id();
      (here ? tarn : neutron).ask({Persona::root, "DELETE", request.target + "/" + id, nullptr});
    } else if (request.method != "GET" && here != there && request.target.contains("/tags")) {
      (here ? neutron : tarn).ask({Persona::root, request.method, request.target, request.body});
    } else if (request.method == "DELETE" && (here || there) && !request.target.contains("/tags")) {
      if (here != there) (here ? neutron : tarn).ask({Persona::root, "DELETE", request.target, nullptr});
      story.gone();
    }
  }

  Clouds& clouds = Clouds::of_all_tests();
  Side tarn{[this](Persona who) { return clouds.tarn(who); }};
  Side neutron{[this](Persona who) { return clouds.neutron(who); }};
  Story story{number_from("TARN_SEED", 1)};
  Differences differences;
};

TEST_F(Beside, NobodyCanTellThemApart) {
  const std::uint64_t steps = number_from("TARN_STEPS", 600);
  for (std::uint64_t i = 0; i < steps; ++i) step();
  const std::vector<std::string> unknown = differences.unknown();
  EXPECT_EQ(unknown.size(), 0U);
  for (const std::string& each : unknown) std::printf("  %s\n", each.c_str());
}

}  // namespace
}  // namespace tarn::test
