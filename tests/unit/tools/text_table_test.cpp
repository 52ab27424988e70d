#include "common/text_table.h"

#include <catch2/catch.hpp>

TEST_CASE("A table has the published layout") {
  akida::cli::TextTable table("Learning Summary", {"Learning Layer", "# Input Conn.", "# Weights"});
  table.add_row({"akida_edge_layer", "256", "85"});
  CHECK(table.text() ==
        "              Learning Summary\n"
        "____________________________________________\n"
        "Learning Layer    # Input Conn.  # Weights\n"
        "============================================\n"
        "akida_edge_layer  256            85\n"
        "____________________________________________\n");
}

TEST_CASE("A title wider than its table starts at the left") {
  akida::cli::TextTable table("A long title", {"a"});
  CHECK(table.text() == "A long title\n___\na\n===\n");
}
