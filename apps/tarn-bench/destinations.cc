#include "destinations.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "datapath_look.h"
#include "endpoint.h"
#include "inside_namespace.h"

namespace tarn::bench {
namespace {

constexpr std::uint32_t first_destination = 0xc6120000;  // 198.18.0.0/15, for benchmarks (RFC 2544)
constexpr std::uint32_t destination_step = 131;          // all over it, a prime: 131,000 of its 131,072 addresses
constexpr std::uint16_t discard_port = 9;
constexpr int between_ms = 2;  // time for what the first packet of each takes: none waits for another

Result<rt::Descriptor> open_source(const PathEnd& from, std::uint16_t source) {
  return open_inside(from.network_namespace, [&] {
    rt::Descriptor made(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const sockaddr_in here = endpoint(from.address, source);
    const bool bound = bind(made.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0;
    return bound ? std::move(made) : rt::Descriptor();
  });
}

Status speak_with_each(const rt::Descriptor& source) {
  for (std::uint32_t i = 0; i < destinations; ++i) {
    const sockaddr_in there = endpoint(Ip::from_v4(first_destination + i * destination_step), discard_port);
    if (sendto(source.get(), "", 1, 0, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 1)
      return fail(ErrorCode::unavailable, std::string("not sent: ") + std::strerror(errno));
    poll(nullptr, 0, between_ms);
  }
  return {};
}

}  // namespace

Status try_destinations(const PathEnd& from, const sandbox::Host& home, std::uint16_t source,
                        DestinationFigures& figures) {
  Result<DatapathLook> look = DatapathLook::at(home);
  if (!look) return std::unexpected(look.error());
  const Result<rt::Descriptor> opened = open_source(from, source);
  if (!opened) return std::unexpected(opened.error());
  if (Status done = look->zero(); !done) return done;
  Status spoken;
  const Result<std::int64_t> made = look->made([&] { spoken = speak_with_each(*opened); });
  if (!spoken) return spoken;
  const Result<ForwardingFigures> told = look->figures();
  if (!made) return std::unexpected(made.error());
  if (!told) return std::unexpected(told.error());
  figures.datapath_flows.push_back(static_cast<double>(*made));
  figures.us_each.push_back(told->us_per_packet);
  return {};
}

Sheet destination_sheet(const std::vector<DestinationLine>& lines, int rounds) {
  Sheet sheet{"exit_destinations",
              "What an instance costs its switch that sends a datagram to each of " + std::to_string(destinations) +
                  " addresses outside; median (least to most) of " + std::to_string(rounds),
              {{"way", "way"}, {"side", "side"}, {"datapath_flows", "datapath flows made"}, {"us_each", "us/packet"}},
              {}};
  for (const DestinationLine& line : lines)
    if (!line.figures.us_each.empty())
      sheet.rows.push_back(
          {line.way, line.side, spread_of(line.figures.datapath_flows), spread_of(line.figures.us_each)});
  return sheet;
}

}  // namespace tarn::bench
