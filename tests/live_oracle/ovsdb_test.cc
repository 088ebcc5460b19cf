// The model database of the simulation against a real ovsdb-server: random transactions, sent to both in the same
// order, get the same results, leave the same rows, and are told to monitors in the same words.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "live_oracle/database_sides.h"
#include "live_oracle/random_transactions.h"
#include "support/oracle_seed.h"

namespace tarn::test {
namespace {

namespace json = boost::json;

constexpr unsigned transactions_in_a_round = 1000;
constexpr unsigned resumptions_every = 20;
const std::vector<std::string> tables{"Open_vSwitch", "Bridge", "Port", "Interface", "Controller", "IPFIX", "sFlow"};

// Applies `change` to every string inside, member names too.
json::value with_strings(const json::value& value, const std::function<json::string(const json::string&)>& change) {
  if (const auto* text = value.if_string()) return change(*text);
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& each : *array) result.push_back(with_strings(each, change));
    return result;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return value;
  json::object result;
  for (const auto& [key, content] : *object) result[change(json::string(key))] = with_strings(content, change);
  return result;
}

// Sets, maps and the rows of a select have no order: here they get one.
json::value ordered(const json::value& value) {
  if (const auto* array = value.if_array()) {
    const bool tagged = array->size() == 2 && ((*array)[0] == "set" || (*array)[0] == "map") && (*array)[1].is_array();
    json::array result;
    for (const auto& each : *array) result.push_back(ordered(each));
    if (tagged) std::ranges::sort(result[1].get_array(), {}, [](const json::value& each) { return serialize(each); });
    return result;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return value;
  json::object result;
  for (const auto& [key, content] : *object) result[key] = ordered(content);
  if (auto* rows = result.if_contains("rows"))
    std::ranges::sort(rows->as_array(), {}, [](const json::value& row) { return serialize(row.at("_uuid")); });
  // The wording of an error is the server's own.
  if (result.contains("error")) {
    result.erase("details");
    result.erase("syntax");
  }
  return result;
}

json::array monitored() {
  json::object requests;
  for (const std::string& table : tables) {
    json::array columns;
    for (const std::string& column : columns_of(table)) {
      if (column != "_uuid") columns.push_back(json::value(column));
    }
    requests[table] = json::array{json::object{{"columns", std::move(columns)}}};
  }
  return {"Open_vSwitch", "watch", std::move(requests)};
}

struct Ids {  // of one commit that a monitor was told
  std::string real;
  std::string model;
};
const Ids never{"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"};

class OvsdbOracle : public testing::Test {
 protected:
  explicit OvsdbOracle(DatabaseKind kind) : real_side_(kind), model_side_(kind) {}

  // The words of the real server with the model's uuids in place of its own.
  json::value translated(const json::value& value) const {
    return ordered(with_strings(value, [this](const json::string& text) {
      const auto found = model_uuid_.find(std::string(text));
      return found != model_uuid_.end() ? json::string(found->second) : text;
    }));
  }
  json::array for_real(const json::array& operations) const {
    return with_strings(operations,
                        [this](const json::string& text) {
                          const auto found = real_uuid_.find(std::string(text));
                          return found != real_uuid_.end() ? json::string(found->second) : text;
                        })
        .as_array();
  }
  static json::array in_database(const json::array& operations) {
    json::array params{"Open_vSwitch"};
    params.insert(params.end(), operations.begin(), operations.end());
    return params;
  }
  void pair(const json::value& real, const json::value& model) {
    const std::string ours(model.as_array().at(1).as_string());
    const std::string theirs(real.as_array().at(1).as_string());
    model_uuid_[theirs] = ours;
    real_uuid_[ours] = theirs;
  }

  // Both begin with the root row, and are watched from there.
  void begin() {
    const json::object root{{"op", "insert"}, {"table", "Open_vSwitch"}, {"row", json::object()}};
    const auto real = real_.call("transact", in_database({root}));
    pair(real.at("result").at(0).at("uuid"), json::array{"uuid", model_side_.database.root().text()});
    EXPECT_FALSE(watch(real_watcher_, model_watcher_, never));
  }

  // A monitor from `since` on gets the same from both. Answers whether they went on from there; a real server may have
  // forgotten what the model still knows (sim/model_ovsdb.h).
  bool watch(JsonRpc& real_client, ModelClient& model_client, const Ids& since) {
    const auto with = [](const std::string& last) {
      json::array params = monitored();
      params.push_back(json::value(last));
      return params;
    };
    const auto real = real_client.call("monitor_cond_since", with(since.real)).at("result").as_array();
    const bool found = real.at(0).as_bool();
    const auto model =
        model_client.call("monitor_cond_since", with(found ? since.model : never.model)).at("result").as_array();
    EXPECT_EQ(real.at(0), model.at(0));
    EXPECT_EQ(translated(real.at(2)), ordered(model.at(2)));
    EXPECT_EQ(real.at(1) == json::value(never.real), model.at(1) == json::value(never.model));
    return found;
  }

  void agree(const json::array& operations) {
    const auto model = model_.call("transact", in_database(operations)).at("result").as_array();
    const auto real = real_.call("transact", in_database(for_real(operations))).at("result").as_array();
    ASSERT_EQ(real.size(), model.size()) << serialize(real) << "\n" << serialize(model);
    for (std::size_t i = 0; i < real.size(); ++i) {
      const bool both_insert = real[i].is_object() && real[i].get_object().contains("uuid") && model[i].is_object() &&
                               model[i].get_object().contains("uuid");
      if (both_insert) pair(real[i].at("uuid"), model[i].at("uuid"));
      count(model[i]);
    }
    EXPECT_EQ(translated(real), ordered(model));
    agree_on_updates();
  }

  void count(const json::value& result) {
    const auto* object = result.if_object();
    const auto* error = object != nullptr ? object->if_contains("error") : nullptr;
    if (error != nullptr) ++errors_[std::string(error->as_string())];
  }

  void agree_on_updates() {
    real_watcher_.call("echo", {});  // what was to be told has been told by then
    const auto real = real_watcher_.take_heard();
    const auto model = model_watcher_.take_heard();
    ASSERT_EQ(real.size(), model.size()) << (real.empty() ? serialize(model.front()) : serialize(real.front()));
    for (std::size_t i = 0; i < real.size(); ++i) {
      EXPECT_EQ(real[i].at("method"), model[i].at("method"));
      EXPECT_EQ(translated(real[i].at("params").at(2)), ordered(model[i].at("params").at(2)));
      told_.push_back(
          {std::string(real[i].at("params").at(1).as_string()), std::string(model[i].at("params").at(1).as_string())});
    }
  }

  // A client that was away since some commit, or whom the server never saw. Answers whether it could go on.
  bool resume(rt::Choice& choice) {
    JsonRpc real(real_side_.socket());
    ModelClient model(model_side_);
    const Ids unknown{"aaaaaaaa-0000-4000-8000-000000000000", "aaaaaaaa-0000-4000-8000-000000000000"};
    const std::uint32_t back = choice.below(8);
    return watch(real, model, back >= told_.size() ? unknown : told_[told_.size() - 1 - back]);
  }

  void run(unsigned rounds) {
    begin();
    for (std::uint64_t seed = oracle_seed(); seed < oracle_seed() + rounds; ++seed) {
      rt::Seeded choice(seed);
      RandomTransactions random(choice, model_side_.database);
      for (unsigned i = 0; i < transactions_in_a_round; ++i) {
        const json::array operations = random.next();
        agree(operations);
        if (i % resumptions_every == 0 && resume(choice)) ++resumed_;
        ASSERT_FALSE(HasFailure()) << replay(seed) << ", transaction " << i << ": " << serialize(operations);
      }
    }
    // Many transactions changed something, and every kind of refusal was met.
    EXPECT_GT(told_.size(), rounds * transactions_in_a_round / 8);
    for (const char* error : {"syntax error", "constraint violation", "referential integrity violation", "timed out",
                              "aborted", "duplicate uuid-name", "unknown column"})
      EXPECT_GT(errors_[error], 5) << error;
  }

  RealDatabase real_side_;
  ModelDatabase model_side_;
  JsonRpc real_{real_side_.socket()};
  JsonRpc real_watcher_{real_side_.socket()};
  ModelClient model_{model_side_};
  ModelClient model_watcher_{model_side_};
  std::map<std::string, std::string> model_uuid_;
  std::map<std::string, std::string> real_uuid_;
  std::vector<Ids> told_;
  std::map<std::string, int> errors_;
  int resumed_ = 0;
};

class StandaloneOracle : public OvsdbOracle {
 protected:
  StandaloneOracle() : OvsdbOracle(DatabaseKind::standalone) {}
};
class ClusterOracle : public OvsdbOracle {
 protected:
  ClusterOracle() : OvsdbOracle(DatabaseKind::clustered) {}
};

TEST_F(StandaloneOracle, TheModelAnswersAsTheServerDoes) {
  run(8);
  EXPECT_EQ(resumed_, 0);
}

TEST_F(ClusterOracle, TheModelAnswersAsTheServerDoes) {
  run(4);
  EXPECT_GT(resumed_, 20);
}

}  // namespace
}  // namespace tarn::test
