// Who asks is found, and told of its own network alone, as the agent has it now.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "domain/instance_file.h"
#include "names/resolver.h"
#include "services/folder.h"
#include "things.h"

namespace tarn::names::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::SizeIs;

struct Forwarded {
  std::uint32_t asker;
  Question question;
  Bytes message;
  Transport transport;
  Upstream::Done done;
};

class Elsewhere final : public Upstream {
 public:
  void ask(std::uint32_t asker, const Question& question, Bytes message, Transport transport, Done done) override {
    asked.push_back({asker, question, std::move(message), transport, std::move(done)});
  }
  std::vector<Forwarded> asked;
};

NetworkId network(std::uint8_t number) {
  NetworkId id;
  id.uuid.bytes[15] = number;
  return id;
}

// Ports 1 and 2 in networks of these numbers, in which one name has different addresses.
class Asking : public testing::Test {
 protected:
  Asking() {
    std::string name = (fs::temp_directory_path() / "tarn-names-XXXXXX").string();
    root = mkdtemp(name.data());
    resolver.emplace(services::open_folder((root / "instances").string()).value(),
                     services::open_folder((root / "names").string()).value(), elsewhere);
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
      domain::InstanceFile::Spec instance;
      instance.network = network(number);
      instance.addresses = {ip("10.0.0.5")};
      put("instances/" + domain::InstanceFile::file_name(number), instance.text());
      names(number, "10.0.0." + std::to_string(number));
    }
  }
  ~Asking() override { fs::remove_all(root); }

  // As the agent writes: into place at once.
  void put(const std::string& name, const std::string& content) const {
    std::ofstream(root / "new") << content;
    fs::rename(root / "new", root / name);
  }
  void names(std::uint8_t number, const std::string& web) const {
    const domain::NameFile::Spec file{.domain = "openstacklocal.", .names = {{"web.openstacklocal.", ip(web)}}};
    put("names/" + domain::NameFile::file_name(network(number)), file.text());
  }
  std::optional<Bytes> ask(std::uint32_t port, const std::string& name) {
    std::optional<Bytes> got;
    resolver->ask(domain::service_side4(port, 0).text(), wire({.name = name}), Transport::datagram,
                  [&](std::optional<Bytes> reply) { got = std::move(reply); });
    return got;
  }
  std::vector<std::string> web(std::uint32_t port) { return read(ask(port, "web.openstacklocal.").value()).answers; }

  fs::path root;
  Elsewhere elsewhere;
  std::optional<Resolver> resolver;
};

TEST_F(Asking, each_is_told_of_its_own_network) {
  EXPECT_THAT(web(1), ElementsAre("web.openstacklocal. 5 IN A 10.0.0.1"));
  EXPECT_THAT(web(2), ElementsAre("web.openstacklocal. 5 IN A 10.0.0.2"));
}

TEST_F(Asking, what_the_agent_wrote_counts_at_once) {
  for (const char* address : {"10.0.0.8", "10.0.0.9", "10.0.0.8"}) {
    names(1, address);
    EXPECT_THAT(web(1), ElementsAre(std::string("web.openstacklocal. 5 IN A ") + address));
    EXPECT_THAT(web(2), ElementsAre("web.openstacklocal. 5 IN A 10.0.0.2"));
  }
}

TEST_F(Asking, nobody_is_told_anything_whom_the_agent_does_not_name) {
  EXPECT_FALSE(ask(3, "web.openstacklocal.").has_value());
  EXPECT_TRUE(elsewhere.asked.empty());
}

TEST_F(Asking, without_the_networks_file_it_fails_and_asks_nobody) {
  for (const bool damaged : {true, false}) {
    const std::string file = "names/" + domain::NameFile::file_name(network(1));
    if (damaged) put(file, "half a fi");
    if (!damaged) fs::remove(root / file);
    for (const char* name : {"web.openstacklocal.", "example.org."}) EXPECT_EQ(read(ask(1, name).value()).code, 2);
  }
  EXPECT_TRUE(elsewhere.asked.empty());
  names(1, "10.0.0.1");
  EXPECT_THAT(web(1), SizeIs(1));
}

TEST_F(Asking, other_names_go_elsewhere_as_they_came_and_their_answers_back) {
  std::optional<Bytes> got;
  const Bytes asked = wire({.name = "example.org.", .edns_bytes = 4000});
  resolver->ask(domain::service_side4(2, 0).text(), asked, Transport::stream,
                [&](std::optional<Bytes> reply) { got = std::move(reply); });
  ASSERT_THAT(elsewhere.asked, SizeIs(1));
  Forwarded& forwarded = elsewhere.asked.front();
  EXPECT_EQ(forwarded.asker, 2U);
  EXPECT_EQ(forwarded.message, asked);
  EXPECT_EQ(forwarded.transport, Transport::stream);
  EXPECT_FALSE(got.has_value());
  forwarded.done(Bytes(2000, 7));
  EXPECT_EQ(got, Bytes(2000, 7));
}

TEST_F(Asking, where_nobody_answers_it_fails) {
  std::optional<Bytes> got;
  resolver->ask(domain::service_side4(2, 0).text(), wire({.name = "example.org."}), Transport::datagram,
                [&](std::optional<Bytes> reply) { got = std::move(reply); });
  elsewhere.asked.at(0).done(std::nullopt);
  EXPECT_EQ(read(got.value()).code, 2);
}

TEST_F(Asking, more_networks_than_are_kept_are_all_answered) {
  for (std::uint32_t round = 0; round < 2; ++round) {
    for (std::uint32_t number = 1; number <= Zones::kept_max + 5; ++number) {
      domain::InstanceFile::Spec instance;
      instance.network.uuid.bytes[0] = static_cast<std::uint8_t>(number >> 8);
      instance.network.uuid.bytes[1] = static_cast<std::uint8_t>(number);
      instance.addresses = {ip("10.0.0.5")};
      put("instances/" + domain::InstanceFile::file_name(number), instance.text());
      const Ip own = Ip::from_v4(0x0a000000 + number);
      put("names/" + domain::NameFile::file_name(instance.network),
          domain::NameFile::Spec{.domain = "openstacklocal.", .names = {{"web.openstacklocal.", own}}}.text());
      EXPECT_THAT(web(number), ElementsAre("web.openstacklocal. 5 IN A " + own.text()));
    }
  }
}

}  // namespace
}  // namespace tarn::names::test
