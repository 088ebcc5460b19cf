#include "feed/feed_wire.h"

#include "feed.pb.h"

namespace tarn::feed {
namespace {

v1::PortStatus status_to_wire(model::PortStatus status) {
  switch (status) {
    case model::PortStatus::down:
      return v1::PORT_STATUS_DOWN;
    case model::PortStatus::active:
      return v1::PORT_STATUS_ACTIVE;
    case model::PortStatus::build:
      return v1::PORT_STATUS_BUILD;
    case model::PortStatus::error:
      return v1::PORT_STATUS_ERROR;
  }
  return v1::PORT_STATUS_UNSPECIFIED;
}

// Nothing for a status that only a newer agent knows.
std::optional<model::PortStatus> status_from_wire(v1::PortStatus status) {
  switch (status) {
    case v1::PORT_STATUS_DOWN:
      return model::PortStatus::down;
    case v1::PORT_STATUS_ACTIVE:
      return model::PortStatus::active;
    case v1::PORT_STATUS_BUILD:
      return model::PortStatus::build;
    case v1::PORT_STATUS_ERROR:
      return model::PortStatus::error;
    default:
      return std::nullopt;
  }
}

void hello_to_wire(const Hello& hello, v1::Hello& wire) {
  wire.set_protocol_min(hello.protocols.oldest);
  wire.set_protocol_max(hello.protocols.newest);
  v1::Facts& facts = *wire.mutable_facts();
  facts.set_host(hello.facts.host);
  facts.set_version(hello.facts.version);
  facts.set_tunnel_address(hello.facts.tunnel_address);
  facts.mutable_bridge_mappings()->insert(hello.facts.bridge_mappings.begin(), hello.facts.bridge_mappings.end());
  facts.set_started_at_ms(hello.facts.started_at_ms);
  facts.set_speaks_bgp(hello.facts.speaks_bgp);
  for (const auto& [name, held] : hello.held) {
    v1::Held& row = *wire.add_held();
    row.set_name(name);
    row.set_version(held.version);
    row.set_content(held.content);
  }
}

Hello hello_from_wire(const v1::Hello& wire) {
  Hello hello;
  hello.protocols = {wire.protocol_min(), wire.protocol_max()};
  const v1::Facts& facts = wire.facts();
  hello.facts = {facts.host(),           facts.version(),
                 facts.tunnel_address(), {facts.bridge_mappings().begin(), facts.bridge_mappings().end()},
                 facts.started_at_ms(),  facts.speaks_bgp()};
  for (const v1::Held& row : wire.held()) hello.held[row.name()] = {row.version(), row.content()};
  return hello;
}

void report_to_wire(const Report& report, v1::Report& wire) {
  wire.set_applied(report.applied);
  if (report.failing) wire.set_failing(*report.failing);
  for (const auto& [port, status] : report.ports) (*wire.mutable_ports())[port.text()] = status_to_wire(status);
}

Result<Report> report_from_wire(const v1::Report& wire) {
  Report report;
  report.applied = wire.applied();
  if (wire.has_failing()) report.failing = wire.failing();
  for (const auto& [text, status] : wire.ports()) {
    const Result<Uuid> id = Uuid::parse(text);
    if (!id) return fail(ErrorCode::invalid, "a report names port '" + text + "', which is no id");
    if (const auto known = status_from_wire(status)) report.ports[PortId{*id}] = *known;
  }
  return report;
}

void update_to_wire(const Update& update, v1::Update& wire) {
  for (const Put& put : update.put) {
    v1::Put& row = *wire.add_put();
    row.set_name(put.name);
    row.set_version(put.version);
    row.set_body(put.body);
  }
  for (const model::SliceName& name : update.removed) wire.add_removed(name);
  wire.set_revision(update.revision);
  wire.set_more(update.more);
}

Update update_from_wire(const v1::Update& wire) {
  Update update;
  for (const v1::Put& row : wire.put()) update.put.push_back({row.name(), row.version(), row.body()});
  update.removed.assign(wire.removed().begin(), wire.removed().end());
  update.revision = wire.revision();
  update.more = wire.more();
  return update;
}

template <class Wire, class Message>
Result<Message> decode(std::string_view bytes) {
  Wire wire;
  if (!wire.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return fail(ErrorCode::corrupt, "not a message of the feed");
  }
  return from_wire(wire);
}

}  // namespace

void to_wire(const ToServer& message, v1::FromAgent& wire) {
  if (const Hello* hello = std::get_if<Hello>(&message)) return hello_to_wire(*hello, *wire.mutable_hello());
  report_to_wire(std::get<Report>(message), *wire.mutable_report());
}

void to_wire(const ToAgent& message, v1::FromServer& wire) {
  struct Visitor {
    v1::FromServer& wire;
    void operator()(const Welcome& welcome) const { wire.mutable_welcome()->set_protocol(welcome.protocol); }
    void operator()(const Refused& refused) const { wire.mutable_refused()->set_reason(refused.reason); }
    void operator()(const Update& update) const { update_to_wire(update, *wire.mutable_update()); }
    void operator()(const InSync& mark) const { wire.mutable_in_sync()->set_revision(mark.revision); }
  };
  std::visit(Visitor{wire}, message);
}

Result<ToServer> from_wire(const v1::FromAgent& wire) {
  switch (wire.message_case()) {
    case v1::FromAgent::kHello:
      return hello_from_wire(wire.hello());
    case v1::FromAgent::kReport: {
      Result<Report> report = report_from_wire(wire.report());
      if (!report) return fail(report.error());
      return std::move(*report);
    }
    case v1::FromAgent::MESSAGE_NOT_SET:
      break;
  }
  return fail(ErrorCode::unsupported, "the agent sent a kind of message that this server does not know");
}

Result<ToAgent> from_wire(const v1::FromServer& wire) {
  switch (wire.message_case()) {
    case v1::FromServer::kWelcome:
      return Welcome{wire.welcome().protocol()};
    case v1::FromServer::kRefused:
      return Refused{wire.refused().reason()};
    case v1::FromServer::kUpdate:
      return update_from_wire(wire.update());
    case v1::FromServer::kInSync:
      return InSync{wire.in_sync().revision()};
    case v1::FromServer::MESSAGE_NOT_SET:
      break;
  }
  return fail(ErrorCode::unsupported, "the server sent a kind of message that this agent does not know");
}

std::string encode(const ToServer& message) {
  v1::FromAgent wire;
  to_wire(message, wire);
  return wire.SerializeAsString();
}

std::string encode(const ToAgent& message) {
  v1::FromServer wire;
  to_wire(message, wire);
  return wire.SerializeAsString();
}

Result<ToServer> decode_from_agent(std::string_view bytes) {
  return decode<v1::FromAgent, ToServer>(bytes);
}

Result<ToAgent> decode_from_server(std::string_view bytes) {
  return decode<v1::FromServer, ToAgent>(bytes);
}

}  // namespace tarn::feed
