import Foundation

// reference PAGES-DIRECTORY OUTPUT-DIRECTORY: writes the manual pages, from their templates, and the completions.

let words = CommandLine.arguments
guard words.count == 3 else {
  FileHandle.standardError.write(Data("usage: reference PAGES-DIRECTORY OUTPUT-DIRECTORY\n".utf8))
  exit(64)
}
do {
  let pages = URL(filePath: words[1], directoryHint: .isDirectory)
  let output = URL(filePath: words[2], directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
  for name in try FileManager.default.contentsOfDirectory(atPath: pages.path).sorted() {
    let template = try String(contentsOf: pages.appending(path: name), encoding: .utf8)
    try PageTemplate(template, name: name).page().write(
      to: output.appending(path: name), atomically: true, encoding: .utf8)
  }
  for (name, text) in Completions.files {
    try text.write(to: output.appending(path: name), atomically: true, encoding: .utf8)
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
