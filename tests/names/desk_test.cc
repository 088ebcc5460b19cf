// What is answered, by what is known of one network.
#include <gmock/gmock.h>

#include "things.h"

namespace tarn::names::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Desk : public testing::Test {
 protected:
  Said said(const Asked& asked, Transport transport = Transport::datagram) const {
    const Verdict verdict = judge(wire(asked), &zone, transport);
    const auto* answered = std::get_if<Answered>(&verdict);
    return answered == nullptr ? Said{} : read(answered->reply);
  }
  bool sent_on(const Asked& asked) const {
    return std::holds_alternative<SentOn>(judge(wire(asked), &zone, Transport::datagram));
  }
  Zone zone{some_names()};
};

TEST_F(Desk, a_name_has_its_addresses_of_the_kind_that_is_asked_for) {
  const Said four = said({.name = "web.openstacklocal."});
  EXPECT_EQ(four.code, 0);
  EXPECT_TRUE(four.authoritative && four.recursion_available);
  EXPECT_FALSE(four.truncated);
  EXPECT_THAT(four.answers, ElementsAre("web.openstacklocal. 5 IN A 10.0.0.5"));
  EXPECT_THAT(said({.name = "web.openstacklocal.", .type = aaaa}).answers,
              ElementsAre("web.openstacklocal. 5 IN AAAA 2001:db8::5"));
}

TEST_F(Desk, a_name_without_dots_is_one_of_the_networks) {
  EXPECT_THAT(said({.name = "web."}).answers, ElementsAre("web. 5 IN A 10.0.0.5"));
  EXPECT_TRUE(sent_on({.name = "nobody."}));
}

// RFC 4343; and who asks in a spelling of its own (against forged answers) gets that spelling back.
TEST_F(Desk, the_case_of_letters_means_nothing_and_stays_as_it_was_asked) {
  const Said told = said({.name = "wEb.OpenStackLocal."});
  EXPECT_EQ(told.question, "wEb.OpenStackLocal.");
  EXPECT_THAT(told.answers, ElementsAre("wEb.OpenStackLocal. 5 IN A 10.0.0.5"));
}

TEST_F(Desk, no_such_name_and_nothing_of_that_kind_are_told_apart) {
  const Said nobody = said({.name = "nobody.openstacklocal."});
  EXPECT_EQ(nobody.code, 3);
  EXPECT_THAT(nobody.authority, ElementsAre(HasSubstr("openstacklocal. 5 IN SOA")));
  for (const Asked& asked : {Asked{.name = "web.openstacklocal.", .type = mx}, Asked{.name = "openstacklocal."},
                             Asked{.name = "host-10-0-0-9.openstacklocal.", .type = aaaa}}) {
    const Said nothing = said(asked);
    EXPECT_EQ(nothing.code, 0) << asked.name;
    EXPECT_THAT(nothing.answers, IsEmpty());
    EXPECT_THAT(nothing.authority, ElementsAre(HasSubstr("openstacklocal. 5 IN SOA")));
  }
}

// RFC 8020: what is above a name exists.
TEST_F(Desk, what_is_between_a_name_and_the_domain_exists) {
  EXPECT_THAT(said({.name = "db.tier.openstacklocal."}).answers,
              ElementsAre("db.tier.openstacklocal. 5 IN A 10.0.0.7"));
  EXPECT_EQ(said({.name = "tier.openstacklocal."}).code, 0);
  EXPECT_EQ(said({.name = "web.tier.openstacklocal."}).code, 3);
}

TEST_F(Desk, the_domain_says_who_answers_for_it) {
  EXPECT_THAT(said({.name = "openstacklocal.", .type = soa}).answers,
              ElementsAre(HasSubstr("openstacklocal. 5 IN SOA openstacklocal. . ")));
}

TEST_F(Desk, an_address_has_its_name) {
  EXPECT_THAT(said({.name = "5.0.0.10.in-addr.arpa.", .type = ptr}).answers,
              ElementsAre("5.0.0.10.in-addr.arpa. 5 IN PTR web.openstacklocal."));
  const std::string six = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.IP6.arpa.";
  EXPECT_THAT(said({.name = six, .type = ptr}).answers, ElementsAre(six + " 5 IN PTR web.openstacklocal."));
  EXPECT_EQ(said({.name = "5.0.0.10.in-addr.arpa."}).code, 0);
  for (const char* other : {"6.0.0.10.in-addr.arpa.", "0.0.10.in-addr.arpa.", "05.0.0.10.in-addr.arpa.",
                            "1.5.0.0.10.in-addr.arpa.", "in-addr.arpa.", "5.0.0.ip6.arpa."})
    EXPECT_TRUE(sent_on({.name = other, .type = ptr})) << other;
}

TEST_F(Desk, other_names_are_for_others_to_say) {
  for (const char* other : {"example.org.", "web.example.org.", ".", "notopenstacklocal."})
    EXPECT_TRUE(sent_on({.name = other})) << other;
}

