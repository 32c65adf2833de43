// SPDX-License-Identifier: Apache-2.0
//
// A decoder that does on command what a decoder must never do: the first word of the "file" says
// what. Built for tests only; it runs in the same zygote and worker as weir-decode.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "server/sandbox/protocol.h"
#include "server/sandbox/zygote.h"

namespace weir {
namespace {

// What a system call gave, as the note of an answer: "ok", or the errno's name.
std::string told(long result) {
  return result >= 0 ? "ok" : std::strerror(errno);
}

void use(void* memory) {
  asm volatile("" : : "r"(memory) : "memory");
}

// Small pieces, each touched, until there is no more.
std::string eat_memory() {
  std::vector<std::unique_ptr<char[]>> kept;
  for (;;) {
    kept.push_back(std::make_unique_for_overwrite<char[]>(1 << 20));
    std::memset(kept.back().get(), 1, 1 << 20);
    use(kept.back().get());
  }
}

// An answer whose bytes are nonsense: the memory is random, its length is the whole of it.
std::string answer_garbage(const std::string& argument) {
  JobReply reply;
  reply.length = argument == "long" ? kAnswerBytes + 1 : argument == "short" ? 3 : 100;
  if (argument == "version") reply.version = 77;
  (void)send_message(kSocketFd, bytes_of(reply));
  return "sent";
}

std::string write_to_file() {
  const ssize_t wrote = pwrite(kSocketFd + 1, "x", 1, 0);  // where the file comes in
  return told(wrote);
}

std::string start_thread() {
  std::atomic<int> sum = 0;
  std::jthread([&] { sum = 42; }).join();
  return sum == 42 ? "ok" : "no";
}

// As many as the system lets it, up to a thousand; all of them wait.
std::string start_many_threads() {
  std::vector<std::jthread> threads;
  std::atomic<bool> is_over = false;
  try {
    while (threads.size() < 1'000) threads.emplace_back([&] { is_over.wait(false); });
  } catch (const std::system_error&) {
  }
  is_over = true;
  is_over.notify_all();
  return std::to_string(threads.size());
}

std::string recurse(int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  std::string deeper = depth < 0 ? "" : recurse(depth + 1);
  return deeper + frame[0];
}

using Act = std::string (*)(const std::string& argument);

const std::map<std::string, Act>& acts() {
  static const std::map<std::string, Act> kActs = {
      {"hello", [](const std::string& a) { return a; }},
      {"abort", [](const std::string&) -> std::string { std::abort(); }},
      {"segv",
       [](const std::string&) { return std::to_string(*static_cast<volatile int*>(nullptr)); }},
      {"exit", [](const std::string&) -> std::string { _exit(7); }},
      {"overflow", [](const std::string&) { return recurse(0); }},
      {"throw", [](const std::string&) -> std::string { throw std::runtime_error("thrown"); }},
      {"spin",
       [](const std::string&) -> std::string {
         for (;;) use(nullptr);
       }},
      {"eat", [](const std::string&) { return eat_memory(); }},
      {"grow",
       [](const std::string& a) {
         std::vector<char> much(std::stoul(a) << 20, 1);
         use(much.data());
         return std::string("ok");
       }},
      {"open", [](const std::string& a) { return told(open(a.c_str(), O_RDONLY)); }},
      {"create",
       [](const std::string& a) { return told(open(a.c_str(), O_RDWR | O_CREAT, 0600)); }},
      {"socket", [](const std::string&) { return told(socket(AF_INET, SOCK_STREAM, 0)); }},
      {"exec", [](const std::string&) { return told(execl("/bin/true", "true", nullptr)); }},
      {"fork", [](const std::string&) { return told(fork()); }},
      {"kill", [](const std::string&) { return told(syscall(SYS_kill, 1, 9)); }},
      {"ptrace", [](const std::string&) { return told(syscall(SYS_ptrace, 16, 1, 0, 0)); }},
      {"code",
       [](const std::string&) {
         return told(mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
                         ? -1
                         : 0);
       }},
      {"thread", [](const std::string&) { return start_thread(); }},
      {"threads", [](const std::string&) { return start_many_threads(); }},
      {"write", [](const std::string&) { return write_to_file(); }},
      {"garbage", answer_garbage},
      {"environment",
       [](const std::string& a) { return std::string(getenv(a.c_str()) ? "there" : "absent"); }},
  };
  return kActs;
}

Result<ItemSignals> do_as_told(ByteSource& file, const DecodeWants& wants, const Limits&,
                               const DecodeProgress& say) {
  std::string line(file.size(), ' ');
  TRY(file.read(0, {reinterpret_cast<uint8_t*>(line.data()), line.size()}));
  const size_t space = line.find(' ');
  const auto act = acts().find(line.substr(0, space));
  if (act == acts().end()) return Error{ErrorCode::kInvalid, "no such act"};
  ItemSignals item;
  item.note = act->second(space == std::string::npos ? "" : line.substr(space + 1));
  item.preview_jpeg.resize(wants.preview_side);  // as long as asked for
  if (wants.preview_side > 3) item.preview_jpeg[0] = item.preview_jpeg[2] = 0xff;
  if (wants.preview_side > 3) item.preview_jpeg[1] = 0xd8;
  return item;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  return weir::run_zygote(argc, argv,
                          {"decode_probe misbehaves for tests of the sandbox",
                           [](const char*) { return weir::Status(); }, weir::do_as_told});
}
