// What is offered and counted: flavors, metering labels, logs.
// Rows only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/security.h"
#include "model/rows/standard.h"

namespace tarn {
using FlavorId = Id<struct FlavorTag>;
using ServiceProfileId = Id<struct ServiceProfileTag>;
using MeteringLabelId = Id<struct MeteringLabelTag>;
using MeteringRuleId = Id<struct MeteringRuleTag>;
using LogId = Id<struct LogTag>;
}  // namespace tarn

namespace tarn::model {

struct ServiceProfile {
  static constexpr Kind kind = Kind::service_profile;
  static constexpr std::string_view word = "service_profile";
  static constexpr std::string_view called = "ServiceProfile";

  ServiceProfileId id;
  Standard standard;
  bool enabled = true;
  std::string driver;
  std::string metainfo;
  bool operator==(const ServiceProfile&) const = default;
};

struct Flavor {
  static constexpr Kind kind = Kind::flavor;
  static constexpr std::string_view word = "flavor";
  static constexpr std::string_view called = "Flavor";

  FlavorId id;
  Standard standard;
  std::string service_type;
  bool enabled = true;
  std::vector<ServiceProfileId> profiles;  // in the order in which they came
  bool operator==(const Flavor&) const = default;
};

struct MeteringLabel {
  static constexpr Kind kind = Kind::metering_label;
  static constexpr std::string_view word = "metering_label";
  static constexpr std::string_view called = "MeteringLabel";

  MeteringLabelId id;
  Standard standard;
  bool shared = false;  // counts the traffic of every project's routers
  bool operator==(const MeteringLabel&) const = default;
};

struct MeteringRule {
  static constexpr Kind kind = Kind::metering_label_rule;
  static constexpr std::string_view word = "metering_label_rule";
  static constexpr std::string_view called = "MeteringLabelRule";

  MeteringRuleId id;
  Standard standard;
  MeteringLabelId label;
  Direction direction = Direction::ingress;
  bool excluded = false;  // what it matches is not counted
  std::optional<Prefix> remote_prefix;
  std::optional<Prefix> source_prefix;
  std::optional<Prefix> destination_prefix;
  bool operator==(const MeteringRule&) const = default;
};

enum class LogEvent : std::uint8_t { all, accept, drop };

struct Log {
  static constexpr Kind kind = Kind::log;
  static constexpr std::string_view word = "log";
  static constexpr std::string_view called = "Log";

  LogId id;
  Standard standard;
  std::string resource_type;
  std::optional<Uuid> resource;  // a security group; none: all of the project
  std::optional<Uuid> target;    // a port; none: all of the resource
  LogEvent event = LogEvent::all;
  bool enabled = true;
  bool operator==(const Log&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const ServiceProfile*) {
  visit("id", &ServiceProfile::id);
  visit("standard", &ServiceProfile::standard);
  visit("enabled", &ServiceProfile::enabled);
  visit("driver", &ServiceProfile::driver);
  visit("metainfo", &ServiceProfile::metainfo);
}
template <class Visit>
void describe(Visit&& visit, const Flavor*) {
  visit("id", &Flavor::id);
  visit("standard", &Flavor::standard);
  visit("service_type", &Flavor::service_type);
  visit("enabled", &Flavor::enabled);
  visit("profiles", &Flavor::profiles);
}
template <class Visit>
void describe(Visit&& visit, const MeteringLabel*) {
  visit("id", &MeteringLabel::id);
  visit("standard", &MeteringLabel::standard);
  visit("shared", &MeteringLabel::shared);
}
template <class Visit>
void describe(Visit&& visit, const MeteringRule*) {
  visit("id", &MeteringRule::id);
  visit("standard", &MeteringRule::standard);
  visit("label", &MeteringRule::label);
  visit("direction", &MeteringRule::direction);
  visit("excluded", &MeteringRule::excluded);
  visit("remote_prefix", &MeteringRule::remote_prefix);
  visit("source_prefix", &MeteringRule::source_prefix);
  visit("destination_prefix", &MeteringRule::destination_prefix);
}
template <class Visit>
void describe(Visit&& visit, const Log*) {
  visit("id", &Log::id);
  visit("standard", &Log::standard);
  visit("resource_type", &Log::resource_type);
  visit("resource", &Log::resource);
  visit("target", &Log::target);
  visit("event", &Log::event);
  visit("enabled", &Log::enabled);
}

template <class Visit>
void refer(Visit&& visit, const Flavor& flavor) {
  for (const ServiceProfileId& profile : flavor.profiles) visit(profile.uuid);
}
template <class Visit>
void refer(Visit&& visit, const MeteringRule& rule) {
  visit(rule.label.uuid);
}
template <class Visit>
void refer(Visit&& visit, const Log& log) {
  if (log.resource) visit(*log.resource);
  if (log.target) visit(*log.target);
}

}  // namespace tarn::model
