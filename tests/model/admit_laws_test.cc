// What holds after any requests whatever: nothing is given out twice, nothing refers to what is gone, a refused batch
// leaves no trace, and the same question gets the same answer.
#include <set>

#include "admission.h"
#include "model/admit/gap.h"
#include "model/admit/pools.h"
#include "model/codec.h"
#include "random_cloud.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::Desk;
using test::Given;
using test::RandomCloud;
using test::reason;

void expect_sound(const Snapshot& cloud) {
  std::set<Snapshot::SubnetAndIp> addresses;
  std::set<Snapshot::NetworkAndMac> macs;
  std::set<Snapshot::Segment> segments;
  for (const auto& [id, network] : cloud.networks()) {
    EXPECT_TRUE(segments.insert(Snapshot::segment_of(*network)).second) << "a segment given out twice";
    EXPECT_EQ(cloud.owner_of(Snapshot::segment_of(*network)), id);
  }
  for (const auto& [id, service] : cloud.table<TapService>()) {
    EXPECT_TRUE(segments.insert(Snapshot::segment_of(*service)).second) << "a segment given out twice";
    EXPECT_EQ(cloud.owner_of(Snapshot::segment_of(*service)), id);
    EXPECT_NE(cloud.find(service->port), nullptr) << "a tap service of no port";
  }
  for (const auto& [id, flow] : cloud.table<TapFlow>()) {
    EXPECT_NE(cloud.find<TapService>(flow->service.uuid), nullptr) << "a tap flow for no service";
    EXPECT_NE(cloud.find(flow->source), nullptr) << "a tap flow of no port";
  }
  for (const auto& [id, subnet] : cloud.subnets()) {
    ASSERT_NE(cloud.find(subnet->network), nullptr) << "a subnet of no network";
    for (const SubnetId& other : cloud.subnets_of(subnet->network)) {
      EXPECT_TRUE(other.uuid == id || !cloud.find(other)->row->cidr.overlaps(subnet->cidr));
    }
    for (const AddressRange& pool : subnet->pools) {
      EXPECT_TRUE(subnet->cidr.contains(pool.first) && subnet->cidr.contains(pool.last) && pool.first <= pool.last);
      EXPECT_FALSE(subnet->gateway && pool.first <= *subnet->gateway && *subnet->gateway <= pool.last);
    }
  }
  for (const auto& [id, port] : cloud.ports()) {
    ASSERT_NE(cloud.find(port->network), nullptr) << "a port of no network";
    EXPECT_TRUE(macs.insert({port->network.uuid, port->mac}).second) << "a MAC given out twice";
    for (const FixedIp& ip : port->fixed_ips) {
      const Versioned<Subnet>* subnet = cloud.find(ip.subnet);
      ASSERT_NE(subnet, nullptr) << "an address of no subnet";
      EXPECT_EQ((*subnet)->network, port->network);
      EXPECT_TRUE((*subnet)->cidr.contains(ip.address));
      EXPECT_TRUE(addresses.insert({ip.subnet.uuid, ip.address}).second) << "an address given out twice";
      EXPECT_EQ(cloud.owner_of(ip.subnet, ip.address), PortId{id});
    }
    EXPECT_EQ(port->binding_host.empty(), port->vif_type == VifType::unbound);
  }
  EXPECT_EQ(cloud.addresses().size(), addresses.size());
}

// Requests drawn from few ids, addresses and names, so that most of what can go wrong does.
class RandomRequests {
 public:
  explicit RandomRequests(unsigned seed) : chance_(seed) {}

  Batch batch(std::int64_t now_ms) {
    Batch batch;
    for (unsigned i = once_in(4) ? 1 + below(3) : 1; i > 0; --i) batch.requests.push_back(request());
    batch.caller = below(3) != 0 ? test::admin() : test::tenant(below(2) == 0 ? "blue" : "red");
    batch.now_ms = now_ms;
    batch.chance = below(3);
    return batch;
  }

 private:
  unsigned below(unsigned bound) { return chance_.below(bound); }
  bool once_in(unsigned n) { return below(n) == 0; }
  std::string id(Kind kind) { return RandomCloud::id(kind, below(4)).text(); }
  std::string ip() {
    const unsigned net = below(3);
    return net == 2 ? "2001:db8::" + std::to_string(below(4))
                    : "10.0." + std::to_string(net) + "." + std::to_string(below(9));
  }

