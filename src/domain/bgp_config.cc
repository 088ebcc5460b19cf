#include "domain/bgp_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "base/check.h"

namespace tarn::domain {
namespace {

using Key = BgpItem::Key;
using Kind = BgpItem::Kind;
using Spec = BgpItem::Spec;
using Commands = std::vector<std::string>;

constexpr std::string_view ours = "tarn-";

// The most hops: peers need not be on the link, and those that ask for 255 (RFC 5082) get it.
constexpr std::string_view hops = " ebgp-multihop 255";

std::string view_name(const Uuid& speaker) {
  return std::string(ours) + speaker.text();
}
std::string map_name(std::string_view name) {
  return std::string(ours) + std::string(name);
}
bool is_filter(std::string_view map) {
  return map == BgpItem::map_in || map == BgpItem::map_out;
}
std::string family(int ip_version) {
  return ip_version == 4 ? "address-family ipv4 unicast" : "address-family ipv6 unicast";
}
std::string quad(const std::optional<Ip>& address) {
  return address ? address->text() : std::string();
}

// The lines that an item has in one node of the configuration, as they are told and as they are said.

std::string map_head(std::string_view name) {
  return "route-map " + map_name(name) + (name == BgpItem::map_in ? " deny 10" : " permit 10");
}
Commands map_lines(std::string_view name) {
  if (is_filter(name)) return {};
  const bool v4 = name.find(':') == std::string_view::npos;
  return {(v4 ? "set ip next-hop " : "set ipv6 next-hop global ") + std::string(name)};
}
std::string view_head(const Key& key) {
  return "router bgp " + std::to_string(key.local_as) + " view " + view_name(key.speaker);
}
Commands view_lines() {
  return {"no bgp default ipv4-unicast", "no bgp network import-check"};
}
std::string peer_word(const Key& key) {
  return "neighbor " + key.name;
}
// Beside its AS and its password.
Commands peer_lines(const Key& key, std::uint32_t remote_as) {
  return remote_as == key.local_as ? Commands() : Commands{peer_word(key) + std::string(hops)};
}
// The next hops that routes have are kept: those are the gateways and not this node.
Commands peer_family_lines(const Key& key) {
  const std::string word = peer_word(key);
  return {word + " activate", word + " route-map " + map_name(BgpItem::map_in) + " in",
          word + " route-map " + map_name(BgpItem::map_out) + " out", word + " attribute-unchanged next-hop"};
}
std::string route_line(const Key& key, const Spec& spec) {
  return "network " + key.name + " route-map " + map_name(quad(spec.address));
}

// Reading.

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(' '); at < line.size(); at = line.find_first_not_of(' ', at)) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// An address or a prefix as we write it, and nothing else.
template <class T>
std::optional<T> exactly(std::string_view text) {
  const Result<T> value = T::parse(text);
  return value && value->text() == text ? std::optional(*value) : std::nullopt;
}

class Reading {
 public:
  void line(std::string_view text) {
    if (text.empty() || text.front() == '!') return;
    const std::string_view said = text.substr(std::min(text.find_first_not_of(' '), text.size()));
    if (said.empty()) return;
    if (text.front() != ' ') return head(said);
    if (map_) return in_map(said);
    if (view_) return in_view(said);
  }
  reconcile::Actual<BgpItem> finish() {
    close();
    return std::move(items_);
  }

 private:
  struct Peer {
    std::optional<std::uint32_t> remote_as;
    std::optional<std::string> password;
    std::set<std::string, std::less<>> lines;
    std::map<int, std::set<std::string, std::less<>>> family_lines;
  };

  void head(std::string_view said) {
    close();
    const std::vector<std::string_view> words = words_of(said);
    if (words.size() == 4 && words[0] == "route-map" && words[1].starts_with(ours)) {
      const std::string_view name = words[1].substr(ours.size());
      if (!is_filter(name) && !exactly<Ip>(name)) return;
      map_ = Key{.kind = Kind::map, .name = std::string(name)};
      sequences_.emplace(map_->name, 0).first->second++;
      whole_head_ = said == map_head(name);
    } else if (words.size() == 5 && words[0] == "router" && words[1] == "bgp" && words[3] == "view" &&
               words[4].starts_with(ours)) {
      const auto speaker = exactly<Uuid>(words[4].substr(ours.size()));
      const auto local_as = number_of(words[2]);
      if (speaker && local_as) view_ = Key{Kind::view, *speaker, *local_as, {}};
    }
  }
  void in_map(std::string_view said) { lines_.emplace(said); }

