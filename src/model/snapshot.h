// The whole cloud as one immutable value at one revision. Copying is cheap (persistent tables); any thread may hold
// one; nothing in it ever changes. Indexes are part of the value and are kept by `with`.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/persistent_map.h"
#include "model/rows.h"

namespace tarn::model {

// A row and the revision that last wrote it.
template <class R>
struct Versioned {
  Revision modified = 0;
  std::shared_ptr<const R> row;

  const R& operator*() const { return *row; }
  const R* operator->() const { return row.get(); }
};

struct RowEdit {
  Kind kind{};
  Uuid id;
  std::optional<Row> row;  // nullopt: the row is removed
};

// What one commit does. At most one edit for each row; applied together or not at all.
struct Change {
  std::vector<RowEdit> edits;
  [[nodiscard]] bool empty() const { return edits.empty(); }
};

// A stored row and the revision that wrote it.
struct StoredRow {
  Revision modified = 0;
  Row row;
};

// The host whose data plane carries the port; empty when none does (unbound, or the binding failed). A router's
// interface is nowhere: every host with traffic for it carries it.
const std::string& bound_host(const Port& port);
// The hosts that a bound port has and had: its own, and those that it left; none of one that is nowhere.
std::vector<std::string> hosts_had(const Port& port);
// Whether the port only holds its addresses for others: bound nowhere, and not a router's.
bool holds_for_others(const Port& port);
// Of its allowed address pairs those of one address: such an address it may take, and another port after it.
std::vector<AddressPair> single_pairs(const Port& port);
// The router whose interface the port is: by its device_owner, one of those that Neutron's kinds of routers have for
// it. Absent for all others, gateways among them.
std::optional<RouterId> router_of(const Port& port);

class Snapshot {
 public:
  template <class R>
  using Table = PersistentMap<Uuid, Versioned<R>>;

  Snapshot();
  Snapshot(const Snapshot& other);
  Snapshot(Snapshot&& other) noexcept;
  Snapshot& operator=(const Snapshot& other);
  Snapshot& operator=(Snapshot&& other) noexcept;
  ~Snapshot();

  [[nodiscard]] Revision revision() const { return revision_; }

  template <class R>
  [[nodiscard]] const Table<R>& table() const {
    return std::get<Table<R>>(tables_);
  }
  [[nodiscard]] const Table<Network>& networks() const { return table<Network>(); }
  [[nodiscard]] const Table<Subnet>& subnets() const { return table<Subnet>(); }
  [[nodiscard]] const Table<Port>& ports() const { return table<Port>(); }
  [[nodiscard]] const Table<Agent>& agents() const { return table<Agent>(); }

  template <class R>
  [[nodiscard]] const Versioned<R>* find(const Uuid& id) const {
    return table<R>().find(id);
  }
  [[nodiscard]] const Versioned<Network>* find(NetworkId id) const { return find<Network>(id.uuid); }
  [[nodiscard]] const Versioned<Subnet>* find(SubnetId id) const { return find<Subnet>(id.uuid); }
  [[nodiscard]] const Versioned<Port>* find(PortId id) const { return find<Port>(id.uuid); }
  [[nodiscard]] const Versioned<Agent>* find(AgentId id) const { return find<Agent>(id.uuid); }

  // Any row by its kind.
  [[nodiscard]] std::optional<Row> row(Kind kind, const Uuid& id) const;
  // The ids of a project's rows of a kind. Agents belong to nobody.
  using Ids = PersistentMap<Uuid, char>;
  [[nodiscard]] Ids owned(Kind kind, const std::string& project) const;
  // How many they are; what the project's quota is spent on.
  [[nodiscard]] std::size_t count(Kind kind, const std::string& project) const { return owned(kind, project).size(); }

  // Indexes. Keys are composite so that a bucket is a contiguous range; `bucket(...)` walks one.
  struct Reference {  // the row `from` stands on `target` (rows.h: refer)
    Uuid target;
    Kind kind{};  // of `from`
    Uuid from;
    auto operator<=>(const Reference&) const = default;
  };
  struct HostAndId {
    std::string host;
    Uuid id;
    auto operator<=>(const HostAndId&) const = default;
  };
  struct PortPlace {  // where a port of a network, or of a security group, is bound
    Uuid of;
    std::string host;
    Uuid port;
    auto operator<=>(const PortPlace&) const = default;
  };
  struct SubnetAndIp {
    Uuid subnet;
    Ip ip;
    auto operator<=>(const SubnetAndIp&) const = default;
  };
  struct NetworkAndMac {
    Uuid network;
    Mac mac;
    auto operator<=>(const NetworkAndMac&) const = default;
  };
  struct Claim {  // that a port has, or may take, an address
    Uuid network;
    Ip ip;
    Uuid port;
    auto operator<=>(const Claim&) const = default;
  };
  struct InterfacePlace {  // a router's interface on a network
    Uuid network;
    Uuid port;
    auto operator<=>(const InterfacePlace&) const = default;
  };
  struct KindAndProject {
    Kind kind{};
    std::string project;
    auto operator<=>(const KindAndProject&) const = default;
  };
  struct Segment {
    NetworkType type{};
    std::string physical_network;
    std::uint32_t id = 0;
    auto operator<=>(const Segment&) const = default;
  };

