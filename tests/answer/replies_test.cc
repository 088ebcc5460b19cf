// Each request and each expected reply was built by Scapy (fixtures/make_frames.py), down to the checksums.
#include <gtest/gtest.h>

#include "answer/fixtures/frames.h"
#include "answer/sample.h"

namespace tarn::answer {
namespace {

TEST(Dhcp4Answers, ADiscoverIsOfferedThePortsOwnAddress) {
  EXPECT_EQ(reply_hex(frames::discover), frames::offer);
}

TEST(Dhcp4Answers, AClientThatCannotReceiveUnicastYetIsAnsweredByBroadcast) {
  EXPECT_EQ(reply_hex(frames::discover_broadcast), frames::offer_broadcast);
}

TEST(Dhcp4Answers, AClientWithoutIdentifierOrRequestListGetsEverything) {
  EXPECT_EQ(reply_hex(frames::discover_plain), frames::offer_plain);
}

TEST(Dhcp4Answers, NamesAreToldOnlyToClientsThatAskForThemButRoutesAndMtuAlways) {
  EXPECT_EQ(reply_hex(frames::discover_few), frames::offer_few);
}

TEST(Dhcp4Answers, ASelectedOfferIsAcknowledged) {
  EXPECT_EQ(reply_hex(frames::request_selecting), frames::ack);
}

TEST(Dhcp4Answers, AClientThatReturnsWithItsAddressIsAcknowledged) {
  EXPECT_EQ(reply_hex(frames::request_reboot), frames::ack);
}

TEST(Dhcp4Answers, ARenewalIsAcknowledgedToTheClientsAddress) {
  EXPECT_EQ(reply_hex(frames::request_renewing), frames::ack_renewed);
}

TEST(Dhcp4Answers, AnotherAddressThanThePortsIsRefusedByBroadcast) {
  EXPECT_EQ(reply_hex(frames::request_reboot_wrong), frames::nak);
  EXPECT_EQ(reply_hex(frames::request_selecting_wrong), frames::nak);
  EXPECT_EQ(reply_hex(frames::request_rebinding_wrong), frames::nak);
}

TEST(Dhcp4Answers, AnInformIsToldTheConfigurationWithoutALease) {
  EXPECT_EQ(reply_hex(frames::inform), frames::ack_informed);
}

TEST(Dhcp4Answers, WhatIsNotForUsStaysUnanswered) {
  for (const std::string_view frame :
       {frames::request_other_server, frames::request_nothing, frames::decline, frames::release,
        frames::discover_relayed, frames::discover_other_chaddr, frames::discover_other_source, frames::offer}) {
    EXPECT_EQ(reply_hex(frame), "silence");
  }
}

TEST(Dhcp6Answers, ASolicitIsOfferedThePortsAddress) {
  EXPECT_EQ(reply_hex(frames::solicit), frames::advertise);
}

TEST(Dhcp6Answers, RapidCommitSkipsTheSecondExchange) {
  EXPECT_EQ(reply_hex(frames::solicit_rapid), frames::reply_rapid);
}

TEST(Dhcp6Answers, OnlyTheFirstAssociationHoldsThePortsAddress) {
  EXPECT_EQ(reply_hex(frames::solicit_two), frames::advertise_two);
}

TEST(Dhcp6Answers, RequestRenewAndRebindAreGrantedTheSameLease) {
  EXPECT_EQ(reply_hex(frames::request6), frames::reply);
  EXPECT_EQ(reply_hex(frames::renew), frames::reply);
  EXPECT_EQ(reply_hex(frames::rebind), frames::reply);
}

TEST(Dhcp6Answers, AnAddressThatIsNotThePortsIsWithdrawnOnRenewal) {
  EXPECT_EQ(reply_hex(frames::renew_wrong), frames::reply_withdrawn);
}

TEST(Dhcp6Answers, AConfirmSaysWhetherTheAddressesWork) {
  EXPECT_EQ(reply_hex(frames::confirm), frames::reply_success);
  EXPECT_EQ(reply_hex(frames::confirm_wrong), frames::reply_not_on_link);
  EXPECT_EQ(reply_hex(frames::confirm_empty), "silence");
}

TEST(Dhcp6Answers, ReleaseAndDeclineSucceed) {
  EXPECT_EQ(reply_hex(frames::release6), frames::reply_success);
  EXPECT_EQ(reply_hex(frames::decline6), frames::reply_success);
}

TEST(Dhcp6Answers, AnInformationRequestGetsOnlyWhatItAsksFor) {
  EXPECT_EQ(reply_hex(frames::information), frames::reply_information);
  EXPECT_EQ(reply_hex(frames::information_unasked), frames::reply_information_unasked);
}

TEST(Dhcp6Answers, WhatIsNotForUsStaysUnanswered) {
  EXPECT_EQ(reply_hex(frames::request6_other_server), "silence");
  EXPECT_EQ(reply_hex(frames::solicit_nameless), "silence");
  EXPECT_EQ(reply_hex(frames::advertise), "silence");
}

TEST(RouterAnswers, ASolicitationIsAnsweredToTheOneWhoAsked) {
  EXPECT_EQ(reply_hex(frames::solicitation), frames::advertisement);
}

TEST(RouterAnswers, AHostWithoutAddressIsAnsweredByMulticast) {
  EXPECT_EQ(reply_hex(frames::solicitation_unspecified), frames::advertisement_to_all);
}

TEST(RouterAnswers, TheUnsolicitedAdvertisementIsTheMulticastOne) {
  EXPECT_EQ(to_hex(*unsolicited_advertisement(sample_port())), frames::advertisement_to_all);
  PortAnswers silent = sample_port();
  silent.advertisement.reset();
  EXPECT_FALSE(unsolicited_advertisement(silent).has_value());
}

TEST(RouterAnswers, AForwardedOrInconsistentSolicitationStaysUnanswered) {
  EXPECT_EQ(reply_hex(frames::solicitation_forwarded), "silence");
  EXPECT_EQ(reply_hex(frames::solicitation_unspecified_with_link), "silence");
}

TEST(Answers, WhatThePortIsNotGivenIsNotAnswered) {
  const PortAnswers bare{.target = 1, .mac = sample_port().mac, .dhcp4 = {}, .dhcp6 = {}, .advertisement = {}};
  for (const std::string_view frame : {frames::discover, frames::solicit, frames::solicitation}) {
    EXPECT_EQ(reply_hex(bare, frame), "silence");
  }
}

}  // namespace
}  // namespace tarn::answer
