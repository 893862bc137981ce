// libFuzzer: the .npy reader on any bytes. The first byte chooses what is read.
#include <cstdint>
#include <cstdlib>
#include <ctnn/data/npy.hpp>
#include <sstream>
#include <string>

namespace {

/// What is read has come from the file: reading may fail, but no number is made up.
template <class Scalar, std::size_t Rank>
void read(const std::string& bytes) {
  std::istringstream stream(bytes);
  try {
    if (ctnn::detail::read_npy_stream<Scalar, Rank>(stream, bytes.size(), "").size() > bytes.size()) std::abort();
  } catch (const ctnn::DataError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 3) {
    case 0:
      read<float, 2>(bytes);
      break;
    case 1:
      read<std::int16_t, 1>(bytes);
      break;
    default:
      read<double, 3>(bytes);
      break;
  }
  return 0;
}
