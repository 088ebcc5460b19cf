// What a sandbox remembers of itself: kept whole, refused when damaged, absent when there is none.
#include "sandbox/state.h"

#include <gtest/gtest.h>

#include <fstream>

#include "sandbox/sandbox.h"
#include "support/temp_dir.h"

namespace tarn::sandbox {
namespace {

Layout layout_in(const test::TempDir& dir) {
  const Layout layout{"one", dir.file("")};
  fs::create_directories(layout.dir());
  return layout;
}

TEST(State, IsReadBackAsItWasWritten) {
  const test::TempDir dir;
  const Layout layout = layout_in(dir);
  State state{"/somewhere/tarn", 3, Datapath::kernel, 19696, {}};
  state.instances["vm1"] = {"vm1",
                            2,
                            "device",
                            "0f0f0f0f-1111-4222-8333-444444444444",
                            "network",
                            "fa:16:3e:00:00:01",
                            {"10.0.0.2", "2001:db8::2"}};
  ASSERT_TRUE(save_state(layout, state).has_value());
  const Result<State> read = load_state(layout);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->checkout, state.checkout);
  EXPECT_EQ(read->hosts, 3);
  EXPECT_EQ(read->datapath, Datapath::kernel);
  EXPECT_EQ(read->api_port, 19696);
  EXPECT_EQ(read->instances, state.instances);
}

TEST(State, OfNoSandboxIsNotFoundAndADamagedOneIsNamed) {
  const test::TempDir dir;
  const Layout layout = layout_in(dir);
  EXPECT_EQ(load_state(layout).error().code, ErrorCode::not_found);
  for (const char* text : {"", "{", "[]", R"({"checkout": 7})", R"({"checkout":"x","hosts":1})"}) {
    std::ofstream(layout.state_file()) << text;
    const Result<State> read = load_state(layout);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_NE(read.error().message.find(layout.state_file().string()), std::string::npos);
  }
}

TEST(Instance, TakesTheInterfaceNameThatNovaGives) {
  Instance instance;
  instance.port_id = "0f0f0f0f-1111-4222-8333-444444444444";
  EXPECT_EQ(instance.tap(), "tap0f0f0f0f-11");
  EXPECT_LE(instance.tap().size(), 15U);  // Linux's bound for an interface's name
}

TEST(Sandbox, OfAnotherCheckoutIsLeftAlone) {
  const test::TempDir dir;
  const Layout layout = layout_in(dir);
  ASSERT_TRUE(save_state(layout, {"/another/checkout", 2, Datapath::userspace, 19696, {}}).has_value());
  Wanted wanted;
  wanted.name = layout.name;
  wanted.root = layout.root;
  wanted.checkout = "/this/checkout";
  const Result<Sandbox> up = Sandbox::up(wanted, [](const std::string&) {});
  ASSERT_FALSE(up.has_value());
  // Not root comes first: without it nothing else can be tried.
  EXPECT_TRUE(up.error().code == ErrorCode::forbidden ||
              up.error().message.find("/another/checkout") != std::string::npos)
      << up.error().message;
}

}  // namespace
}  // namespace tarn::sandbox
