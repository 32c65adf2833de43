// SPDX-License-Identifier: Apache-2.0
#include "server/sandbox/still_look.h"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

bool is_still(const std::string& text) {
  MemorySource file({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  return is_surely_still(file);
}

std::string chunk(const std::string& name, size_t length) {
  std::string out{'\0', '\0', static_cast<char>(length >> 8), static_cast<char>(length)};
  return out + name + std::string(length + 4, 'x');
}
const std::string kPng = "\x89PNG\r\n\x1a\n" + chunk("IHDR", 13);

TEST(StillLook, APngIsStillUnlessItsHeadSaysThatItMoves) {
  EXPECT_TRUE(is_still(kPng + chunk("IDAT", 100)));
  EXPECT_TRUE(is_still(kPng + chunk("iCCP", 9'000) + chunk("IDAT", 100)));
  EXPECT_FALSE(is_still(kPng + chunk("acTL", 8) + chunk("IDAT", 100)));
  EXPECT_FALSE(is_still(kPng + chunk("iCCP", 9'000) + chunk("acTL", 8) + chunk("IDAT", 100)));
  EXPECT_FALSE(is_still(kPng));
}

// One picture of a GIF: descriptor, code size, a block of data and its end.
const std::string kGif = std::string("GIF89a\1\0\1\0\0\0\0", 13);
const std::string kImage = std::string("\x2c\0\0\0\0\1\0\1\0\0\2\3abc\0", 16);

TEST(StillLook, AGifIsStillWhenItEndsAfterOnePicture) {
  EXPECT_TRUE(is_still(kGif + kImage + ";"));
  EXPECT_FALSE(is_still(kGif + kImage + kImage + ";"));
  EXPECT_FALSE(is_still(kGif + kImage));
  EXPECT_TRUE(is_still(kGif + std::string("\x21\xf9\4\0\0\0\0\0", 8) + kImage + ";"));
  // Its colours are passed over, whatever they look like.
  const std::string with_colours = std::string("GIF89a\1\0\1\0\x80\0\0;;;,,,", 19);
  EXPECT_TRUE(is_still(with_colours + kImage + ";"));
}

TEST(StillLook, OthersAreToldByTheirHead) {
  EXPECT_TRUE(is_still("\xff\xd8\xff\xe0 and so on"));
  EXPECT_TRUE(is_still("BM and so on"));
  EXPECT_TRUE(is_still("RIFF....WEBPVP8L and so on"));
  EXPECT_TRUE(is_still(std::string("RIFF....WEBPVP8X\x0a\0\0\0\x10", 21)));
  EXPECT_FALSE(is_still(std::string("RIFF....WEBPVP8X\x0a\0\0\0\x12", 21)));
  EXPECT_TRUE(
      is_still(std::string("\0\0\0\x18"
                           "ftypavif\0\0\0\0mif1avif",
                           24)));
  EXPECT_FALSE(
      is_still(std::string("\0\0\0\x18"
                           "ftypavif\0\0\0\0mif1avis",
                           24)));
  for (const char* other : {"", "B", "\xff\xd8", "....ftypisom", "....ftypavis", "....ftypmsf1",
                            "\x1a\x45\xdf\xa3", "II*", "RIFF....AVI "})
    EXPECT_FALSE(is_still(other)) << other;
}

}  // namespace
}  // namespace weir
