// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weir/base/hash256.h"
#include "weir/hash/picture/pdq_plain.h"

namespace weir {

// How many bits a PDQ tells of its picture, 0 to kPdqBits (decision 0014). Of the 256 coefficients
// those count that are no mere rest of what the samples hold; and of their signs as many bits as it
// takes to write them down, given that each is the product of a sign of its row and one of its
// column but for so many errors. Photographs take more than a hundred, nearly all of them 200;
// bricks, checkers and grids, which are such products, a few.
int pdq_information(const plain::Coefficients& coefficients, const plain::Samples& samples);

// The same of a hash whose picture is not known: that much or less.
int pdq_information(const Hash256& hash);

}  // namespace weir