  Request request() {
    Request request;
    request.kind = static_cast<Kind>(below(10) < 2 ? 0 : below(10) < 3 ? 1 : 2);
    if (once_in(12)) request.kind = once_in(3) ? Kind::tap_service : Kind::tap_flow;
    request.verb = static_cast<Verb>(below(10) < 6 ? 0 : below(10) < 8 ? 1 : 2);
    request.id = RandomCloud::id(request.kind, below(request.kind == Kind::port ? 20 : 4));
    if (once_in(30)) request.expected_revision_number = below(3);
    const bool creates = request.verb == Verb::create;
    if (request.kind == Kind::network) request.given = network(creates);
    if (request.kind == Kind::subnet) request.given = subnet(creates);
    if (request.kind == Kind::port) request.given = port(creates);
    if (request.kind == Kind::tap_service) request.given = tap_service();
    if (request.kind == Kind::tap_flow) request.given = tap_flow();
    if (request.verb == Verb::remove) request.given.clear();
    return request;
  }
  Given network(bool creates) {
    Given given{{"name", std::to_string(below(3))}};
    if (once_in(3)) given["shared"] = once_in(2);
    if (creates && once_in(3)) {
      given["type"] = once_in(2) ? "vlan" : "vxlan";
      if (once_in(2)) given["physical_network"] = "physnet1";
      if (once_in(2)) given["segmentation_id"] = 1 + below(4);
    }
    return given;
  }
  Given subnet(bool creates) {
    Given given{{"name", std::to_string(below(3))}};
    if (once_in(3)) given["gateway"] = ip();
    if (once_in(4)) given["pools"] = array{Given{{"first", ip()}, {"last", ip()}}};
    if (!creates) return given;
    given["network"] = id(Kind::network);
    static constexpr const char* cidrs[] = {"10.0.0.0/29", "10.0.1.0/29", "10.0.0.0/16", "2001:db8::/64"};
    const unsigned which = below(4);
    given["cidr"] = cidrs[which];
    if (which == 3 && once_in(2)) {
      const char* mode = once_in(2) ? "slaac" : "dhcpv6_stateful";
      given["address_mode"] = mode;
      given["ra_mode"] = mode;
    }
    return given;
  }
  Given port(bool creates) {
    Given given{{"name", std::to_string(below(3))}};
    if (creates) given["network"] = id(Kind::network);
    if (once_in(3)) given["mac"] = "fa:16:3e:00:00:0" + std::to_string(below(6));
    if (once_in(3)) given["binding_host"] = once_in(2) ? "host-1" : "host-2";
    if (once_in(6)) given["device_owner"] = once_in(2) ? "network:dhcp" : "network:router_interface";
    if (once_in(2)) {
      array ips;
      for (unsigned i = below(3); i > 0; --i) {
        Given entry;
        if (once_in(2)) entry["subnet"] = id(Kind::subnet);
        if (entry.empty() || once_in(2)) entry["address"] = ip();
        ips.push_back(std::move(entry));
      }
      given["fixed_ips"] = std::move(ips);
    }
    return given;
  }

  std::string any_port() { return RandomCloud::id(Kind::port, below(20)).text(); }
  Given tap_service() { return {{"project_id", "blue"}, {"port", any_port()}}; }
  Given tap_flow() {
    return {{"project_id", "blue"}, {"service", id(Kind::tap_service)}, {"source", any_port()}, {"direction", "both"}};
  }

  RandomCloud chance_;
};

TEST(AdmissionLaws, RandomBatchesNeverGiveAnythingOutTwiceNorLeaveADanglingReference) {
  std::map<std::string, int> reasons;
  for (unsigned seed = 0; seed < 60; ++seed) {
    RandomRequests requests(seed);
    Desk desk;
    desk.limits.vni = {1, 6};  // so few that those named and those chosen meet
    desk.agent("host-1");
    for (int step = 0; step < 300; ++step) {
      const Result<Change> change = admit(desk.cloud, requests.batch(1000 + step), desk.limits);
      ++reasons[reason(change)];
      if (!change) continue;
      desk.commit(*change);
      expect_sound(desk.cloud);
      ASSERT_FALSE(HasFailure()) << "seed " << seed << " step " << step;
    }
  }
  // The requests must reach deep: many admitted, and refused for many reasons.
  EXPECT_GT(reasons["admitted"], 500);
  for (const char* reached :
       {"IpAddressAlreadyAllocated", "IpAddressGenerationFailure", "MacAddressInUse", "SubnetInUse", "NetworkInUse",
        "InvalidInput", "InvalidIpForNetwork", "RevisionNumberConstraintFailed", "NetworkNotFound", "TunnelIdInUse",
        "PortDoesNotBelongToTenant", "TapServiceNotFound"}) {
    EXPECT_GT(reasons[reached], 0) << reached;
  }
}

