// Network namespaces for peers that are many processes: who is inside is whom we started, or whom those started.
// Never given the name of a namespace that its user did not make.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rt/descriptor.h"
#include "sandbox/process.h"

namespace tarn::peers {

// Those inside but `spared`.
std::vector<sandbox::ProcessMark> processes_in(const std::string& network_namespace,
                                               const std::vector<pid_t>& spared = {});
// Ends every process inside but `spared` and the caller, at once: what they keep is thrown away with them.
void end_processes_in(const std::string& network_namespace, const std::vector<pid_t>& spared = {});

// One with its loopback up, which goes with this, and all processes inside with it.
class Namespace {
 public:
  // Errors: not root, or there is one of that name.
  static Result<std::unique_ptr<Namespace>> make(const std::string& name);
  ~Namespace();
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  explicit Namespace(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

// The calling thread is inside while this lives; a socket that it opens stays there.
class Visit {
 public:
  explicit Visit(const std::string& network_namespace);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  rt::Descriptor home_;
};

}  // namespace tarn::peers
