// SPDX-License-Identifier: Apache-2.0
#include "server/http/wire.h"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

const std::string kHead =
    "POST /v1/banks HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Outcome {
  std::string body;
  std::string left;  // of what was sent
  bool done = false;
  bool malformed = false;
};

// Bytes as a connection hands them on: all it has and has not been taken, each time some came.
Outcome outcome(std::string_view bytes, size_t piece) {
  WireParser parser(4096);
  Outcome out;
  while (!bytes.empty() && !parser.done()) {
    out.left += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (size_t taken = 1; taken > 0 && !parser.done();) {
      const auto result = parser.take(out.left);
      out.malformed = !result;
      if (out.malformed) return out;
      taken = *result;
      out.left.erase(0, taken);
      out.body += parser.piece();
    }
  }
  out.left += bytes;
  out.done = parser.done();
  return out;
}

TEST(WireParser, AChunkedBodyMayComeInAnyPieces) {
  for (const std::string trailer : {"", "T: x\r\n", "T: x\r\nLonger: yes\r\n"})
    for (const std::string chunks : {"", "2\r\nAB\r\n", "1;x=\"y\"\r\nA\r\n1\r\nB\r\n"}) {
      const std::string request = kHead + chunks + "0\r\n" + trailer + "\r\n";
      for (size_t piece = 1; piece <= request.size() + 2; ++piece) {
        const Outcome got = outcome(request + "GE", piece);
        EXPECT_TRUE(got.done) << chunks << trailer << " in " << piece;
        EXPECT_EQ(got.body, chunks.empty() ? "" : "AB") << piece;
        EXPECT_EQ(got.left, "GE") << piece;
      }
    }
}

TEST(WireParser, AChunkedBodyThatBreaksOffIsNotDone) {
  const std::string request = kHead + "2\r\nAB\r\n0\r\n\r\n";
  for (size_t cut = kHead.size(); cut < request.size(); ++cut)
    for (size_t piece = 1; piece <= cut; ++piece) {
      const Outcome got = outcome(std::string_view(request).substr(0, cut), piece);
      EXPECT_FALSE(got.done || got.malformed) << cut << " " << piece;
    }
}

TEST(WireParser, ChunksOfNoSizeAreMalformedInAnyPieces) {
  for (const std::string chunks : {"\r\n", "zz\r\n", "1\r\nABC\r\n0\r\n\r\n"})
    for (size_t piece = 1; piece <= kHead.size() + chunks.size(); ++piece)
      EXPECT_TRUE(outcome(kHead + chunks, piece).malformed) << chunks << " in " << piece;
}

}  // namespace
}  // namespace weir::http