  // The rows of a kind that stand on a row, in id order; and whether any does.
  [[nodiscard]] std::vector<Uuid> referrers(const Uuid& target, Kind kind) const;
  [[nodiscard]] bool is_referred(const Uuid& target, Kind kind) const;
  // Whether `ask(id)` is true of one of them; goes no further than to it.
  template <class Ask>
  [[nodiscard]] bool any_referrer(const Uuid& target, Kind kind, Ask&& ask) const;
  [[nodiscard]] std::vector<SubnetId> subnets_of(NetworkId network) const;  // in id order
  [[nodiscard]] std::vector<PortId> ports_of(NetworkId network) const;      // the unbound first, then by host, id
  // By which routers are on the network, and the router on its networks; in id order.
  [[nodiscard]] std::vector<PortId> interfaces_on(NetworkId network) const;
  [[nodiscard]] std::vector<PortId> interfaces_of(RouterId router) const;
  [[nodiscard]] std::vector<PortId> ports_on(const std::string& host) const;  // binding:host_id, failed ones too
  [[nodiscard]] std::vector<PortBlockId> blocks_of(const std::string& host) const;
  // Bound ports that came to their host from others: those that the host has or had, those of the network, those that
  // are both, in id order; all the hosts that have or had one of those of the network.
  [[nodiscard]] std::vector<PortId> moved_ports(const std::string& host) const;
  [[nodiscard]] std::vector<PortId> moved_ports(NetworkId network) const;
  [[nodiscard]] std::vector<PortId> moved_ports(NetworkId network, const std::string& host) const;
  [[nodiscard]] std::vector<std::string> hosts_of_moved(NetworkId network) const;                   // sorted, unique
  [[nodiscard]] std::vector<PortId> ports_bound(NetworkId network, const std::string& host) const;  // see bound_host
  [[nodiscard]] std::vector<std::string> hosts_of(NetworkId network) const;  // with a bound port, sorted, unique
  [[nodiscard]] bool host_has(NetworkId network, const std::string& host) const;
  // A host uses a group when a port of the group is bound to it and has port security. Sorted, unique.
  [[nodiscard]] std::vector<std::string> hosts_using(SecurityGroupId group) const;
  [[nodiscard]] bool host_uses(SecurityGroupId group, const std::string& host) const;
  [[nodiscard]] std::optional<PortId> owner_of(SubnetId subnet, const Ip& ip) const;
  [[nodiscard]] std::optional<PortId> owner_of(NetworkId network, const Mac& mac) const;
  // The bound ports of the network that may take the address: one of their allowed address pairs is of it alone. In id
  // order.
  [[nodiscard]] std::vector<PortId> claimants_of(NetworkId network, const Ip& ip) const;
  // The ports of the network that have the address and are bound nowhere, nor a router's: they hold it for whoever
  // takes it. In id order.
  [[nodiscard]] std::vector<PortId> holders_of(NetworkId network, const Ip& ip) const;
  // The network, or the tap service, that has it.
  [[nodiscard]] std::optional<Uuid> owner_of(const Segment& segment) const;
  [[nodiscard]] static Segment segment_of(const Network& network);
  [[nodiscard]] static Segment segment_of(const TapService& service);
  [[nodiscard]] const Versioned<Agent>* agent_on(const std::string& host) const;

  // Index tables for ordered walks (lowest free address, pages of a list).
  [[nodiscard]] const PersistentMap<SubnetAndIp, PortId>& addresses() const { return addresses_; }
  [[nodiscard]] const PersistentMap<Segment, Uuid>& segments() const { return segments_; }

  // The snapshot after `change`, committed at `revision` (> this one's). Rows keep sharing.
  [[nodiscard]] Snapshot with(const Change& change, Revision revision) const;
  // The snapshot that a store holds: each row once, none written after `revision`.
  [[nodiscard]] static Snapshot load(const std::vector<StoredRow>& rows, Revision revision);

 private:
  // What a row leaves and enters. Only entries that are the row's own are dropped.
  template <class R>
  void unlist(const R& row);
  template <class R>
  void enlist(const R& row);
  // The same for the indexes that one kind alone has.
  void unlist_more(const Network& network);
  void enlist_more(const Network& network);
  void unlist_more(const Port& port);
  void enlist_more(const Port& port);
  void unlist_more(const TapService& service);
  void enlist_more(const TapService& service);
  void unlist_more(const PortBlock& block);
  void enlist_more(const PortBlock& block);
  void unlist_more(const Agent& agent);
  void enlist_more(const Agent& agent);
  void own(Kind kind, const Standard& standard, const Uuid& id);
  void disown(Kind kind, const Standard& standard, const Uuid& id);

  Revision revision_ = 0;
  Rows::Each<Table> tables_;
  PersistentMap<Reference, char> references_;
  PersistentMap<PortPlace, char> ports_by_network_;
  PersistentMap<PortPlace, char> ports_by_group_;  // those by which hosts use it
  PersistentMap<HostAndId, char> ports_by_host_;
  PersistentMap<HostAndId, char> blocks_by_host_;
  PersistentMap<InterfacePlace, char> interfaces_;
  PersistentMap<SubnetAndIp, PortId> addresses_;
  PersistentMap<NetworkAndMac, PortId> macs_;
  PersistentMap<Claim, char> claims_;
  PersistentMap<Claim, char> held_;
  PersistentMap<PortPlace, char> moved_by_network_;  // by each host that the port has or had
  PersistentMap<HostAndId, char> moved_by_host_;
  PersistentMap<Segment, Uuid> segments_;
  PersistentMap<std::string, AgentId> agents_by_host_;
  PersistentMap<KindAndProject, Ids> owned_;  // none empty
};

template <class Ask>
bool Snapshot::any_referrer(const Uuid& target, Kind kind, Ask&& ask) const {
  for (auto it = references_.lower_bound({target, kind, {}}); it != references_.end(); ++it) {
    const Reference& key = (*it).first;
    if (key.target != target || key.kind != kind) return false;
    if (ask(key.from)) return true;
  }
  return false;
}

}  // namespace tarn::model
