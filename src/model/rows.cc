#include "model/rows.h"

#include "base/check.h"

namespace tarn::model {
namespace {

struct KindOf {
  Kind operator()(const Network&) const { return Kind::network; }
  Kind operator()(const Subnet&) const { return Kind::subnet; }
  Kind operator()(const Port&) const { return Kind::port; }
  Kind operator()(const Agent&) const { return Kind::agent; }
};

}  // namespace

Kind kind_of(const Row& row) {
  return std::visit(KindOf{}, row);
}

Uuid id_of(const Row& row) {
  return std::visit([](const auto& held) { return held.id.uuid; }, row);
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::network:
      return "network";
    case Kind::subnet:
      return "subnet";
    case Kind::port:
      return "port";
    case Kind::agent:
      return "agent";
  }
  CHECK(false);
  return {};
}

}  // namespace tarn::model
