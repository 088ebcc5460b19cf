// Our OpenFlow bytes as ovs-ofctl(8) reads them: for random flows, the bytes of our encoder and the text of our printer
// mean the same to it, in additions, in deletions and in listings.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "support/oracle_seed.h"
#include "support/random_flow.h"
#include "support/run_command.h"
#include "support/temp_dir.h"
#include "wire/openflow/codec.h"

namespace tarn::test {
namespace {

namespace of = wire::of;
using of::FlowKey;
using of::FlowSpec;

constexpr std::size_t flows_in_all = 3000;

class CodecOracle : public testing::Test {
 protected:
  CodecOracle() {
    rt::Seeded choice(oracle_seed());
    RandomFlow random(choice);
    while (flows_.size() < flows_in_all) {
      FlowKey key = random.key();
      FlowSpec spec = random.spec(key.table);
      flows_.emplace_back(std::move(key), std::move(spec));
    }
  }

  // The lines that ovs-ofctl prints and that begin with `head`, without it.
  static std::vector<std::string> lines_of(const std::string& output, const std::string& head) {
    std::vector<std::string> found;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(head)) found.push_back(line.substr(head.size()));
    }
    return found;
  }
  std::string ofctl(const std::string& command, const std::string& content) {
    std::ofstream(folder_.file("input"), std::ios::binary) << content;
    const CommandResult result = run_command({"ovs-ofctl", "-O", "OpenFlow15", command, folder_.file("input")});
    EXPECT_EQ(result.status, 0) << result.output.substr(0, 2000);
    return result.output;
  }
  // "ADD table:5 priority=7,ip cookie:0x7 actions=…" for each flow mod, without its transaction id.
  static std::vector<std::string> flow_mods(const std::string& output) {
    std::vector<std::string> found = lines_of(output, "OFPT_FLOW_MOD (OF1.5) (xid=");
    for (std::string& line : found) line = line.substr(line.find("): ") + 3);
    return found;
  }
  std::vector<std::string> read_bytes(const std::vector<of::Message>& messages) {
    std::string bytes;
    for (const of::Message& message : messages) {
      const Bytes encoded = of::encode(message, 1);
      bytes.append(encoded.begin(), encoded.end());
    }
    return flow_mods(ofctl("ofp-parse", bytes));
  }
  std::vector<std::string> read_text(const std::vector<std::string>& flows) {
    std::string text;
    for (const std::string& flow : flows) text += flow + "\n";
    return flow_mods(ofctl("parse-flows", text));
  }
  std::vector<std::string> as_printed() {
    std::vector<std::string> text;
    for (const auto& [key, spec] : flows_) text.push_back(of::text(key, spec));
    return read_text(text);
  }
  void expect_same(const std::vector<std::string>& have, const std::vector<std::string>& wanted) {
    ASSERT_EQ(have.size(), flows_.size());
    ASSERT_EQ(wanted.size(), flows_.size());
    for (std::size_t i = 0; i < flows_.size(); ++i)
      ASSERT_EQ(have[i], wanted[i]) << replay(oracle_seed()) << "\n" << of::text(flows_[i].first, flows_[i].second);
  }

  TempDir folder_;
  std::vector<std::pair<FlowKey, FlowSpec>> flows_;
};

TEST_F(CodecOracle, AnAdditionMeansWhatItsTextSays) {
  std::vector<of::Message> additions;
  for (const auto& [key, spec] : flows_) additions.emplace_back(of::AddFlow{key, spec});
  expect_same(read_bytes(additions), as_printed());
}

TEST_F(CodecOracle, AnAdditionInABundleIsTheSameAddition) {
  std::vector<of::Message> additions;
  for (const auto& [key, spec] : flows_) additions.emplace_back(of::BundleAdd{7, of::AddFlow{key, spec}});
  expect_same(read_bytes(additions), as_printed());
}

TEST_F(CodecOracle, ADeletionNamesExactlyItsFlowAndItsCookie) {
  std::vector<of::Message> deletions;
  for (const auto& [key, spec] : flows_) deletions.emplace_back(of::DeleteFlow{key, spec.cookie});
  // What an addition of the flow would say, up to what it does: "ADD table:5 priority=7,ip cookie:0x7 actions=…".
  std::vector<std::string> wanted = as_printed();
  for (std::string& line : wanted) {
    line = "DEL_STRICT " + line.substr(4, line.find(" actions=") - 4);
    const std::size_t cookie = line.find("cookie:");
    ASSERT_NE(cookie, std::string::npos) << line;
    line += "/0xffffffffffffffff";
  }
  std::vector<std::string> have = read_bytes(deletions);
  for (std::string& line : have) line = line.substr(0, line.find(" out_port:"));
  for (std::string& line : have) line = line.substr(0, line.find(" actions="));
  expect_same(have, wanted);
}

TEST_F(CodecOracle, AListingHoldsTheFlowsThatWereListed) {
  std::string bytes;
  for (const auto& [key, spec] : flows_) {
    of::FlowDescReply reply;
    reply.flows.emplace_back(key, of::FlowSeen{.spec = spec, .packets = 12, .bytes = 34});
    const Bytes encoded = of::encode(reply, 1);
    bytes.append(encoded.begin(), encoded.end());
  }
  // " cookie=0x7, duration=0s, table=5, n_packets=12, n_bytes=34, priority=7,ip actions=…"
  static const std::regex counters(R"(duration=[^ ]*, |n_packets=12, |n_bytes=34, |idle_age=\d+, )");
  std::vector<std::string> listed = lines_of(ofctl("ofp-parse", bytes), " cookie=");
  for (std::string& line : listed) {
    EXPECT_NE(line.find("n_packets=12, n_bytes=34"), std::string::npos) << line;
    line = "cookie=" + std::regex_replace(line, counters, "");
  }
  expect_same(read_text(listed), as_printed());
}

}  // namespace
}  // namespace tarn::test
