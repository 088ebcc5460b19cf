// The segments of a network as rows. Each network has one that says what the network itself says, made and removed with
// it; more come by the request-only word `segments` of a new network, a list of {type, physical_network,
// segmentation_id}, or one by one as resources of their own.
#pragma once

#include "model/admit/rules.h"

namespace tarn::model::admission {

// The segment of the new network itself. Errors: as choose_segment; SegmentsSetInConjunctionWithProviders.
Result<Snapshot::Segment> first_segment(const Draft& draft, const Request& request, const Network& wanted);

// The rows of a network that was just made. Errors: as choose_segment.
Status make_segments(Draft& draft, const Request& request, const Network& network);
void remove_segments(Draft& draft, NetworkId network);

// `segment` of a subnet: one of its network, and every subnet of a network has one or none has. `before` is null for a
// new subnet. Errors: SegmentNotFound, NetworkIdsDontMatch, SubnetsNotAllAssociatedWithSegments,
// SubnetSegmentAssociationChangeNotAllowed, NoUpdateSubnetWhenMultipleSegmentsOnNetwork.
Status check_subnet_segment(const Draft& draft, const Subnet* before, const Subnet& subnet);

}  // namespace tarn::model::admission