  void in_view(std::string_view said) {
    const std::vector<std::string_view> words = words_of(said);
    if (said == "exit-address-family") {
      family_ = 0;
    } else if (words[0] == "address-family") {
      family_ = said == family(4) ? 4 : said == family(6) ? 6 : 0;
    } else if (words[0] == "neighbor" && words.size() >= 3) {
      of_peer(said, words);
    } else if (words[0] == "network" && family_ != 0) {
      of_route(words);
    } else if (said.starts_with("bgp router-id ") && words.size() == 3) {
      router_id_ = exactly<Ip>(words[2]);
    } else {
      lines_.emplace(said);
    }
  }
  void of_peer(std::string_view said, const std::vector<std::string_view>& words) {
    Peer& peer = peers_[std::string(words[1])];
    if (family_ != 0) {
      peer.family_lines[family_].emplace(said);
    } else if (words[2] == "remote-as" && words.size() == 4) {
      peer.remote_as = number_of(words[3]);
    } else if (words[2] == "password" && words.size() == 4) {
      peer.password = std::string(words[3]);
    } else {
      peer.lines.emplace(said);
    }
  }
  void of_route(const std::vector<std::string_view>& words) {
    if (words.size() < 2 || !exactly<Prefix>(words[1])) return;
    BgpItem::Seen seen{.spec = {.ip_version = family_}};
    if (words.size() == 4 && words[2] == "route-map" && words[3].starts_with(ours))
      seen.spec.address = exactly<Ip>(words[3].substr(ours.size()));
    seen.whole = seen.spec.address.has_value();
    Key key{Kind::route, view_->speaker, view_->local_as, std::string(words[1])};
    items_.emplace(std::move(key), std::move(seen));
  }

  template <class Lines>
  static bool has_all(const Lines& lines, const Commands& wanted) {
    return std::ranges::all_of(wanted, [&](const std::string& line) { return lines.contains(line); });
  }
  void close() {
    if (map_) close_map();
    if (view_) close_view();
    map_.reset(), view_.reset(), router_id_.reset();
    peers_.clear(), lines_.clear();
    family_ = 0;
  }
  // A map of several parts means something else.
  void close_map() {
    const Commands wanted = map_lines(map_->name);
    const bool whole =
        whole_head_ && sequences_[map_->name] == 1 && lines_.size() == wanted.size() && has_all(lines_, wanted);
    items_[*map_] = {Spec{}, whole};
  }
  void close_view() {
    items_.emplace(*view_, BgpItem::Seen{Spec{.address = router_id_}, has_all(lines_, view_lines())});
    for (auto& [name, peer] : peers_) {
      if (!peer.remote_as || !exactly<Ip>(name)) continue;
      Key key{Kind::peer, view_->speaker, view_->local_as, name};
      const int version = peer.family_lines.contains(6) ? 6 : 4;
      const bool whole = has_all(peer.lines, peer_lines(key, *peer.remote_as)) && peer.family_lines.size() <= 1 &&
                         has_all(peer.family_lines[version], peer_family_lines(key));
      items_.emplace(
          std::move(key),
          BgpItem::Seen{Spec{.ip_version = version, .remote_as = *peer.remote_as, .password = std::move(peer.password)},
                        whole});
    }
  }

