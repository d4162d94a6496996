import CZstd
import Replay

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Profiles in files, schema `dmascope.profile/1`: see docs/profiles.md.
///
/// ```swift
/// let bytes = try ProfileFile.packed(profile)
/// let same = try ProfileFile.read(ProfileFile.json(profile), name: "board.dmaprof")
/// ```
public enum ProfileFile {
  public static let schema = "dmascope.profile/1"

  /// A profile as JSON without spaces: keys sorted but for `schema`, which comes first, so that the same profile always
  /// has the same bytes. Complexity: linear in its size.
  public static func json(_ profile: Profile) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let content = try encoder.encode(StoredObject(value: profile))
    return Array("{\"schema\":\"\(schema)\",\"profile\":".utf8) + content + Array("}\n".utf8)
  }

  /// The same in a zstd frame with a checksum.
  public static func packed(_ profile: Profile) throws -> [UInt8] {
    try packed(try json(profile))
  }

  private static func packed(_ json: [UInt8]) throws -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw ProfileFileError("no memory to pack a profile") }
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 9)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    var result = [UInt8](repeating: 0, count: ZSTD_compressBound(json.count))
    let count = result.withUnsafeMutableBytes { output in
      json.withUnsafeBytes { input in
        ZSTD_compress2(context, output.baseAddress, output.count, input.baseAddress, input.count)
      }
    }
    guard ZSTD_isError(count) == 0 else {
      throw ProfileFileError("cannot pack a profile: \(String(cString: ZSTD_getErrorName(count)))")
    }
    result.removeLast(result.count - count)
    return result
  }

  /// Reads a profile from its JSON. Keys that this version does not know are passed over.
  ///
  /// - Parameter name: the file's, for errors.
  /// - Throws: `ProfileFileError` if it is no profile, or one of a version that is not understood, or says what cannot be.
  public static func read(_ json: [UInt8], name: String) throws(ProfileFileError) -> Profile {
    var profile: Profile
    do {
      let envelope = try JSONDecoder().decode(Envelope.self, from: Data(json))
      guard envelope.schema == schema else {
        throw ProfileFileError(
          "\(name): expected schema \(schema), found \(envelope.schema.prefix(60)), which another version of dmascope wrote"
        )
      }
      guard let stored = envelope.profile else {
        throw ProfileFileError("\(name): expected a profile, found none")
      }
      profile = stored.value
    } catch let error as ProfileFileError {
      throw error
    } catch let error as DecodingError {
      throw ProfileFileError("\(name): \(words(of: error))")
    } catch {
      throw ProfileFileError("\(name): \(error)")
    }
    profile.derive()
    return profile
  }

  /// The schema decides whether the rest is looked at.
  private struct Envelope: Decodable {
    var schema: String
    var profile: StoredObject<Profile>?

    enum CodingKeys: CodingKey { case schema, profile }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      schema = try container.decode(String.self, forKey: .schema)
      guard schema == ProfileFile.schema else { return }
      profile = try container.decode(StoredObject<Profile>.self, forKey: .profile)
    }
  }

  private static func words(of error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "damaged: not JSON, or cut short" : "\(place(context.codingPath)): \(context.debugDescription)"
    case .keyNotFound(let key, let context):
      "\(place(context.codingPath + [key])): expected a value, found none"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "\(place(context.codingPath)): expected \(kind(of: type)), found something else"
    @unknown default: "damaged"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    let steps = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue.prefix(60))" }
    return String(steps.joined().drop { $0 == "." })
  }

  private static func kind(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is UInt64.Type: "a whole number of at least 0"
    case is any BinaryInteger.Type, is Double.Type: "a number"
    case is any Collection.Type: "a list"
    default: "an object"
    }
  }
}

/// Why a profile could not be read or written, in a sentence.
public struct ProfileFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
