// Addresses, and MAC addresses, that several ports of a network may take (VRRP's virtual ones): who took one last is
// nobody's row. The switch of each host with such a port learns it of ARP and of neighbour advertisements, of its own
// ports and of others alike, so that it changes while no agent is there. Who sends to one asks nobody where it is: each
// of those hosts gets the packet, and that one alone delivers it whose port has the address.
#include <set>

#include "answer/identity.h"
#include "domain/flow.h"
#include "render/outside.h"

namespace tarn::render {

namespace {

constexpr std::uint16_t below_owners = 75;    // of Stage::neighbour: whoever has the address as its own goes first
constexpr std::uint16_t above_others = 250;   // of Stage::classify: what a segment's neighbours say of themselves
constexpr std::uint16_t below_unicast = 250;  // of Stage::l2: a port's own MAC address goes first
constexpr std::uint16_t a_little = 10;        // above the same without one match more

struct Taker {
  const model::Port* port = nullptr;
  Attachment at;
};
// Who may take it.
struct Takers {
  std::vector<Taker> here;
  std::set<std::string> hosts;  // others
  std::set<Mac> macs;           // by which they may have it besides their own
};

void add_macs(Takers& takers, const Mac& own, const std::vector<model::AddressPair>& pairs,
              const std::string& address) {
  for (const model::AddressPair& pair : pairs)
    if (pair.address.address.text() == address && pair.mac.value_or(own) != own && !pair.mac->is_multicast())
      takers.macs.insert(*pair.mac);
}

Takers takers_of(View& view, const RowKey& bucket) {
  Takers takers;
  for (const auto& [key, count] : view.bucket(bucket)) {
    if (const model::Peer* peer = key.table == Table::peer ? view.peer(PortId{key.id}) : nullptr) {
      takers.hosts.insert(peer->host);
      add_macs(takers, peer->mac, peer->pairs, bucket.name);
    } else if (const model::Port* port = key.table == Table::port ? view.port(PortId{key.id}) : nullptr) {
      add_macs(takers, port->mac, port->allowed_address_pairs, bucket.name);
      if (const auto at = live_attachment(view, *port)) takers.here.push_back({port, *at});
    }
  }
  return takers;
}

// To each other host; nothing where there is no way to any.
Actions copies_for(View& view, const Takers& takers, std::uint64_t vni) {
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  Actions copies{set(Field::tunnel_id, vni)};
  const std::size_t none = copies.size();
  for (const std::string& host : takers.hosts) {
    const auto address = tunnel == nullptr ? std::nullopt : tunnel_address_of(view, host);
    if (!address) continue;
    copies.push_back(set(Field::tunnel_dst, *address));
    copies.emplace_back(of::Output{*tunnel});
  }
  if (copies.size() == none) copies.clear();
  return copies;
}

// Then in Stage::holder, with the port as the target where it is one of ours.
void append_look_up(Actions& actions) {
  actions.push_back(set(reg::target, 0));
  actions.emplace_back(call(Stage::held));
}

class VirtualAddress {
 public:
  VirtualAddress(FlowSink& flows, View& view, const LiveNetwork& network, const Ip& address, const Takers& takers)
      : flows_(flows), view_(view), network_(network), address_(address), takers_(takers) {}

  // What is routed to the address.
  void add_way() {
    const Match match = next_hop_is(of_family(address_) & in_network(network_.number), address_);
    Actions here;
    if (!takers_.here.empty()) {
      here.push_back(set(Field::eth_dst, Mac{}));
      append_look_up(here);
    }
    const std::optional<Stage> next = here.empty() ? std::nullopt : std::optional(Stage::holder);
    Actions all = copies_for(view_, takers_, passing_vni);
    if (!all.empty()) all.insert(all.begin(), set(Field::eth_dst, mark()));
    all.insert(all.end(), here.begin(), here.end());
    if (all.empty()) return;
    flows_.add(Stage::neighbour, below_owners, match, std::move(all), next);
    flows_.add(Stage::neighbour, below_owners + a_little, match & number(reg::target, reg::landed), here, next);
  }

  // What others routed, and sent a copy of.
  void add_arrival() {
    const auto* tunnel = view_.number(key_of(Table::tunnel_port));
    if (tunnel == nullptr) return;
    Actions actions{set(Field::metadata, network_.number), set(reg::origin, static_cast<std::uint64_t>(Origin::tunnel)),
                    set(Field::eth_dst, Mac{})};
    append_address(actions, reg::next_hop, address_);
    append_look_up(actions);
    flows_.add(Stage::classify, Priority::low,
               of_family(address_) & number(Field::in_port, *tunnel) & number(Field::tunnel_id, passing_vni) &
                   untagged() & FieldValue::mac(Field::eth_dst, mark()),
               std::move(actions), Stage::holder);
  }

