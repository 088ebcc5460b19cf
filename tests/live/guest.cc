#include "live/guest.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tarn::testing {

namespace packet = wire::packet;

bool hosts_meet(LiveCloud& cloud) {
  const std::string first = cloud.make_network("first", "10.4.0.0/24");
  std::vector<std::string> met;
  for (int host = 1; host <= cloud.sandbox().state().hosts; ++host) {
    const sandbox::Instance instance = boot(cloud, "first" + std::to_string(host), first, host);
    for (const std::string& address : met)
      if (!reaches(cloud, instance.name, address)) return false;
    met.push_back(instance.addresses.front());
  }
  return true;
}

Guest guest_of(const LiveCloud& cloud, const sandbox::Instance& instance) {
  return {instance, *Mac::parse(instance.mac), *Ip::parse(instance.addresses.front()),
          Nic(cloud.sandbox().layout().instance_namespace(instance.name), "eth0")};
}

Guest guest(LiveCloud& cloud, const std::string& name, const std::string& network, int host) {
  const sandbox::Instance instance = boot(cloud, name, network, host);
  const auto is_active = [&] {
    return text_at(cloud.ask("GET", "/v2.0/ports/" + instance.port_id).at("port"), "status") == "ACTIVE";
  };
  EXPECT_TRUE(await(is_active)) << name;
  return guest_of(cloud, instance);
}

Bytes udp(const Mac& source, const Ip& from, const Mac& destination, const Ip& to, const std::string& words,
          const packet::UdpPorts& ports) {
  const ByteView payload{reinterpret_cast<const Byte*>(words.data()), words.size()};
  return packet::build_udp({destination, source, from, to}, ports, payload);
}

Bytes udp(const Guest& from, const Guest& to, const std::string& words, const packet::UdpPorts& ports) {
  return udp(from.mac, from.ip, to.mac, to.ip, words, ports);
}

Bytes tagged(const Bytes& frame, std::uint16_t vlan_id) {
  ByteWriter writer;
  writer.put(ByteView(frame).first(12)).u16(0x8100).u16(vlan_id).put(ByteView(frame).subspan(12));
  return std::move(writer).finish();
}

Bytes to_all(const Guest& from, const std::string& words) {
  return udp(from.mac, from.ip, packet::broadcast_mac, *Ip::parse("255.255.255.255"), words);
}

void all_hear(const Guest& speaker, const std::vector<Guest*>& listeners, const std::string& word) {
  for (const std::string& said : {word + ", first", word + ", again"}) {
    speaker.nic.send(to_all(speaker, said));
    for (Guest* listener : listeners) EXPECT_TRUE(listener->nic.hears(said)) << listener->instance.name;
  }
}

}  // namespace tarn::testing
