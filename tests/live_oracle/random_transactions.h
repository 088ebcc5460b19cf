// Random OVSDB transactions over the tables of the model: good ones that plug and unplug, and bad ones of every kind
// that a client can send. Owned by one test; its chance comes from the Choice it is given.
//
// Left out because the model does not have it (sim/ovs_database.h): conditions other than "==", waiting for a time or
// for "!=", arithmetic mutators, row uuids chosen by the client, locks, `commit` and `assert`, whole rows of a select
// (real rows have further columns), and the end of the root row. Left out too is the table sFlow: its `targets` must
// not be empty, so that a row made without them has "", which a cluster's server goes on showing when they are set.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "rt/choice.h"
#include "sim/ovs_database.h"

namespace tarn::test {

// Every column that the model has of a table, and "_uuid".
std::vector<std::string> columns_of(const std::string& table);

class RandomTransactions {
 public:
  // Draws rows and values from what `database` holds at each time.
  RandomTransactions(rt::Choice& choice, const sim::OvsDatabase& database) : choice_(choice), database_(database) {}

  // Some operations, as in the parameters of "transact" behind the database's name.
  boost::json::array next();

 private:
  bool one_in(std::uint32_t count) { return choice_.below(count) == 0; }
  std::string any_of(const std::vector<std::string>& pool);

  void plug(boost::json::array& operations);
  void make_bridge(boost::json::array& operations);
  void let_go(boost::json::array& operations);
  boost::json::object random_operation();
  boost::json::object spoilt(boost::json::object operation);
  boost::json::object insert();
  boost::json::object update();
  boost::json::object mutate();
  boost::json::object wait();

  std::string table();
  std::string column(const std::string& table);
  boost::json::array where(const std::string& table);
  boost::json::object row(const std::string& table, std::size_t columns);
  boost::json::value value(const std::string& table, const std::string& column);
  boost::json::value atom(const std::string& table, const std::string& column);
  boost::json::value reference(std::string_view table);
  boost::json::value stored(const std::string& table, const std::string& column);
  std::string fresh_name() { return "new" + std::to_string(names_.size()); }

  rt::Choice& choice_;
  const sim::OvsDatabase& database_;
  std::vector<std::string> names_;  // uuid-names of the transaction in the making
};

}  // namespace tarn::test
