// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/sandbox/decoder.h"

namespace weir {

// Whether an answer that can be read is one to what was asked. A worker that a file has taken over
// answers whatever it likes, and what it answers goes on into the search, the alignment and the
// store, so it must not be more than an honest worker could say.
//
// Example: a picture is asked for its PDQ and up to 500 features. An answer with 4,000 features, or
// with a vPDQ that nobody asked for, is refused.
//
// Counter-example: whether the signals are those of the file cannot be told. A worker that was
// taken over may answer with the PDQ of another picture, for the file that took it over.
//
// Errors: corrupt, naming what is wrong.
Status check_answer(const ItemSignals& item, const DecodeWants& wants, const Limits& limits);

}  // namespace weir
