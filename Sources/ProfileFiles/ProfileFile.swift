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
  /// What is read takes no more memory than 40 MiB and three times the bytes of the JSON. Complexity: linear in its size.
  ///
  /// - Parameter name: the file's, for errors.
  /// - Throws: `ProfileFileError` if it is no profile, or one of a version that is not understood, or says what cannot be.
  public static func read(_ json: [UInt8], name: String) throws(ProfileFileError) -> Profile {
    var profile: Profile
    do {
      let text: JSONText
      do throws(JSONFault) { text = try JSONText(json) } catch {
        throw ProfileFileError("\(name): \(words(of: error, path: { _ in "" }))")
      }
      do { profile = try content(of: text, name) } catch let fault as JSONFault {
        throw ProfileFileError("\(name): \(words(of: fault, path: text.path))")
      }
    } catch let error as ProfileFileError {
      throw error
    } catch {
      throw ProfileFileError("\(name): \(error)")
    }
    profile.derive()
    return profile
  }

  /// The schema decides whether the rest is looked at.
  private static func content(of text: JSONText, _ name: String) throws -> Profile {
    let envelope = try JSONObject(text, text.afterSpace(0))
    var found = ""
    try Fields.reading(envelope).required("schema", &found)
    guard found == schema else {
      throw ProfileFileError(
        "\(name): expected schema \(schema), found \(found.prefix(60)), which another version of dmascope wrote"
      )
    }
    guard let place = envelope["profile"] else { throw JSONFault(.missing("profile"), at: envelope.place) }
    return try Fields.read(text, place)
  }

  /// - Parameter path: the names that lead to a place.
  private static func words(of fault: JSONFault, path: (Int) -> String) -> String {
    func place(_ member: String?) -> String {
      [path(fault.place), member ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
    }
    switch fault.kind {
    case .notJSON: return "damaged: not JSON, or cut short"
    case .mismatch(let expected):
      return "\(place(nil)): expected \(expected), found something else"
    case .missing(let member): return "\(place(member)): expected a value, found none"
    case .unexpected(let expected, let member): return "\(place(member)): expected \(expected)"
    case .tooLarge(let limit): return "\(place(nil)): expected \(limit), found more"
    }
  }
}

/// Why a profile could not be read or written, in a sentence.
public struct ProfileFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
