// The tables of elementary functions over lanes that can look up numbers (lookup.hpp), as tests/reference/fit_elementary.py prints
// them.
#pragma once

#include "lookup.hpp"

namespace ctnn::inline CTNN_VARIANT::math::detail {

/// tanh(i / 4).
alignas(kernels::alignment) inline constexpr float tanh_values[kernels::lookup_size] = {
    0x0.0p+0f,      0x1.f597eap-3f, 0x1.d9353ep-2f, 0x1.45323ep-1f, 0x1.85efacp-1f, 0x1.b2523cp-1f, 0x1.cf6f98p-1f, 0x1.e1fbfap-1f,
    0x1.ed9506p-1f, 0x1.f4bfd6p-1f, 0x1.f92582p-1f, 0x1.fbd50ap-1f, 0x1.fd77d2p-1f, 0x1.fe767ap-1f, 0x1.ff112cp-1f, 0x1.ff6f18p-1f,
    0x1.ffa818p-1f, 0x1.ffcaacp-1f, 0x1.ffdfa8p-1f, 0x1.ffec62p-1f, 0x1.fff41ap-1f, 0x1.fff8c8p-1f, 0x1.fffba0p-1f, 0x1.fffd58p-1f,
    0x1.fffe64p-1f, 0x1.ffff06p-1f, 0x1.ffff68p-1f, 0x1.ffffa4p-1f, 0x1.ffffc8p-1f, 0x1.ffffdep-1f, 0x1.ffffecp-1f, 0x1.fffff4p-1f};
/// Its slope there, 1 − tanh².
alignas(kernels::alignment) inline constexpr float tanh_slopes[kernels::lookup_size] = {
    0x1.000000p+0f,  0x1.e149a0p-1f,  0x1.92a946p-1f,  0x1.3173b2p-1f,  0x1.ae0dc0p-2f,  0x1.1f2514p-2f,  0x1.721652p-3f,
    0x1.d22ca2p-4f,  0x1.2162c2p-4f,  0x1.64108ap-5f,  0x1.b3afe2p-6f,  0x1.09a7a6p-6f,  0x1.434a52p-7f,  0x1.88ef68p-8f,
    0x1.dd37d2p-9f,  0x1.21a7aep-9f,  0x1.5f85aep-10f, 0x1.aa87d0p-11f, 0x1.02bec8p-11f, 0x1.39e782p-12f, 0x1.7ccec2p-13f,
    0x1.cdf5a2p-14f, 0x1.1832dcp-14f, 0x1.53e714p-15f, 0x1.9c5378p-16f, 0x1.f42de0p-17f, 0x1.2f5ffap-17f, 0x1.700356p-18f,
    0x1.be6c40p-19f, 0x1.0ec4f2p-19f, 0x1.4875bcp-20f, 0x1.8e712ep-21f};

/// The bits of the least number that log's intervals are counted from; each is 2¹⁸ of them wide.
inline constexpr std::int32_t log_begin = 0x3f320000;
/// 1 / c for a c near the middle of each interval, with few digits; 1 around 1.
alignas(kernels::alignment) inline constexpr float log_reciprocals[kernels::lookup_size] = {
    0x1.6c0000p+0f, 0x1.647000p+0f, 0x1.5c6000p+0f, 0x1.559000p+0f, 0x1.4e4000p+0f, 0x1.477000p+0f, 0x1.418000p+0f, 0x1.3ae000p+0f,
    0x1.350000p+0f, 0x1.2f7000p+0f, 0x1.2a0000p+0f, 0x1.247000p+0f, 0x1.1f8000p+0f, 0x1.1aa000p+0f, 0x1.15d000p+0f, 0x1.115000p+0f,
    0x1.0cb000p+0f, 0x1.086000p+0f, 0x1.03d000p+0f, 0x1.000000p+0f, 0x1.f0c000p-1f, 0x1.e20000p-1f, 0x1.d3c000p-1f, 0x1.c76000p-1f,
    0x1.bb0000p-1f, 0x1.af0000p-1f, 0x1.a42000p-1f, 0x1.9a0000p-1f, 0x1.8f6000p-1f, 0x1.864000p-1f, 0x1.7d2000p-1f, 0x1.73e000p-1f};
/// ln c.
alignas(kernels::alignment) inline constexpr float log_values[kernels::lookup_size] = {
    -0x1.686c82p-2f, -0x1.52eccep-2f, -0x1.3b7f1ap-2f, -0x1.274612p-2f, -0x1.111ce4p-2f, -0x1.f80da2p-3f, -0x1.d29358p-3f,
    -0x1.a7eeb8p-3f, -0x1.815c0ap-3f, -0x1.5c2806p-3f, -0x1.371fc2p-3f, -0x1.1088dap-3f, -0x1.db5270p-4f, -0x1.9545c4p-4f,
    -0x1.4eecfep-4f, -0x1.0c091ep-4f, -0x1.8c427ep-5f, -0x1.07b5a4p-5f, -0x1.e466e2p-7f, 0x0.0p+0f,       0x1.ef6a4ap-6f,
    0x1.eea31cp-5f,  0x1.723d7ap-4f,  0x1.e010a4p-4f,  0x1.28753cp-3f,  0x1.60b310p-3f,  0x1.9509aap-3f,  0x1.c6ffbcp-3f,
    0x1.fcc59ep-3f,  0x1.160dd0p-2f,  0x1.2e482ep-2f,  0x1.4770f6p-2f};

}  // namespace ctnn::inline CTNN_VARIANT::math::detail
