// docs/api.md says what the table says. TARN_UPDATE=1 in the environment rewrites the page instead of failing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "api/dialect/attribute.h"

namespace tarn::api::test {
namespace {

TEST(ApiPage, SaysWhatTheTableSays) {
  std::ifstream in(TARN_API_PAGE);
  std::stringstream whole;
  whole << in.rdbuf();
  const std::string text = whole.str();
  const std::string mark = "differ. -->\n\n";
  const std::size_t cut = text.find(mark);
  ASSERT_NE(cut, std::string::npos);
  const std::string wanted = text.substr(0, cut + mark.size()) + dialect::page(dialect::table());
  if (std::getenv("TARN_UPDATE") != nullptr)
    std::ofstream(TARN_API_PAGE) << wanted;
  else
    EXPECT_EQ(text, wanted) << "run with TARN_UPDATE=1 to rewrite docs/api.md";
}

}  // namespace
}  // namespace tarn::api::test
