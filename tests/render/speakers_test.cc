// What a node's BGP daemon is wished to have, of what the node was told to announce.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using domain::BgpItem;
using Kind = BgpItem::Kind;

constexpr std::uint32_t local_as = 65'000;

class Speakers : public testing::Test {
 protected:
  Speakers() {
    facts.config.host = "here";
    facts.config.bgp_router_id = ip("192.0.2.1");
    put(1, model::Speaker{speaker, 4, local_as});
    put(1, model::SpeakerPeer{speaker, {uuid(9, 2)}, ip("198.51.100.1"), 65'001, "sesame"});
  }

  void put(model::Revision version, model::SliceRow row) {
    const model::SliceName name = model::name_of(row);
    const model::SliceItem item{version, std::make_shared<const model::SliceRow>(std::move(row))};
    rows.set_slice_row(name, &item);
  }
  model::SpeakerRoute route(std::uint64_t router, const std::string& hop) {
    return {speaker, router_id(router), Prefix::parse("203.0.113.7/32").value(), ip(hop)};
  }
  // Step by step, which must be as from scratch.
  TableOf<BgpItem::Key, BgpItem::Spec> bgp() {
    rows.set_facts(facts);
    fold(known, renderer.update(rows, rows.take_touched()).bgp);
    Renderer fresh(node_units());
    fresh.update(rows, rows.keys());
    EXPECT_EQ(known, fresh.tables().bgp);
    EXPECT_EQ(renderer.contested(), 0U);
    return known;
  }
  [[nodiscard]] BgpItem::Key key(Kind kind, std::string name = {}) const {
    return {kind, speaker.uuid, local_as, std::move(name)};
  }
  static BgpItem::Key map(std::string name) { return {.kind = Kind::map, .name = std::move(name)}; }

  const BgpSpeakerId speaker{uuid(9, 1)};
  Facts facts;
  Rows rows;
  Renderer renderer{node_units()};
  TableOf<BgpItem::Key, BgpItem::Spec> known;
};

TEST_F(Speakers, a_speaker_is_a_view_with_its_peers) {
  EXPECT_EQ(bgp(), (TableOf<BgpItem::Key, BgpItem::Spec>{
                       {map("in"), {}},
                       {map("out"), {}},
                       {key(Kind::view), {.address = ip("192.0.2.1")}},
                       {key(Kind::peer, "198.51.100.1"), {.remote_as = 65'001, .password = "sesame"}}}));
}

TEST_F(Speakers, of_several_ways_to_a_prefix_the_lowest_is_announced) {
  const auto announced = [&] { return bgp().at(key(Kind::route, "203.0.113.7/32")).address; };
  put(0, route(2, "203.0.113.20"));
  EXPECT_EQ(announced(), ip("203.0.113.20"));
  put(0, route(1, "203.0.113.100"));
  EXPECT_EQ(announced(), ip("203.0.113.20"));
  put(0, route(3, "203.0.113.3"));
  EXPECT_EQ(announced(), ip("203.0.113.3"));
  rows.set_slice_row(model::name_of(route(3, "203.0.113.3")), nullptr);
  EXPECT_EQ(announced(), ip("203.0.113.20"));
  EXPECT_FALSE(bgp().contains(map("203.0.113.3")));
  EXPECT_TRUE(bgp().contains(map("203.0.113.20")));
}

TEST_F(Speakers, without_a_daemon_nothing_is_wished) {
  put(0, route(1, "203.0.113.3"));
  EXPECT_FALSE(bgp().empty());
  facts.config.bgp_router_id.reset();
  EXPECT_TRUE(bgp().empty());
}

}  // namespace
}  // namespace tarn::render::test
