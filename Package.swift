// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "dmascope",
  products: [
    .executable(name: "dmascope", targets: ["dmascope"]),
    .library(name: "DMAModel", targets: ["DMAModel"]),
    .library(name: "Ingest", targets: ["Ingest"]),
    .library(name: "Replay", targets: ["Replay"]),
    .library(name: "Comparison", targets: ["Comparison"]),
    .library(name: "Report", targets: ["Report"]),
    .library(name: "ProfileFiles", targets: ["ProfileFiles"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPrefetch"),
    .target(name: "DMAModel"),
    .target(name: "Ingest", dependencies: ["DMAModel", "CZstd", "CZlib"]),
    .target(name: "Capture"),
    .target(name: "Replay", dependencies: ["DMAModel", "CPrefetch"]),
    .target(name: "ProfileFiles", dependencies: ["DMAModel", "Replay", "CZstd"]),
    .target(name: "Comparison", dependencies: ["DMAModel", "Replay"]),
    .target(name: "Report", dependencies: ["DMAModel", "Replay", "Comparison"]),
    .target(name: "Listing", dependencies: ["DMAModel", "Replay", "Report"]),
    .target(name: "MappingDatabase", dependencies: ["DMAModel", "Replay", "CSQLite"]),
    .target(name: "YAMLFiles", dependencies: [.product(name: "Yams", package: "Yams")]),
    .target(
      name: "PlatformFiles",
      dependencies: ["Replay", "YAMLFiles", .product(name: "Yams", package: "Yams")]),
    .target(
      name: "EventFiles", dependencies: ["Ingest", "YAMLFiles", .product(name: "Yams", package: "Yams")]),
    .target(
      name: "GateFiles", dependencies: ["Comparison", "YAMLFiles", .product(name: "Yams", package: "Yams")]),
    .executableTarget(
      name: "dmascope",
      dependencies: [
        "DMAModel", "Ingest", "Capture", "Replay", "Comparison", "Report", "Listing", "MappingDatabase",
        "YAMLFiles", "PlatformFiles", "EventFiles", "GateFiles", "ProfileFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "DMAModelTests", dependencies: ["DMAModel"]),
    .testTarget(name: "IngestTests", dependencies: ["Ingest", "DMAModel", "CZstd"]),
    .testTarget(name: "ReplayTests", dependencies: ["Replay", "Ingest", "DMAModel"]),
    .testTarget(
      name: "ComparisonTests", dependencies: ["Comparison", "GateFiles", "YAMLFiles", "Replay", "DMAModel"]),
    .testTarget(name: "ReportTests", dependencies: ["Report", "Comparison", "Replay", "DMAModel"]),
    .testTarget(name: "ListingTests", dependencies: ["Listing", "DMAModel"]),
    .testTarget(name: "PlatformFilesTests", dependencies: ["PlatformFiles", "YAMLFiles", "Replay"]),
    .testTarget(name: "EventFilesTests", dependencies: ["EventFiles", "YAMLFiles", "Ingest", "DMAModel"]),
    .testTarget(
      name: "ProfileFilesTests", dependencies: ["ProfileFiles", "Ingest", "Replay", "Report", "DMAModel"]),
    .testTarget(name: "CommandTests", dependencies: ["dmascope", "Capture", "Ingest", "CZstd", "CSQLite"]),
  ],
  swiftLanguageModes: [.v6]
)
