// SPDX-License-Identifier: Apache-2.0
#include "server/http/wire.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <cassert>

namespace weir::http {
namespace {

namespace beast = boost::beast;

// A Beast body that keeps only the bytes since it was last emptied.
struct PieceBody {
  using value_type = std::string;
  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(beast::http::header<isRequest, Fields>&, value_type& piece) : piece_(piece) {}
    void init(const boost::optional<uint64_t>&, beast::error_code& error) { error = {}; }
    template <class Buffers>
    size_t put(const Buffers& buffers, beast::error_code& error) {
      error = {};
      const size_t before = piece_.size();
      for (auto it = boost::asio::buffer_sequence_begin(buffers);
           it != boost::asio::buffer_sequence_end(buffers); ++it)
        piece_.append(static_cast<const char*>(it->data()), it->size());
      return piece_.size() - before;
    }
    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& piece_;
  };
};

// Beast's parser insists on having a last chunk's five bytes at least (0, and two ends of line)
// once it has seen that its size is 0 (basic_parser::parse_chunk_header(), Boost 1.81).
bool may_be_short_last_chunk(std::string_view bytes) {
  return bytes.size() < 5 && bytes.starts_with('0');
}

std::string text_of(beast::string_view text) {
  return std::string(text.data(), text.size());
}

}  // namespace

struct WireParser::Impl {
  beast::http::request_parser<PieceBody> parser;
  Head head;
  bool head_read = false;

  void read_head();
};

WireParser::WireParser(size_t header_bytes) : impl_(std::make_unique<Impl>()) {
  impl_->parser.header_limit(static_cast<uint32_t>(header_bytes));
  impl_->parser.body_limit(boost::none);  // counted where the body goes
}

WireParser::~WireParser() = default;

Result<size_t> WireParser::take(std::string_view bytes) {
  auto& parser = impl_->parser;
  parser.get().body().clear();
  if (bytes.empty() || done()) return size_t{0};
  if (impl_->head_read && parser.chunked() && may_be_short_last_chunk(bytes)) return size_t{0};
  parser.eager(impl_->head_read);
  beast::error_code error;
  const size_t taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error == beast::http::error::need_more) error = {};
  if (error == beast::http::error::header_limit)
    return Error{ErrorCode::kLimit, "the request's head is too long: no header needs as much"};
  if (error) return Error{ErrorCode::kInvalid, "the request is malformed: " + error.message()};
  if (!impl_->head_read && parser.is_header_done()) impl_->read_head();
  return taken;
}

void WireParser::Impl::read_head() {
  using beast::http::field;
  const auto& message = parser.get();
  const auto value = [&](field name) { return text_of(message[name]); };
  head.method = text_of(message.method_string());
  head.target = text_of(message.target());
  head.version = static_cast<int>(message.version());
  head.host = value(field::host);
  head.hosts = static_cast<int>(message.count(field::host));
  head.content_type = value(field::content_type);
  head.content_encoding = value(field::content_encoding);
  head.origin = value(field::origin);
  head.fetch_site = text_of(message["Sec-Fetch-Site"]);
  for (auto [at, end] = message.equal_range(field::transfer_encoding); at != end; ++at)
    head.transfer_encoding += (head.transfer_encoding.empty() ? "" : ", ") + text_of(at->value());
  head.expect = value(field::expect);
  for (auto [at, end] = message.equal_range(field::prefer); at != end; ++at)
    head.prefer += (head.prefer.empty() ? "" : ", ") + text_of(at->value());
  if (const auto length = parser.content_length()) head.content_length = *length;
  head.keep_alive = parser.keep_alive();
  head_read = true;
}

bool WireParser::head_done() const {
  return impl_->head_read;
}
bool WireParser::done() const {
  return impl_->head_read && impl_->parser.is_done();
}
std::string_view WireParser::piece() const {
  return impl_->parser.get().body();
}

const Head& WireParser::head() const {
  assert(impl_->head_read);
  return impl_->head;
}

}  // namespace weir::http
