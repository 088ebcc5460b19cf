#include "residue.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

// Rows of the switch's database by what somebody wrote there; the switch's own columns (statistics, states) come and
// go.
const std::vector<std::pair<const char*, const char*>>& tables() {
  static const std::vector<std::pair<const char*, const char*>> columns{
      {"Bridge", "name,datapath_type,fail_mode,external_ids,other_config"},
      {"Port", "name,tag,trunks,external_ids,other_config"},
      {"Interface", "name,type,ofport,ofport_request,external_ids,options,other_config"},
      {"QoS", "type,external_ids,other_config"},
      {"Queue", "external_ids,other_config"}};
  return columns;
}

using Keep = std::string (*)(const std::string& line);

std::string as_it_is(const std::string& line) {
  return line;
}
// The first line of OpenFlow's answers names the answer, with a number that grows.
std::string without_heading(const std::string& line) {
  return line.starts_with("OFPST_") ? std::string() : line;
}
std::string first_word(const std::string& line) {
  return line.substr(0, line.find_first_of(" @"));
}

Status add_lines(const sandbox::Argv& command, Keep keep, std::multiset<std::string>& lines) {
  const Result<std::string> said = sandbox::must_run(command);
  if (!said) return std::unexpected(said.error());
  std::istringstream text(*said);
  for (std::string line; std::getline(text, line);) {
    if (std::string kept = keep(line); !kept.empty()) lines.insert(std::move(kept));
  }
  return {};
}

std::vector<std::string> difference(const std::multiset<std::string>& one, const std::multiset<std::string>& other) {
  std::vector<std::string> lines;
  std::ranges::set_difference(one, other, std::back_inserter(lines));
  return lines;
}

}  // namespace

Result<Holdings> holdings_of(const sandbox::Host& host) {
  Holdings holdings;
  struct Question {
    const char* kind;
    sandbox::Argv command;
    Keep keep;
  };
  std::vector<Question> questions{
      {"flows", host.ofctl({"--no-stats", "--no-names", "dump-flows", "br-int"}), without_heading},
      {"meters", host.ofctl({"dump-meters", "br-int"}), without_heading},
      {"groups", host.ofctl({"--no-names", "dump-groups", "br-int"}), without_heading},
      {"links", sandbox::ip_in(host.netns(), {"-br", "link"}), first_word},
      {"addresses", sandbox::ip_in(host.netns(), {"-br", "-4", "addr"}), as_it_is}};
  for (const auto& [table, columns] : tables()) {
    questions.push_back(
        {"database rows",
         host.vsctl({"--format=csv", "--no-headings", std::string("--columns=") + columns, "list", table}), as_it_is});
  }
  for (const Question& question : questions) {
    if (Status added = add_lines(question.command, question.keep, holdings[question.kind]); !added) {
      return std::unexpected(added.error());
    }
  }
  return holdings;
}

std::vector<Residue> residue_of(const Holdings& before, const Holdings& after) {
  std::vector<Residue> residues;
  for (const auto& [kind, lines] : before) {
    const std::multiset<std::string>& now = after.at(kind);
    residues.push_back({kind, std::ssize(lines), std::ssize(now), difference(now, lines), difference(lines, now)});
  }
  return residues;
}

}  // namespace tarn::bench
