// swift-tools-version: 6.2
import PackageDescription

// Apart from the package itself, so that the sanitizers' flags stay here: `make fuzz` gives them to everything.
let package = Package(
  name: "fuzzing",
  dependencies: [.package(name: "dmascope", path: "../..")],
  targets: [
    .target(name: "Guard"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Guard", .product(name: "DMAModel", package: "dmascope"),
        .product(name: "Ingest", package: "dmascope"),
        .product(name: "ProfileFiles", package: "dmascope"), .product(name: "Replay", package: "dmascope"),
        .product(name: "Report", package: "dmascope"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
