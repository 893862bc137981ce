// libFuzzer: pictures of any bytes, as they are decoded and brought into MNIST's form.
#include <cstdint>
#include <cstdlib>
#include <ctnn/data/image.hpp>
#include <ctnn/data/mnist_digit.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto image = ctnn::detail::decode_image({data, size}, "");
    // A large picture takes its time, and takes the same way.
    if (image.size() > 1'000'000) return 0;
    const auto digit = ctnn::mnist_digit(image);
    for (const float pixel : digit) {
      if (!(pixel >= 0 && pixel <= 1)) std::abort();
    }
  } catch (const ctnn::DataError&) {
  }
  return 0;
}
