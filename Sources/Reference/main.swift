import Foundation

// reference PAGES-DIRECTORY OUTPUT-DIRECTORY: writes the manual pages, from their templates, and the completions.
// reference --markdown FILE...: renews the tables within pages of Markdown.

let words = CommandLine.arguments
do {
  if words.count > 2, words[1] == "--markdown" {
    for path in words.dropFirst(2) { try MarkdownPage(path).renew() }
  } else if words.count == 3 {
    try writeReference(
      from: URL(filePath: words[1], directoryHint: .isDirectory),
      to: URL(filePath: words[2], directoryHint: .isDirectory))
  } else {
    FileHandle.standardError.write(
      Data("usage: reference PAGES-DIRECTORY OUTPUT-DIRECTORY\n       reference --markdown FILE...\n".utf8))
    exit(64)
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}

func writeReference(from pages: URL, to output: URL) throws {
  try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
  for name in try FileManager.default.contentsOfDirectory(atPath: pages.path).sorted() {
    let template = try String(contentsOf: pages.appending(path: name), encoding: .utf8)
    try PageTemplate(template, name: name).page().write(
      to: output.appending(path: name), atomically: true, encoding: .utf8)
  }
  for (name, text) in Completions.files {
    try text.write(to: output.appending(path: name), atomically: true, encoding: .utf8)
  }
}
