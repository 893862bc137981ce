// A trained network, written by save_header of ctnn 0.2.0:
//
//   input (None, 2)
//   dense (Dense), output (None, 16), 48 parameters
//   tanh (Tanh), output (None, 16)
//   dense_1 (Dense), output (None, 16), 272 parameters
//   tanh_1 (Tanh), output (None, 16)
//   dense_2 (Dense), output (None, 2), 34 parameters
//
// 354 parameters, 1.38 KB; loss 3.57714e-06.
// clang-format off
#pragma once

#include <array>
#include <ctnn/core.hpp>

using arm_network =
    ctnn::Sequential<ctnn::Dense<2, 16>, ctnn::Tanh, ctnn::Dense<16>, ctnn::Tanh, ctnn::Dense<2>>;

/// Its parameters, layer by layer.
inline constexpr std::array<float, 354> arm_weights{{
    // kernel of dense (Dense): (2, 16)
    0x1.7f22e4p-4f, 0x1.a7b9fcp+0f, 0x1.dae808p-3f, 0x1.449e42p-3f, 0x1.037c8ep+0f, 0x1.1eea5cp+0f,
    0x1.297p-2f, 0x1.d048e8p-8f, -0x1.335d6ep-2f, 0x1.2c0c9p+0f, 0x1.f0b692p-4f, 0x1.ae9b6p-3f,
    0x1.ea20aep-5f, -0x1.17563p+0f, -0x1.99740ep-13f, -0x1.de5a1cp-2f, 0x1.b5c22p-2f,
    0x1.82307ap-1f, 0x1.0201bp-1f, 0x1.16788p-1f, -0x1.79903ep+0f, -0x1.196246p-2f, 0x1.0a6522p-1f,
    -0x1.8d1e9p-2f, -0x1.e48638p-2f, -0x1.f594e2p-2f, 0x1.2467eap-3f, 0x1.f4740ep-2f,
    -0x1.e25684p-1f, 0x1.ce108ep-1f, 0x1.fe098ap-12f, -0x1.23470ep-2f,
    // bias of dense (Dense): (16,)
    -0x1.25e2b8p-1f, 0x1.4d1202p-2f, -0x1.58c20cp-1f, -0x1.5b2df6p-1f, -0x1.cd74eap-1f,
    0x1.cd4ba4p-6f, -0x1.956c9ap-1f, 0x1.284644p-1f, 0x1.4c8d46p-1f, 0x1.06430ap+0f,
    -0x1.42f018p-3f, -0x1.dcfbaep-2f, -0x1.9cdd6p-2f, 0x1.66ead4p-1f, -0x1.523432p-12f,
    0x1.5443c8p-1f,
    // kernel of dense_1 (Dense): (16, 16)
    -0x1.4b2728p-4f, 0x1.17e068p+0f, -0x1.c2198ap-1f, 0x1.73922p-7f, 0x1.21c022p-4f,
    -0x1.b903d6p-6f, 0x1.61dd2ep-2f, -0x1.205bd8p-3f, 0x1.0edde2p-2f, 0x1.7335p-2f, -0x1.4c7332p-5f,
    0x1.1eec6ap+0f, 0x1.161c18p+0f, 0x1.c4e328p-2f, -0x1.fbfb3cp-1f, -0x1.defcfp-2f, 0x1.641c34p-1f,
    0x1.a895dep-2f, 0x1.1401b4p-2f, -0x1.54c60cp-6f, -0x1.291316p-1f, 0x1.df7d66p-1f,
    -0x1.b2477ep-2f, -0x1.04f2aep-1f, 0x1.2434aep-1f, -0x1.3338aep-3f, 0x1.999bd4p-4f,
    0x1.ed97a2p-1f, -0x1.f5f3e6p-2f, -0x1.c2a6cap-2f, 0x1.d4bcbep-1f, 0x1.109dc6p-1f,
    0x1.2184bcp-2f, 0x1.7ba74ep-2f, -0x1.45cfb2p+0f, -0x1.9af0b8p-2f, -0x1.ffc52ep-4f,
    -0x1.f60516p-1f, -0x1.216b84p-2f, -0x1.f4c51p-4f, -0x1.bc70dep-5f, 0x1.62052cp-1f,
    0x1.ee6364p-4f, 0x1.75a3fep-2f, 0x1.544d7ep-2f, 0x1.11a952p-1f, -0x1.0491aap-2f,
    -0x1.b84f92p-2f, 0x1.399936p-3f, 0x1.4fd1c8p-1f, -0x1.341d86p+0f, 0x1.14d2dp-2f, 0x1.f5b63p-6f,
    -0x1.5c706cp-2f, 0x1.d32e36p-2f, -0x1.a447f4p-1f, -0x1.35f136p-1f, 0x1.681574p-1f,
    0x1.e4decp-3f, 0x1.366688p-1f, -0x1.4b40cp-3f, 0x1.48d494p-1f, -0x1.b9d58ap-2f, -0x1.221c7p-1f,
    0x1.f1fa88p-3f, -0x1.893282p-2f, -0x1.c037ap-1f, -0x1.2e96f4p-4f, 0x1.1fdc0ap-1f,
    0x1.5e9efap-2f, 0x1.7c9eap-4f, 0x1.b68b9ap-6f, 0x1.03c86ap-7f, 0x1.aa15f4p-2f, 0x1.8e4f12p-3f,
    -0x1.93512ap-1f, 0x1.28baeep+0f, 0x1.0a4a9cp-1f, -0x1.627b6ap+0f, 0x1.30af7cp-6f,
    0x1.e7655cp-3f, 0x1.af1de6p-4f, -0x1.260accp-2f, -0x1.51210ap-4f, 0x1.4a6008p-2f, 0x1.33e64p-3f,
    -0x1.378f7ep-2f, 0x1.c90e6cp-1f, 0x1.cf7e32p-2f, 0x1.5a727cp-4f, 0x1.800b5cp-3f,
    -0x1.f04c0cp-1f, -0x1.93a7bcp-5f, -0x1.5dd0e6p-2f, -0x1.31b742p-2f, 0x1.43a32ep-1f,
    -0x1.b6d7c4p-4f, 0x1.8c502ep-4f, -0x1.1be572p+1f, -0x1.33faf2p-6f, -0x1.8a6db8p-4f,
    -0x1.0c5368p+0f, -0x1.0a9a1ep-2f, -0x1.04e14ep+0f, -0x1.71f49ap-1f, 0x1.1e981p-1f,
    -0x1.cbc192p-2f, -0x1.0eb872p-3f, 0x1.1e924ap-1f, 0x1.137606p-1f, -0x1.926c14p-1f,
    0x1.5bc7b6p-3f, 0x1.24a5fap-3f, -0x1.442b8p+0f, 0x1.1bf6dp-1f, -0x1.c010f4p-4f, -0x1.053516p-3f,
    -0x1.3e433ap-4f, -0x1.645efep-2f, 0x1.50256p-1f, -0x1.96e22cp-2f, 0x1.04a9cep-2f,
    -0x1.3d444p-2f, -0x1.f5fb7ap-1f, -0x1.c887d4p+0f, -0x1.841c1ap-2f, 0x1.69a2dap-2f,
    -0x1.34eb1ap-4f, -0x1.eea1a6p-2f, -0x1.02c914p-1f, 0x1.3f4a1p+0f, 0x1.3b521ep-2f,
    0x1.149976p-6f, 0x1.7eda98p-1f, 0x1.19032ep-1f, 0x1.405a8ep-2f, 0x1.c6116ap-2f, -0x1.f14b92p-1f,
    -0x1.3bc12ap-4f, -0x1.6c6a56p-3f, -0x1.36b016p-2f, 0x1.ca6c84p-3f, 0x1.8731d4p-3f,
    -0x1.9091eep-2f, -0x1.02f336p-2f, -0x1.6075c8p-2f, 0x1.b1593p+0f, 0x1.22276ep-4f,
    -0x1.8354bap-2f, 0x1.5a2bc8p-1f, -0x1.0eefc6p-1f, 0x1.0b295ep-1f, 0x1.23219ap-1f,
    -0x1.4cf0a8p-1f, -0x1.5f1948p-3f, -0x1.a7bf4ep-2f, -0x1.ebd776p-1f, -0x1.deb91cp+0f,
    0x1.0aed86p+0f, 0x1.287b92p-1f, 0x1.45b15ap-2f, 0x1.456e82p-2f, -0x1.e62d8ep-4f, 0x1.111bb6p-2f,
    -0x1.061c64p-1f, -0x1.eaff0ep-2f, -0x1.d9ca4p-2f, 0x1.ba2d84p-4f, -0x1.78f5bp-3f,
    -0x1.d2a6fp-5f, 0x1.e20e9ap-5f, 0x1.3ec266p-1f, -0x1.282194p+0f, -0x1.5c668ep-4f,
    0x1.4820a4p+1f, -0x1.50512ap-2f, -0x1.b81966p-4f, 0x1.7c51e8p-1f, -0x1.a81df4p-1f, 0x1.8d04p-3f,
    -0x1.9c1be4p-2f, -0x1.15ac7p+0f, 0x1.9e96cap-3f, -0x1.d940a4p-6f, -0x1.5039d6p-1f,
    0x1.6ef2aap-1f, -0x1.f6997cp-2f, 0x1.4b5a28p-1f, -0x1.99f976p-1f, -0x1.d4979p-2f,
    0x1.f3f54ap-2f, 0x1.18e19p-4f, 0x1.9bd35p-3f, -0x1.86e8bap-1f, -0x1.5f476cp-2f, 0x1.86526ap-5f,
    0x1.45c80ep-2f, 0x1.d8c3a8p-1f, 0x1.d43902p-4f, -0x1.c9828ep-3f, 0x1.0e6bbcp-2f,
    -0x1.9522f8p-2f, -0x1.048352p-3f, -0x1.834fcap-2f, 0x1.a0d2fp-1f, 0x1.4e1e9ep-3f,
    -0x1.7865fcp+0f, 0x1.4ce226p-2f, -0x1.774d34p-2f, 0x1.36f67cp+0f, 0x1.d1e9dep-1f,
    -0x1.ad735ep-5f, -0x1.09f4dap-2f, -0x1.c3ac5ap-3f, 0x1.409b94p-3f, 0x1.9312f4p-3f,
    0x1.873c42p-5f, -0x1.90c78cp-2f, 0x1.db539ep-4f, 0x1.1af132p-1f, -0x1.7c744cp-1f,
    -0x1.b8ed22p-3f, 0x1.db0804p-1f, -0x1.514278p-1f, -0x1.a6a45ap-7f, 0x1.01bc1cp-10f,
    -0x1.d11422p-11f, -0x1.78dfaep-4f, 0x1.0adb66p-6f, -0x1.7c679cp-8f, -0x1.5f281cp-11f,
    -0x1.add52ap-7f, 0x1.19cfp-6f, 0x1.88d26p-9f, 0x1.c71af4p-7f, 0x1.18d1eep-9f, -0x1.8c721cp-5f,
    0x1.f0a1cp-10f, -0x1.f5d2a6p-5f, 0x1.3f7b64p-14f, -0x1.7278cp-4f, 0x1.c95058p-5f,
    0x1.2a485cp+0f, -0x1.afa60cp-3f, 0x1.b0e1f8p-3f, 0x1.db4a8ap-3f, 0x1.2a110ap+0f, -0x1.72295p-3f,
    0x1.2e7076p-2f, -0x1.e361f4p-2f, -0x1.666ccp-3f, 0x1.73d94p-4f, -0x1.0a466ap-1f, 0x1.ce059ap-2f,
    0x1.398ff6p-2f, -0x1.e38e6p-5f,
    // bias of dense_1 (Dense): (16,)
    0x1.2948f8p-4f, 0x1.9f684p-6f, 0x1.062c86p-1f, -0x1.33915ap-7f, -0x1.8fd8d8p-2f,
    -0x1.4cc418p-1f, -0x1.376c86p-4f, 0x1.a6de2cp-5f, -0x1.ac2e78p-3f, -0x1.05a7e2p-8f,
    0x1.87befp-4f, 0x1.1d6ab6p-2f, -0x1.4ca516p+0f, -0x1.231e1cp-2f, 0x1.db019cp+0f,
    -0x1.1bb348p-2f,
    // kernel of dense_2 (Dense): (16, 2)
    -0x1.5bb318p-3f, -0x1.0d4166p-3f, -0x1.c4de84p-2f, -0x1.9a757cp-4f, -0x1.3ea04ap-1f,
    0x1.3fca62p+0f, 0x1.32342cp-9f, 0x1.b9e18ap-11f, 0x1.0a5918p-2f, 0x1.edb7ecp-3f,
    -0x1.50625ap-3f, 0x1.475544p-2f, 0x1.a5f946p-3f, -0x1.c4a60cp-5f, 0x1.5a114p-6f, 0x1.449b92p-3f,
    -0x1.41dfdep-3f, 0x1.bd7b58p-4f, 0x1.dfc238p-3f, -0x1.ed606ep-2f, -0x1.ee3482p-7f,
    -0x1.d2bbc4p-10f, 0x1.734d7cp-2f, 0x1.ad2434p-2f, -0x1.420632p-1f, 0x1.bd11c8p-3f,
    0x1.5bec12p-3f, -0x1.3a3daap-2f, 0x1.59282p-1f, 0x1.f355fcp-4f, -0x1.6bbdbcp-2f,
    -0x1.151dacp-3f,
    // bias of dense_2 (Dense): (2,)
    0x1.601aaap-2f, -0x1.0eafbap-4f,
}};

/// The network with these weights: `constexpr auto model = arm();` lies in flash and answers by model(sample);
/// `constinit auto model = arm();` lies in RAM and can go on learning.
consteval auto arm() { return ctnn::StaticModel<arm_network, float>(arm_weights); }
