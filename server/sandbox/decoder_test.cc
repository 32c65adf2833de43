// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/decoder.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "server/sandbox/socket.h"

namespace weir {
namespace {

// A "file" that tells the probe what to do.
Fd file_of(const std::string& text) {
  Fd file(memfd_create("probe", MFD_CLOEXEC));
  EXPECT_EQ(write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return file;
}

DecoderOptions probe_options() {
  DecoderOptions options;
  options.program = WEIR_BINARY_DIR "/../probe/decode_probe";
  options.workers = 1;
  return options;
}

class Probe : public testing::Test {
 protected:
  void SetUp() override { start(probe_options()); }
  void start(const DecoderOptions& options) {
    auto started = Decoder::start(options);
    ASSERT_TRUE(started) << started.error().message;
    decoder_ = std::move(*started);
  }
  Result<ItemSignals> tell(const std::string& text, const DecodeWants& wants = {}) {
    return decoder_->decode(file_of(text).get(), wants);
  }
  // The note of the answer, or the error.
  std::string answer(const std::string& text) {
    const auto item = tell(text);
    return item ? item->note : std::string(name_of(item.error().code)) + ": " + item.error().message;
  }
  std::unique_ptr<Decoder> decoder_;
};

TEST_F(Probe, AnswersOneFile) { EXPECT_EQ(answer("hello there"), "there"); }

}  // namespace
}  // namespace weir
