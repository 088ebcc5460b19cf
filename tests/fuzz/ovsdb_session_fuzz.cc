// Any stream from an OVSDB server into a session that writes as soon as it may: the picture is whole or not shown, and
// each transaction is answered or lost exactly once.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "wire/ovsdb/session.h"
#include "wire/ovsdb/splitter.h"

namespace {

using namespace tarn;
namespace ovsdb = wire::ovsdb;

struct Talk {
  ovsdb::Session session{"Open_vSwitch", {{"Bridge", {"name", "ports"}}, {"Port", {"name", "external_ids", "tag"}}}};
  std::size_t under_way = 0;

  void settle() {
    for (const ovsdb::Event& event : session.take_events()) {
      const auto* changed = std::get_if<ovsdb::Changed>(&event);
      if (changed == nullptr) CHECK(under_way-- > 0);
    }
    ovsdb::Splitter splitter;
    CHECK(splitter.push(session.take_output()).has_value());
    CHECK(!splitter.inside_message());
  }
  void write() {
    if (session.replica() == nullptr) return;
    const auto& bridges = session.replica()->table("Bridge");
    const Uuid uuid = bridges.empty() ? Uuid() : bridges.begin()->first;
    if (session.transact({ovsdb::Delete{"Bridge", uuid}})) ++under_way;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte tells how long the pieces are in which the stream arrives.
  const std::size_t piece = 1 + data[0] * std::size_t{8};
  ByteView stream(data + 1, size - 1);
  Talk talk;
  talk.session.on_connected();
  while (!stream.empty()) {
    const ByteView next = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(next.size());
    const bool goes_on = talk.session.on_bytes(next).has_value();
    if (goes_on) talk.write();
    talk.settle();
    if (goes_on) continue;
    // The connection broke, and a new one hears the rest.
    talk.session.on_disconnected();
    talk.settle();
    CHECK(talk.under_way == 0 && talk.session.replica() == nullptr);
    talk.session.on_connected();
  }
  return 0;
}
