// libFuzzer: the IDX reader on any bytes, plain and compressed. The first byte chooses what is read; where it is even, the rest
// is compressed before it is read, so that the fuzzer reaches what lies behind gzip, too.
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <ctnn/data/idx.hpp>
#include <sstream>
#include <string>

namespace {

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string input = bytes, result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

/// What is read has come from the file: reading may fail, but no number is made up.
template <class T, std::size_t Rank>
void read(const std::string& bytes, std::size_t content) {
  std::istringstream stream(bytes);
  try {
    const auto x = ctnn::detail::read_idx_stream<T, Rank>(stream, bytes.size(), "");
    if (content != SIZE_MAX && x.size() * sizeof(T) + 4 + 4 * Rank != content) std::abort();
  } catch (const ctnn::DataError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool compress = data[0] % 2 == 0;
  std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  std::size_t content = bytes.size();
  // Compressed by the fuzzer's own hand, it may be longer inside.
  if (bytes.starts_with("\x1f\x8b")) content = SIZE_MAX;
  if (compress) {
    content = bytes.size();
    bytes = gzip(bytes);
  }
  switch (data[0] / 2 % 4) {
    case 0:
      read<std::uint8_t, 3>(bytes, content);
      break;
    case 1:
      read<std::uint8_t, 1>(bytes, content);
      break;
    case 2:
      read<std::int16_t, 2>(bytes, content);
      break;
    default:
      read<double, 4>(bytes, content);
      break;
  }
  return 0;
}
