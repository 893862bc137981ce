// Writes the headers that read_headers.cpp includes into a directory.
#include <ctnn/io/header.hpp>
#include <filesystem>

#include "header_networks.hpp"

using namespace header_networks;

int main(int, char** argv) {
  const std::filesystem::path directory = argv[1];
  save_header(StaticModel<Every>(weights<Every, float>()), directory / "written_float.hpp", "written_float");
  save_header(StaticModel<Every, double>(weights<Every, double>()), directory / "written_double.hpp", "written_double",
              {.loss = 0.1});
  save_header(StaticModel<One>(weights<One, float>()), directory / "alone.hpp", "alone");
  save_header(StaticModel<None>(), directory / "written_none.hpp", "written_none");
}