  void add_receipts() {
    for (const Taker& taker : takers_.here)
      add_receipt(
          flows_, Stage::holder, Priority::low,
          next_hop_is(of_family(address_) & in_network(network_.number) & number(reg::target, taker.at.number()),
                      address_),
          *taker.port, taker.at);
  }

  // Whoever says that it has the address, here or elsewhere.
  void add_learning() {
    std::optional<Arrival> arrival;
    const Segment segment = segment_of(*network_.row);
    if (const auto uplink = uplink_of(view_, segment)) arrival = arrival_of(segment, *uplink, network_.number);
    const auto add = [&](const Word& word, const Actions& learn) {
      flows_.add(Stage::answers, static_cast<std::uint16_t>(Priority::middle) + word.above,
                 word.match & in_network(network_.number), learn, word.next);
      if (!arrival) return;
      Actions actions = arrival->actions;
      actions.insert(actions.end(), learn.begin(), learn.end());
      Match match = word.match;
      for (const FieldValue& field : arrival->match.fields()) match.with(field);
      flows_.add(Stage::classify, static_cast<std::uint16_t>(above_others + word.above), match, std::move(actions),
                 Stage::l2);
    };
    for (Word word : words()) {
      add(word, {learn_address(word.mac)});
      word.above += a_little;
      const Match said = word.match;
      for (const Mac& mac : takers_.macs) {
        word.match = said & FieldValue::mac(word.mac, mac);
        add(word, {learn_address(word.mac), learn_mac(mac)});
      }
    }
    if (address_.is_v4()) add(late_answer(), {});
  }

  // The ports here are asked: by a switch that was started again and knows nobody, where an instance has come from
  // another host. The answer counts for nothing where somebody is known to have it, unless that is who answers.
  void add_inquiry(Tables& tables) {
    const Mac asker = answer::service_mac(network_.row->id);
    for (const Word& word : answers()) add_belief(word, asker);
    for (const Taker& taker : takers_.here)
      tables.inquiries.emplace(std::pair(taker.port->id, address_),
                               answer::Inquiry{taker.at.number(), asker, address_});
  }

 private:
  // A packet that says who has the address: where its MAC address stands, and where it goes on from Stage::answers.
  struct Word {
    Match match;
    Field mac;
    Stage next;
    std::uint16_t above = 0;
  };
  [[nodiscard]] std::vector<Word> words() const {
    if (address_.is_v4())
      return {{Match{number(Field::eth_type, ethertype_arp)} & FieldValue::ip(Field::arp_spa, address_), Field::arp_sha,
               Stage::arp_responder}};
    const Match advertisement =
        neighbour_discovery(icmpv6_neighbour_advertisement) & FieldValue::ip(Field::nd_target, address_);
    return {{advertisement, Field::nd_tll, Stage::l2},
            {advertisement & FieldValue::mac(Field::nd_tll, Mac{}), Field::eth_src, Stage::l2, 2 * a_little}};
  }

  // To an announcement, of whoever has the address until he hears it. Linux answers one where the interface takes what
  // its own addresses send (accept_local), as keepalived has it for a MAC address of VRRP.
  [[nodiscard]] Word late_answer() const {
    const FieldValue to_one = FieldValue::mac(Field::eth_dst, Mac{}, Mac{{0x01}});
    return {answers().front().match & FieldValue::ip(Field::arp_tpa, address_) & to_one, Field::arp_sha,
            Stage::arp_responder, 3 * a_little};
  }

  // Those of them that answer a question.
  [[nodiscard]] std::vector<Word> answers() const {
    std::vector<Word> answers = words();
    if (address_.is_v4()) answers.front().match.with(number(Field::arp_op, arp_reply));
    return answers;
  }

  void add_belief(const Word& word, const Mac& asker) {
    Actions actions{set(Field::eth_dst, Mac{})};
    append_address(actions, reg::next_hop, address_);
    append_look_up(actions);
    flows_.add(Stage::answers, static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::high) + word.above),
               word.match & in_network(network_.number) & FieldValue::mac(Field::eth_dst, asker), std::move(actions),
               Stage::holder);
    const Match known_as = next_hop_is(word.match & in_network(network_.number) & number(reg::target, 0), address_);
    const auto believe = [&](Priority priority, const Match& match, Actions learn) {
      flows_.add(Stage::holder, static_cast<std::uint16_t>(static_cast<std::uint16_t>(priority) + word.above), match,
                 std::move(learn));
    };
    const Match nobody = known_as & FieldValue::mac(Field::eth_dst, Mac{});
    believe(Priority::low, nobody, {learn_address(word.mac)});
    for (const Mac& mac : takers_.macs)
      believe(Priority::middle, nobody & FieldValue::mac(word.mac, mac), {learn_address(word.mac), learn_mac(mac)});
    for (const Taker& taker : takers_.here) {
      const Mac& mac = taker.port->mac;
      believe(Priority::low,
              known_as & FieldValue::mac(Field::eth_dst, mac) & FieldValue::mac(word.mac, mac) &
                  number(reg::source, taker.at.number()),
              {learn_address(word.mac)});
    }
  }