TEST_F(Desk, some_questions_are_refused_whatever_they_name) {
  for (const char* name : {"web.openstacklocal.", "example.org."}) {
    EXPECT_EQ(said({.name = name, .type = any}).code, 5);
    EXPECT_EQ(said({.name = name, .type = axfr}).code, 5);
    EXPECT_EQ(said({.name = name, .question_class = chaos}).code, 5);
    EXPECT_EQ(said({.name = name, .opcode = 5}).code, 4);
  }
}

TEST_F(Desk, nothing_is_said_of_a_network_that_is_not_known) {
  for (const char* name : {"web.openstacklocal.", "example.org."}) {
    const Verdict verdict = judge(wire({.name = name}), nullptr, Transport::datagram);
    EXPECT_EQ(read(std::get<Answered>(verdict).reply).code, 2);
  }
}

TEST_F(Desk, edns_is_answered_with_edns_and_none_with_none) {
  EXPECT_FALSE(said({.name = "web.openstacklocal."}).edns_bytes.has_value());
  EXPECT_EQ(said({.name = "web.openstacklocal.", .edns_bytes = 4096}).edns_bytes, 1232);
  const Said strange = said({.name = "web.openstacklocal.", .edns_bytes = 4096, .edns_version = 1});
  EXPECT_EQ(strange.code, 16);
  EXPECT_THAT(strange.answers, IsEmpty());
}

// Each address takes 16 bytes.
TEST_F(Desk, what_does_not_fit_says_so_and_fits_by_tcp) {
  domain::NameFile::Spec many = some_names();
  for (std::uint32_t i = 0; i < 100; ++i) many.names.push_back({"many.openstacklocal.", Ip::from_v4(0x0a000100 + i)});
  for (std::uint32_t i = 0; i < 50; ++i) many.names.push_back({"some.openstacklocal.", Ip::from_v4(0x0a000200 + i)});
  zone = Zone(many);
  struct Case {
    const char* name;
    std::optional<std::uint16_t> edns_bytes;
    bool fits;
  };
  for (const Case& each : {Case{"many.openstacklocal.", std::nullopt, false},
                           {"many.openstacklocal.", 4096, false},
                           {"some.openstacklocal.", std::nullopt, false},
                           {"some.openstacklocal.", 1232, true},
                           {"some.openstacklocal.", 0, false},
                           {"web.openstacklocal.", 0, true}}) {
    const Asked asked{.name = each.name, .edns_bytes = each.edns_bytes};
    const Said told = said(asked);
    EXPECT_EQ(told.truncated, !each.fits) << each.name;
    EXPECT_EQ(told.answers.empty(), !each.fits);
    EXPECT_LE(told.size, std::clamp<std::size_t>(each.edns_bytes.value_or(0), 512, 1232));
    EXPECT_FALSE(said(asked, Transport::stream).truncated);
    EXPECT_FALSE(said(asked, Transport::stream).answers.empty());
  }
  EXPECT_EQ(said({.name = "many.openstacklocal."}, Transport::stream).answers.size(), 100U);
}

TEST_F(Desk, what_nobody_can_read_is_said_to_be_malformed_or_left) {
  const Bytes whole = wire({.name = "web.openstacklocal.", .edns_bytes = 1232});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const Verdict verdict = judge(part, &zone, Transport::datagram);
    if (size < 12) {
      EXPECT_TRUE(std::holds_alternative<Left>(verdict)) << size;
    } else {
      EXPECT_EQ(read(std::get<Answered>(verdict).reply).code, 1) << size;
    }
  }
  Bytes answer = whole;
  answer[2] |= 0x80;
  EXPECT_TRUE(std::holds_alternative<Left>(judge(answer, &zone, Transport::datagram)));
  Bytes two = whole;
  two[5] = 2;
  EXPECT_EQ(read(std::get<Answered>(judge(two, &zone, Transport::datagram)).reply).code, 1);
}

// A pointer to itself (RFC 1035 section 4.1.4).
TEST_F(Desk, a_name_without_end_is_malformed) {
  const Bytes endless{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1};
  EXPECT_EQ(read(std::get<Answered>(judge(endless, &zone, Transport::datagram)).reply).code, 1);
}

TEST_F(Desk, names_that_no_message_can_carry_are_not_known) {
  domain::NameFile::Spec file = some_names();
  const std::string label(63, 'x');
  const std::string most = label + "." + label + "." + label + ".";
  file.names.push_back({most + "openstacklocal.", ip("10.0.0.20")});
  file.names.push_back({most + label + ".openstacklocal.", ip("10.0.0.21")});
  zone = Zone(file);
  EXPECT_EQ(zone.addresses_of(most + label + ".openstacklocal."), nullptr);
  EXPECT_THAT(said({.name = most + "openstacklocal."}).answers, testing::SizeIs(1));
}

TEST(Passing, an_answer_too_large_for_the_asker_says_so) {
  const auto question = std::get<Question>(read_question(wire({.name = "example.org."})));
  EXPECT_EQ(passed_on(question, Bytes(512, 1), Transport::datagram), Bytes(512, 1));
  EXPECT_EQ(passed_on(question, Bytes(513, 1), Transport::stream), Bytes(513, 1));
  const Said cut = read(passed_on(question, Bytes(513, 1), Transport::datagram));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.code, 0);
}

}  // namespace
}  // namespace tarn::names::test