  reconcile::Actual<BgpItem> items_;
  std::map<std::string, int, std::less<>> sequences_;  // parts of a map
  std::optional<Key> map_;
  std::optional<Key> view_;
  bool whole_head_ = false;
  std::optional<Ip> router_id_;
  std::map<std::string, Peer, std::less<>> peers_;
  std::set<std::string, std::less<>> lines_;
  int family_ = 0;
};

// Writing.

Commands inside(std::string head, Commands lines) {
  lines.insert(lines.begin(), std::move(head));
  return lines;
}
void enter_family(Commands& commands, int ip_version, const Commands& lines) {
  commands.push_back(family(ip_version));
  commands.insert(commands.end(), lines.begin(), lines.end());
  commands.emplace_back("exit-address-family");
}

Commands to_make(const Key& key, const Spec& want) {
  Commands lines;
  switch (key.kind) {
    case Kind::map:
      return inside(map_head(key.name), map_lines(key.name));
    case Kind::view:
      lines = view_lines();
      lines.push_back("bgp router-id " + quad(want.address));
      break;
    case Kind::peer:
      lines = peer_lines(key, want.remote_as);
      lines.insert(lines.begin(), peer_word(key) + " remote-as " + std::to_string(want.remote_as));
      if (want.password) lines.push_back(peer_word(key) + " password " + *want.password);
      enter_family(lines, want.ip_version, peer_family_lines(key));
      break;
    case Kind::route:
      enter_family(lines, want.ip_version, {route_line(key, want)});
      break;
  }
  return inside(view_head(key), std::move(lines));
}

Commands to_remove(const Key& key, const Spec& have) {
  Commands lines;
  switch (key.kind) {
    case Kind::map:
      return {"no route-map " + map_name(key.name)};
    case Kind::view:
      return {"no " + view_head(key)};
    case Kind::peer:
      lines.push_back("no " + peer_word(key));
      break;
    case Kind::route:
      enter_family(lines, have.ip_version, {"no network " + key.name});
      break;
  }
  return inside(view_head(key), std::move(lines));
}

// What is said again and is so already changes nothing, and no session flaps by it.
Commands to_change(const Key& key, const Spec& want, const BgpItem::Seen& have, reconcile::Drift drift) {
  Commands commands;
  const bool anew =
      drift == reconcile::Drift::replace || key.kind == Kind::map || want.ip_version != have.spec.ip_version;
  if (anew) commands = to_remove(key, have.spec);
  if (!anew && key.kind == Kind::peer && have.spec.password && !want.password)
    commands = inside(view_head(key), {"no " + peer_word(key) + " password"});
  for (std::string& line : to_make(key, want)) commands.push_back(std::move(line));
  return commands;
}

// A line of more than printable characters would be several.
bool can_be_said(const std::string& line) {
  return std::ranges::all_of(line, [](char octet) { return octet >= 0x20 && octet <= 0x7e; });
}

}  // namespace

std::string BgpItem::text(const Key& key) {
  static constexpr std::array<std::string_view, 4> words{"route map", "view", "peer", "route"};
  const std::string word(words.at(static_cast<std::size_t>(key.kind)));
  if (key.kind == Kind::map) return word + " " + map_name(key.name);
  const std::string view = view_name(key.speaker) + " of AS " + std::to_string(key.local_as);
  return key.kind == Kind::view ? word + " " + view : word + " " + key.name + " in view " + view;
}

Result<reconcile::Actual<BgpItem>> bgp_items_in(std::string_view running_config) {
  if (!running_config.contains("\nfrr version ") && !running_config.starts_with("frr version "))
    return fail(ErrorCode::corrupt, "not the running configuration of FRR");
  Reading reading;
  while (!running_config.empty()) {
    const std::size_t end = std::min(running_config.find('\n'), running_config.size());
    std::string_view line = running_config.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    reading.line(line);
    running_config.remove_prefix(std::min(end + 1, running_config.size()));
  }
  return reading.finish();
}

Commands bgp_commands(const reconcile::Step<BgpItem>& step) {
  Commands commands;
  if (const auto* create = std::get_if<reconcile::Create<BgpItem>>(&step)) {
    commands = to_make(create->key, create->want);
  } else if (const auto* change = std::get_if<reconcile::Change<BgpItem>>(&step)) {
    commands = to_change(change->key, change->want, change->have, change->drift);
  } else {
    const auto& remove = std::get<reconcile::Remove<BgpItem>>(step);
    commands = to_remove(remove.key, remove.have.spec);
  }
  return std::ranges::all_of(commands, can_be_said) ? commands : Commands();
}

}  // namespace tarn::domain
