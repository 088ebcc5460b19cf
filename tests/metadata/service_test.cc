// The service by itself: who is answered, what with, and how much anybody may ask at once.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "metadata/documents.h"
#include "metadata/service.h"
#include "services/folder.h"

namespace tarn::metadata {
namespace {

namespace fs = std::filesystem;
using services::Asking;
using services::open_folder;
using testing::HasSubstr;

// A folder as an agent writes it, with instance 7 in it.
class MetadataService : public testing::Test {
 protected:
  MetadataService() {
    std::string name = (fs::temp_directory_path() / "tarn-metadata-XXXXXX").string();
    folder = mkdtemp(name.data());
    instance.instance_id = "11111111-2222-3333-4444-555555555555";
    instance.project_id = "the project";
    instance.mac = Mac::parse("fa:16:3e:00:00:07").value();
    instance.addresses = {Ip::parse("2001:db8::7").value(), Ip::parse("10.0.0.7").value(),
                          Ip::parse("10.0.0.8").value()};
    std::ofstream(folder / "7.json") << instance.text();
  }
  ~MetadataService() override { fs::remove_all(folder); }

  static api::Request from(const std::string& client, const std::string& target) {
    api::Request request;
    request.method = "GET";
    request.target = target;
    request.client = client;
    return request;
  }
  std::unique_ptr<Service> service(std::unique_ptr<api::Peer> nova = nullptr) const {
    return std::make_unique<Service>(
        open_folder(folder.string()).value(),
        nova ? std::make_unique<Nova>(std::move(nova), "a secret") : std::unique_ptr<Nova>());
  }
  static api::Response answer(Service& service, const api::Request& request) {
    api::Response got{0, {}, ""};
    service.handle(request, [&](api::Response response) { got = std::move(response); });
    return got;
  }

  fs::path folder;
  domain::InstanceFile::Spec instance;
  const std::string first = domain::service_side4(7, 0).text();
  const std::string second = domain::service_side4(7, 1).text();
};

TEST_F(MetadataService, tells_each_address_of_an_instance_as_itself) {
  const auto own = service();
  const std::string target = "/latest/meta-data/local-ipv4";
  EXPECT_EQ(answer(*own, from(first, target)).body, "10.0.0.7");
  EXPECT_EQ(answer(*own, from(second, target)).body, "10.0.0.8");
  EXPECT_EQ(answer(*own, from(domain::service_side6(7).text(), target)).status, 404U);
  EXPECT_EQ(answer(*own, from(domain::service_side6(7).text(), "/latest/meta-data/mac")).body, instance.mac.text());
}

TEST_F(MetadataService, answers_nobody_whom_it_does_not_know) {
  const auto own = service();
  for (const std::string& client : {domain::service_side4(8, 0).text(), domain::service_side4(7, 2).text(),
                                    std::string("127.0.0.1"), std::string("not an address"), std::string()})
    EXPECT_EQ(answer(*own, from(client, "/latest/meta-data/instance-id")).status, 404U) << client;
  std::ofstream(folder / "7.json") << "half a fi";
  EXPECT_EQ(answer(*own, from(first, "/latest/meta-data/instance-id")).status, 404U);
  fs::remove(folder / "7.json");
  EXPECT_EQ(answer(*own, from(first, "/latest/meta-data/instance-id")).status, 404U);
}

TEST_F(MetadataService, knows_who_came_after_it_was_started) {
  const auto own = service();
  domain::InstanceFile::Spec next = instance;
  next.instance_id = "the next";
  std::ofstream(folder / "7.json") << next.text();
  EXPECT_EQ(answer(*own, from(first, "/latest/meta-data/instance-id")).body, "the next");
}

TEST_F(MetadataService, lists_folders_as_images_walk_them) {
  const Asking who{7, instance, instance.addresses[1]};
  EXPECT_EQ(document(who, "/"), "2009-04-04/\nlatest/\nopenstack/");
  EXPECT_EQ(document(who, "/openstack"), "2018-08-27/\nlatest/");
  EXPECT_EQ(document(who, "/latest/meta-data/"), "hostname\ninstance-id\nlocal-hostname\nlocal-ipv4\nmac");
  EXPECT_EQ(document(who, "/latest/user-data"), std::nullopt);
}

TEST_F(MetadataService, tells_openstacks_form_of_it) {
  const Asking who{7, instance, instance.addresses[1]};
  const auto told = boost::json::parse(document(who, "/openstack/latest/meta_data.json").value());
  EXPECT_EQ(told.at("uuid"), instance.instance_id.c_str());
  EXPECT_EQ(told.at("project_id"), "the project");
  EXPECT_EQ(told.at("hostname"), "host-10-0-0-7");
  const auto network = boost::json::parse(document(who, "/openstack/latest/network_data.json").value());
  EXPECT_EQ(network.at("links").at(0).at("ethernet_mac_address"), instance.mac.text().c_str());
  EXPECT_EQ(network.at("networks").as_array().size(), 3U);
}

// RFC 4231 section 4.3, test case 2.
TEST(Signature, is_that_of_the_rfc) {
  EXPECT_EQ(signature("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// A Nova that takes its time: until it is let go, every question stays under way.
class SlowNova final : public api::Peer {
 public:
  struct Gate {
    std::mutex mutex;
    std::condition_variable moved;
    bool open = false;
    std::size_t inside = 0;
  };
  explicit SlowNova(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  Result<Answer> ask(const Question&) override {
    std::unique_lock lock(gate_->mutex);
    ++gate_->inside;
    gate_->moved.notify_all();
    gate_->moved.wait(lock, [&] { return gate_->open; });
    return Answer{200, {}, "slowly"};
  }

 private:
  std::shared_ptr<Gate> gate_;
};

TEST_F(MetadataService, one_instance_cannot_keep_nova_from_others) {
  const auto gate = std::make_shared<SlowNova::Gate>();
  std::mutex mutex;
  std::vector<unsigned> statuses;
  const auto asks_nova = service(std::make_unique<SlowNova>(gate));
  const auto ask = [&] {
    asks_nova->handle(from(first, "/latest"), [&](api::Response response) {
      const std::scoped_lock lock(mutex);
      statuses.push_back(response.status);
    });
  };
  for (std::size_t i = 0; i < Service::questions_max + 3; ++i) ask();
  {
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(statuses, std::vector<unsigned>(3, 429));
  }
  {
    const std::scoped_lock lock(gate->mutex);
    gate->open = true;
    gate->moved.notify_all();
  }
}

class NoNova final : public api::Peer {
 public:
  Result<Answer> ask(const Question&) override { return fail(ErrorCode::unavailable, "no connection"); }
};

TEST_F(MetadataService, says_that_nova_is_away) {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<api::Response> got;
  const auto asks_nova = service(std::make_unique<NoNova>());
  asks_nova->handle(from(first, "/latest"), [&](api::Response response) {
    const std::scoped_lock lock(mutex);
    got = std::move(response);
    came.notify_all();
  });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(came.wait_for(lock, std::chrono::seconds(20), [&] { return got.has_value(); }));
  EXPECT_EQ(got->status, 503U);
  EXPECT_THAT(*api::find_header(got->headers, "retry-after"), HasSubstr("1"));
}

}  // namespace
}  // namespace tarn::metadata
