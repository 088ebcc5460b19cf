#include "live_answer/lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "answer/answer.h"
#include "base/check.h"

namespace tarn::answer {
namespace {

constexpr int poll_ms = 50;

void enter(const std::string& name) {
  const int space = open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
  CHECK(space >= 0 && setns(space, CLONE_NEWNET) == 0);
  close(space);
}

// A packet socket on veth end `link` of namespace `name`. The calling thread stays in that namespace.
int packet_socket(const std::string& name, const char* link) {
  enter(name);
  const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
  CHECK(fd >= 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(link));
  CHECK(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

}  // namespace

Finished run(const std::vector<std::string>& argv) {
  std::array<int, 2> out{};
  CHECK(pipe2(out.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, out[1], 2);
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  if (error != 0) {
    close(out[0]);
    return {127, argv[0] + " is not installed"};
  }
  Finished finished;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = read(out[0], piece.data(), piece.size())) > 0;) {
    finished.output.append(piece.data(), static_cast<std::size_t>(got));
  }
  close(out[0]);
  int status = 0;
  CHECK(waitpid(pid, &status, 0) == pid);
  finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return finished;
}

Lab::Lab(PortAnswers port)
    : port_(std::move(port)),
      workload_("answer-w" + std::to_string(getpid())),
      host_("answer-h" + std::to_string(getpid())) {
  const std::string own = Ip::link_local(port_.mac).text() + "/64";
  const std::vector<std::vector<std::string>> steps{
      {"ip", "netns", "add", workload_},
      {"ip", "netns", "add", host_},
      {"ip", "-n", workload_, "link", "add", "eth0", "type", "veth", "peer", "name", "v0", "netns", host_},
      {"ip", "-n", workload_, "link", "set", "eth0", "address", port_.mac.text(), "addrgenmode", "none"},
      {"ip", "-n", host_, "link", "set", "v0", "addrgenmode", "none", "up"},
      {"ip", "-n", workload_, "link", "set", "eth0", "up"},
      {"ip", "-n", workload_, "link", "set", "lo", "up"},
      {"ip", "-n", workload_, "address", "add", own, "dev", "eth0", "nodad"},
  };
  for (const auto& step : steps) CHECK(run(step).code == 0);
  server_ = std::thread([this] {
    const int socket = packet_socket(host_, "v0");
    serve(socket);
    close(socket);
  });
}

Lab::~Lab() {
  stop_ = true;
  server_.join();
  run({"ip", "netns", "delete", workload_});
  run({"ip", "netns", "delete", host_});
}

void Lab::serve(int socket) const {
  Bytes frame(65536);
  while (!stop_) {
    pollfd ready{.fd = socket, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, poll_ms) <= 0) continue;
    const ssize_t got = recv(socket, frame.data(), frame.size(), 0);
    if (got <= 0) continue;
    const auto reply = answer(port_, ByteView(frame).first(static_cast<std::size_t>(got)));
    if (reply) CHECK(send(socket, reply->data(), reply->size(), 0) == static_cast<ssize_t>(reply->size()));
  }
}

int Lab::address_events() const {
  int fd = -1;
  std::thread inside([&] {  // a socket keeps the namespace of the thread that opened it
    enter(workload_);
    fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_IPV6_IFADDR;
    CHECK(fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  });
  inside.join();
  return fd;
}

Finished Lab::run_in_workload(std::vector<std::string> argv) const {
  argv.insert(argv.begin(), {"ip", "netns", "exec", workload_});
  return run(argv);
}

}  // namespace tarn::answer