TEST(AdmissionLaws, TheSameQuestionGetsTheSameAnswer) {
  RandomRequests requests(77);
  Desk desk;
  for (int step = 0; step < 200; ++step) {
    const Batch batch = requests.batch(1000 + step);
    const Result<Change> once = admit(desk.cloud, batch, desk.limits);
    const Result<Change> again = admit(desk.cloud, batch, desk.limits);
    ASSERT_EQ(once.has_value(), again.has_value());
    if (!once) {
      EXPECT_EQ(once.error(), again.error());
      continue;
    }
    ASSERT_EQ(once->edits.size(), again->edits.size());
    for (std::size_t i = 0; i < once->edits.size(); ++i) {
      EXPECT_EQ(once->edits[i].id, again->edits[i].id);
      EXPECT_EQ(once->edits[i].row, again->edits[i].row);
    }
    desk.commit(*once);
  }
}

TEST(AdmissionLaws, EveryWrittenRowHasANewRevisionNumberAndTheStampOfItsBatch) {
  RandomRequests requests(3);
  Desk desk;
  int seen = 0;
  for (int step = 0; step < 2000; ++step) {
    const Result<Change> change = admit(desk.cloud, requests.batch(1000 + step), desk.limits);
    if (!change) continue;
    for (const RowEdit& edit : change->edits) {
      if (!edit.row) continue;
      const Given after = to_json(*edit.row);
      EXPECT_EQ(after.at("updated_at_ms"), 1000 + step);
      const std::optional<Row> before = desk.cloud.row(edit.kind, edit.id);
      const bool same_one = before && to_json(*before).at("created_at_ms") == after.at("created_at_ms");
      if (same_one) {
        EXPECT_GT(after.at("revision_number").to_number<std::uint64_t>(),
                  to_json(*before).at("revision_number").to_number<std::uint64_t>());
        ++seen;
      }
    }
    desk.commit(*change);
  }
  EXPECT_GT(seen, 20);
}

TEST(AdmissionLaws, ABatchEqualsItsRequestsOneByOne) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    RandomRequests requests(seed);
    Desk desk;
    for (int step = 0; step < 60; ++step) {
      const Batch batch = requests.batch(1000);
      const Result<Change> together = admit(desk.cloud, batch, desk.limits);
      if (!together) continue;
      Snapshot single = desk.cloud;
      bool drew_macs = false;  // a MAC drawn in the batch depends on the draws before it
      for (const Request& request : batch.requests) {
        drew_macs = drew_macs || (request.kind == Kind::port && request.verb == Verb::create);
        const Result<Change> change = admit(single, {{request}, batch.caller, batch.now_ms, batch.chance}, desk.limits);
        ASSERT_TRUE(change.has_value()) << change.error().message;
        single = single.with(*change, single.revision() + 1);
      }
      desk.commit(*together);
      if (drew_macs) continue;
      for (const RowEdit& edit : together->edits) EXPECT_EQ(single.row(edit.kind, edit.id), edit.row);
    }
  }
}

TEST(Gap, IsTheLowestNumberThatIsNotTaken) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomCloud chance(seed);
    const std::uint64_t first = 10 + chance.below(5);
    const std::uint64_t count = chance.below(12);
    PersistentMap<std::uint64_t, char> index;
    for (unsigned i = chance.below(30); i > 0; --i) index = index.with(chance.below(40), {});
    std::optional<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < count && !expected; ++i) {
      if (!index.contains(first + i)) expected = i;
    }
    EXPECT_EQ(admission::first_gap(index, count, [&](std::uint64_t i) { return first + i; }), expected) << seed;
  }
}

TEST(Gap, IsFoundInFewStepsWhateverIsTaken) {
  PersistentMap<std::uint64_t, char> index;
  for (std::uint64_t i = 0; i < 60'000; ++i) index = index.with(i, {});
  int asked = 0;
  const auto at = [&](std::uint64_t i) {
    ++asked;
    return i;
  };
  EXPECT_EQ(admission::first_gap(index, 1'000'000, at), 60'000U);
  EXPECT_LE(asked, 20);
  EXPECT_EQ(admission::first_gap(index.without(41'234), 1'000'000, at), 41'234U);
  EXPECT_EQ(admission::first_gap(index, 60'000, at), std::nullopt);
}

TEST(Pools, CountTheirAddressesUpToWhatANumberHolds) {
  const auto count = [](const char* first, const char* last) {
    return admission::addresses_in({Ip::parse(first).value(), Ip::parse(last).value()});
  };
  EXPECT_EQ(count("10.0.0.1", "10.0.0.1"), 1U);
  EXPECT_EQ(count("10.0.0.255", "10.0.1.0"), 2U);
  EXPECT_EQ(count("0.0.0.0", "255.255.255.255"), 1ULL << 32);
  EXPECT_EQ(count("2001:db8::ffff", "2001:db8::1:0"), 2U);
  EXPECT_EQ(count("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff"), ~0ULL);
  EXPECT_EQ(count("2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"), ~0ULL);
  EXPECT_EQ(count("2001:db8::", "2001:db9::"), ~0ULL);
}

}  // namespace
}  // namespace tarn::model