  // The destination of packets between hosts for whoever has the address.
  [[nodiscard]] Mac mark() const { return segment_mac("virtual " + address_.text(), network_.row->id.uuid); }

  [[nodiscard]] of::Learn learn(const std::string& name, Priority priority) const {
    of::Learn learn;
    learn.table = static_cast<std::uint8_t>(Stage::held);
    learn.priority = static_cast<std::uint16_t>(priority);
    learn.cookie = domain::cookie_of_learned(network_.row->id.text() + " " + name);
    learn.matches = {in_network(network_.number)};
    learn.loads = {move(reg::source, reg::target)};  // 0 of what comes from elsewhere
    return learn;
  }
  [[nodiscard]] of::Learn learn_address(Field mac) const {
    of::Learn learned = learn(address_.text(), Priority::low);
    for (const FieldValue& field : next_hop_is({}, address_).fields()) learned.matches.push_back(field);
    learned.loads.push_back({mac, Field::eth_dst, 0, 0, 48});
    return learned;
  }
  [[nodiscard]] of::Learn learn_mac(const Mac& mac) const {
    of::Learn learned = learn(mac.text(), Priority::middle);
    learned.matches.push_back(FieldValue::mac(Field::eth_dst, mac));
    return learned;
  }

  FlowSink& flows_;
  View& view_;
  const LiveNetwork& network_;
  Ip address_;
  const Takers& takers_;
};

}  // namespace

Tables render_virtual_address(View& view, const UnitId& unit) {
  Tables tables;
  const auto network = live_network(view, NetworkId{unit.id});
  const auto address = Ip::parse(unit.name);
  if (!network || !address) return tables;
  const Takers takers = takers_of(view, {Table::virtual_address, unit.id, 0, unit.name});
  const bool is_routed = !view.bucket(key_of(Table::interfaces_on, unit.id)).empty();
  if (!is_routed && takers.macs.empty()) return tables;
  FlowSink flows(tables, unit);
  VirtualAddress rules(flows, view, *network, *address, takers);
  if (is_routed) rules.add_way();
  if (takers.here.empty()) return tables;
  rules.add_learning();
  if (!is_routed) return tables;
  rules.add_arrival();
  rules.add_receipts();
  rules.add_inquiry(tables);
  return tables;
}

// On its own network such a MAC address is not where any row says.
Tables render_virtual_mac(View& view, const UnitId& unit) {
  Tables tables;
  const auto network = live_network(view, NetworkId{unit.id});
  const auto mac = Mac::parse(unit.name);
  if (!network || !mac || mac->is_multicast() || !has_ports(view, network->row->id)) return tables;
  const Takers takers = takers_of(view, {Table::virtual_mac, unit.id, 0, unit.name});
  FlowSink flows(tables, unit);
  const Match match = Match{in_network(network->number)} & FieldValue::mac(Field::eth_dst, *mac);
  Actions here;
  std::optional<Stage> next;
  if (!takers.here.empty()) {
    append_look_up(here);
    next = Stage::holder;
    flows.add(Stage::l2, below_unicast, match, here, next);
  }
  for (const Taker& taker : takers.here)
    add_receipt(flows, Stage::holder, Priority::middle, match & number(reg::target, taker.at.number()), *taker.port,
                taker.at);
  Actions all{call(Stage::commit)};
  if (network->row->type == model::NetworkType::vxlan) {
    const Actions copies = copies_for(view, takers, network->row->segmentation_id);
    all.insert(all.end(), copies.begin(), copies.end());
  } else if (uplink_of(view, segment_of(*network->row))) {
    // The segment's switches know where it is.
    if (here.empty()) return tables;
    flows.add(Stage::holder, Priority::low, match & number(reg::target, 0) & from(Origin::local), {}, Stage::uplink);
  }
  all.insert(all.end(), here.begin(), here.end());
  flows.add(Stage::l2, below_unicast + a_little, match & from(Origin::local), std::move(all), next);
  return tables;
}

}  // namespace tarn::render
