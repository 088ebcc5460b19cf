// Two network namespaces joined by a veth pair: a workload with the sample port's MAC in one, and in the other a thread
// that hands every frame to answer() and sends back what it returns. Owned by one test; removed with it.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "answer/values.h"

namespace tarn::answer {

// Starts `argv` and waits for its end; what it wrote to stdout and stderr. Ends the test program if it cannot start.
struct Finished {
  int code = 0;
  std::string output;
};
Finished run(const std::vector<std::string>& argv);

class Lab {
 public:
  explicit Lab(PortAnswers port);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  // In the workload's namespace, where its interface is eth0.
  Finished run_in_workload(std::vector<std::string> argv) const;
  // A socket of the workload's kernel that is readable whenever an IPv6 address changed; the caller closes it.
  int address_events() const;

 private:
  void serve(int socket) const;

  PortAnswers port_;
  std::string workload_;
  std::string host_;
  std::atomic<bool> stop_{false};
  std::thread server_;
};

}  // namespace tarn::answer
